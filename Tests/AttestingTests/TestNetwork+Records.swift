import Messages
import Primitives
import Records
import SystemPackage

extension TestNetwork {
    /// What the run would have left behind, for the oracles.
    ///
    /// - Parameter interventions: whoever was killed leaves a record that ends where it ends.
    func records(_ interventions: [Intervention]) -> RunRecords {
        var nodes: [NodeRecord] = [record(of: .ledger, 1, ledgerNotes.map { ($0.at, $0.observation) })]
        for (party, count) in incarnations {
            for incarnation in 1...count {
                let own = notes.filter { $0.by == party && $0.incarnation == incarnation }
                let isCut = incarnation < count || !isAlive(party)
                nodes.append(
                    record(of: party, UInt32(incarnation), own.map { ($0.at, $0.observation) }, isCut: isCut))
            }
        }
        return RunRecords(genesis: genesis, nodes: nodes, interventions: interventions)
    }

    private func record(
        of party: Party, _ incarnation: UInt32, _ notes: [(at: Instant, observation: Observation)],
        isCut: Bool = false
    ) -> NodeRecord {
        let header = RecordHeader(
            node: genesis.name(of: party)!, party: party, incarnation: incarnation, network: genesis.network,
            configuration: [])
        return NodeRecord(
            path: FilePath(header.fileName), header: header, entries: notes.map { .note(at: $0.at, $0.observation) },
            ending: isCut ? .cut : .closed(at: now))
    }

    /// A live cluster's daemon does and writes down what this says.
    func intervene(_ act: Intervention.Act, _ party: Party, _ log: inout [Intervention]) {
        let isNext = if case .restarted = act { true } else { false }
        let incarnation = UInt32(incarnations[party]! + (isNext ? 1 : 0))
        log.append(Intervention(at: now, party: party, incarnation: incarnation, act: act))
        switch act {
        case .killed: crash(party)
        case .paused: pause(party)
        case .resumed: resume(party)
        case .restarted(.keep): restart(party)
        case .restarted(.older): restart(party, lost: ((guards[party]?.count ?? 0) + 1) / 2)
        case .restarted(.empty): restart(party, lost: .max)
        case .cutOff, .rejoined, .slowed, .restored: preconditionFailure("this network has no links")
        }
    }
}
