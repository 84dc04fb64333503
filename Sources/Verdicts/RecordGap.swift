import Messages
import Records

/// A part of the records that is not there, so that what happened in it is unknown.
package struct RecordGap: Hashable, Sendable {
    package var party: Party
    package var account: String

    /// An adversary that kills its own process says so first; its record then ends where it ends. So does that of a process
    /// which was killed from outside. The ledger's last process must have ended in good order all the same.
    package static let crashBehaviours: Set<String> = [
        "crash", "power-loss", "coordinator-crash", "ledger-crash", "amnesia", "disk-full",
    ]

    static func all(in run: RunRecords, excepting injections: [RunHistory.Injected]) -> [RecordGap] {
        let absent = run.missing.map { party, incarnation in
            let name = run.genesis.name(of: party) ?? "?"
            return RecordGap(
                party: party, account: "\(name).\(incarnation).\(RecordFile.fileExtension) is missing")
        }
        let altered = run.deficits.map { RecordGap(party: $0.party, account: "\($0)") }
        let crashed = Set(injections.filter { $0.injection.isDeath }.map(\.party))
        let lives = LedgerLives(run)
        let unfinished = run.nodes.compactMap { node -> RecordGap? in
            let wasKilled = crashed.contains(node.party) || run.wasKilled(node.party, node.incarnation)
            // Of the ledger, by which everything else is judged, it must be known how much of it counts.
            guard !wasKilled || node.party == .ledger && !lives.isSucceeded(node) else { return nil }
            switch node.ending {
            case .closed: return nil
            case .cut:
                return RecordGap(
                    party: node.party, account: "\(node.header.fileName) was never closed: its process was killed")
            case .torn(let byte):
                return RecordGap(
                    party: node.party, account: "\(node.header.fileName) ends inside the entry at byte \(byte)")
            }
        }
        // A record that is missing may show twice.
        var seen: Set<RecordGap> = []
        return (absent + unfinished + altered + lives.gaps).filter { seen.insert($0).inserted }
    }
}

extension RecordGap: CustomStringConvertible {
    package var description: String { account }
}

extension RunHistory {
    package var ledgerGaps: [RecordGap] { gaps.filter { $0.party == .ledger } }
    var coordinatorGaps: [RecordGap] { gaps.filter { $0.party.isCoordinator } }
    var operatorGaps: [RecordGap] { gaps.filter { $0.party != .ledger && !$0.party.isCoordinator } }
}

extension Injection {
    /// Whether its process dies of it. What the next one of an amnesia signs is noted under the same name.
    package var isDeath: Bool { votes.isEmpty && RecordGap.crashBehaviours.contains(behaviour) }
}
