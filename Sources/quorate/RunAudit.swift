import Cluster
import Foundation
import LedgerNode
import Messages
import Node
import Primitives
import Records
import SystemPackage

/// Holds what else a run has left against its records: the ledger's log and the signing guards. Whichever is not there
/// any more is passed over.
struct RunAudit {
    let directory: RunDirectory
    let records: RunRecords

    /// - Parameter node: only this node's; nil: everyone's.
    func check(_ node: String?) throws {
        for record in records.nodes where node.map({ $0 == record.name }) ?? true {
            switch record.party {
            case .ledger: try checkLog(record)
            case .signer, .coordinator:
                if !hasLostGuard(since: record) { try checkGuard(record) }
            }
        }
    }

    private func checkLog(_ record: NodeRecord) throws {
        let path = directory.instructionLog
        guard FileManager.default.fileExists(atPath: path.string) else { return }
        let applied = record.notes.compactMap { note in
            if case .applied(let sequence, _, _, _) = note.observation { sequence } else { nil }
        }
        // A record is written before the log: that of a ledger which was killed may tell of more.
        let recorded = record.isClosed ? applied.last : nil
        _ = try InstructionLog(reading: path.string).audit(from: records.genesis, recorded: recorded)
    }

    /// Whether somebody put an older guard in the place of this one, or none.
    private func hasLostGuard(since record: NodeRecord) -> Bool {
        records.interventions.contains {
            $0.party == record.party && $0.incarnation > record.incarnation
                && ($0.act == .restarted(.older) || $0.act == .restarted(.empty))
        }
    }

    private func checkGuard(_ record: NodeRecord) throws {
        let path = directory.guardFile(of: record.name)
        guard FileManager.default.fileExists(atPath: path.string), let key = records.genesis.key(of: record.party)
        else {
            return
        }
        var lacking: [GuardEntry: String] = [:]
        for observation in record.notes.map(\.observation) {
            switch observation {
            case .attested(let vote):
                lacking[.statement(vote.statement)] =
                    "the statement that \(record.name) signed for subject \(vote.statement.voteKey.subject)"
            case .taskIssued(let task):
                lacking[.task(task.header)] = "the task that \(record.name) issued under number \(task.sequence)"
            default: continue
            }
        }
        try GuardFile.read(path, network: records.genesis.network, key: key) { entry in
            if case .submission(let header, _, _, _) = entry { lacking[.task(header)] = nil }
            lacking[entry] = nil
        }
        guard let first = lacking.min(by: { $0.key.borsh.lexicographicallyPrecedes($1.key.borsh) })?.value else {
            return
        }
        throw RunAuditError(description: "\(path): lacks \(first): the guard has been cut off")
    }
}

struct RunAuditError: Error, CustomStringConvertible {
    let description: String
}
