import Messages
import Primitives
import Verdicts

/// One executed revocation, with how long it took from the offence.
package struct RevocationAccount: Hashable, Sendable {
    package var record: Revocation
    package var service: String
    /// From the coordinator's sending its second task to the first honest node that held both.
    package var detected: Duration?
    /// From there to the ledger's revocation.
    package var revoked: Duration?
    /// Nil when the records do not have it.
    package var evidence: EvidenceFile?

    package static func all(of history: RunHistory, files: [EvidenceFile]) -> [RevocationAccount] {
        history.revocations.map { revoked in
            let record = revoked.record
            let offence = history.taskEquivocations.first { $0.voteKey == record.voteKey }
            let found = history.honestFindings(against: record.accused, about: record.voteKey)
            return RevocationAccount(
                record: record, service: history.name(of: record.service),
                detected: offence.flatMap { offence in found.map(\.at).min().map { $0 - offence.at } },
                revoked: offence.map { revoked.at - $0.at }, evidence: files.first { $0.offence == record.offence })
        }
    }
}
