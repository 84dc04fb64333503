import Faults
import Foundation
import Messages
import Node
import Primitives
import Records
import TopologyFormat

/// Reads what people ask of a live cluster, has the network do it, and puts the answers into their words.
package struct ClusterControl: Sendable {
    let topology: Topology
    let desk: OrderDesk
    let ending: ClusterEnding
    let statusWriter: StatusWriter

    package init(
        name: String, topology: Topology, runDirectory: String, desk: OrderDesk, ending: ClusterEnding,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.topology = topology
        self.desk = desk
        self.ending = ending
        statusWriter = StatusWriter(name: name, runDirectory: runDirectory, topology: topology, clock: clock)
    }

    /// - Returns: the last of them says how it ends; none when the network is gone.
    package func replies(to order: ControlOrder) -> AsyncStream<ControlReply> {
        let (replies, feed) = AsyncStream<ControlReply>.makeStream()
        let work = Task {
            await carryOut(order) { feed.yield($0) }
            feed.finish()
        }
        feed.onTermination = { _ in work.cancel() }
        return replies
    }

    private func carryOut(_ order: ControlOrder, reply: @Sendable (ControlReply) -> Void) async {
        do throws(GrammarMistake) {
            switch order {
            case .down(let now, let form): await end(now: now, form, reply)
            case .submit(let service, let text, let waits): try await submit(text, to: service, waits: waits, reply)
            default:
                for await answer in desk.place(try networkOrder(order)) {
                    if let translated = translated(answer) { reply(translated) }
                }
            }
        } catch {
            reply(.refused(error.message))
        }
    }

    // MARK: Words

    private func networkOrder(_ order: ControlOrder) throws(GrammarMistake) -> NetworkOrder {
        switch order {
        case .status: .tellStatus
        case .inject(let words): .inject(try topology.fault(words))
        case .instruct(let words): .instruct(.act(try topology.act(words)))
        case .submitEvidence(let words, let bytes):
            .instruct(.submitEvidence(try evidence(bytes), by: try topology.account(words)))
        case .clearFaults(let name): .clearFaults(of: try name.map { name throws(GrammarMistake) in try party(name) })
        case .kill(let name): .kill(try party(name))
        case .pause(let name): .pause(try party(name))
        case .resume(let name): .resume(try party(name))
        case .restart(let name, let disk): try restart(name, disk)
        case .partition(let words, let title): .disturb(.partition(try topology.partitions(words)), title: title)
        case .slow(let words): .disturb(.slow(try topology.linkChange(words)), title: nil)
        case .heal(let number): .heal(number: number)
        case .down, .submit: preconditionFailure("these are carried out in steps")
        }
    }

    private func evidence(_ bytes: Data) throws(GrammarMistake) -> Evidence {
        do {
            return try Evidence(borsh: [UInt8](bytes))
        } catch {
            throw GrammarMistake("what came as evidence is none: \(error)")
        }
    }

    private func restart(_ name: String, _ word: String) throws(GrammarMistake) -> NetworkOrder {
        let party = try party(name)
        let disks = Intervention.Disk.allCases.map { (word: $0.rawValue, value: $0) }
        let disk = try ScalarGrammar<Intervention.Disk>.choice("a disk", of: disks).parse(word)
        guard disk == .keep || party != .ledger else {
            throw GrammarMistake(
                "the ledger goes on from its own log alone: \(disk == .older ? "an older" : "an empty") one lacks what has "
                    + "receipts, so the ledger and every node would refuse it; leave --disk out")
        }
        guard disk != .empty || party.isSigner else {
            throw GrammarMistake(
                "with an empty disk \(name) would issue its numbers again, which nobody could tell from a cheat; write "
                    + "older, or leave --disk out")
        }
        return .restart(party, disk)
    }

    private func party(_ name: String) throws(GrammarMistake) -> Party {
        if name == topology.nodeName(of: .ledger) { return .ledger }
        let nodes =
            topology.services.indices.map { Party.coordinator(ServiceID(UInt32($0))) }
            .map { (word: topology.nodeName(of: $0), value: $0) }
            + topology.operators.indices.map { (topology.operators[$0].name, Party.signer(OperatorIndex(UInt32($0)))) }
        return try ScalarGrammar<Party>.choice("a node", of: nodes).parse(name)
    }

    func translated(_ answer: NetworkAnswer) -> ControlReply? {
        switch answer {
        case .done(let text): .done(text)
        case .refused(let reason): .refused(reason)
        case .notApplied(let outcomes): .notApplied(outcomes)
        case .lost(let reason): .lost(reason)
        case .status(let views, let links): .status(statusWriter.status(of: views, links))
        case .task, .result: nil
        }
    }

    // MARK: The end

    private func end(now: Bool, _ form: SummaryForm, _ reply: @Sendable (ControlReply) -> Void) async {
        // First, so that nothing of it is missed.
        let steps = ending.follow()
        for await answer in desk.place(now ? .stop : .drain) {
            if case .refused(let reason) = answer { return reply(.refused(reason)) }
        }
        for await step in steps {
            switch step {
            case .told(let line): reply(.progress(line))
            case .over(let verdict): reply(.over(summary: verdict.text(form), status: verdict.status))
            }
        }
    }
}

extension Topology {
    /// What a run calls the process.
    func nodeName(of party: Party) -> String {
        switch party {
        case .signer(let signer): name(of: signer)
        case .coordinator(let service): "coordinator-\(name(of: service))"
        case .ledger: "ledger"
        }
    }
}
