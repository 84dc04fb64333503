import Messages
import Primitives

/// Whether operators had results for the tasks that they were given, and whether these were the same.
extension RunHistory {
    /// What an operator voted for, as it says itself; of an adversary, what the honest part of it did.
    package struct Vote: Hashable, Sendable {
        package var task: Digest
        package var result: Digest
        var place: RecordPlace
    }

    /// The different results of honest operators for one task that has no certificate.
    package struct Disagreement: Hashable, Sendable {
        package var task: ServiceTask
        /// What most say first; at least two.
        package var results: [Shared]

        package struct Shared: Hashable, Sendable {
            package var result: Digest
            package var signers: [OperatorIndex]
        }
    }

    /// By operator: why it had no result for a task, the first reason that it gave.
    package func reasonsForNoResult(of task: ServiceTask) -> [OperatorIndex: String] {
        unexecuted[task.header.voteKey] ?? [:]
    }

    package func disagreement(about issued: IssuedTask) -> Disagreement? {
        guard !issued.certifiedInTime, !issued.isOpen, let votes = votes[issued.task.header.voteKey], votes.count > 1
        else {
            return nil
        }
        let digest = issued.task.digest
        let liars = faultySigners
        let honest = votes.filter { !liars.contains($0.key) && $0.value.task == digest }
        let results = Dictionary(grouping: honest.keys.sorted()) { honest[$0]!.result }
        guard results.count > 1 else { return nil }
        return Disagreement(
            task: issued.task,
            results: results.map { Disagreement.Shared(result: $0.key, signers: $0.value) }
                .sorted { ($1.signers.count, $0.result) < ($0.signers.count, $1.result) })
    }
}
