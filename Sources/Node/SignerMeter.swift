import Attesting
import Messages
import Primitives
import Services

/// What an operator of a live cluster can tell of itself.
struct SignerMeter: Sendable {
    private(set) var status = SignerStatus()
    /// When tasks were meant to be issued.
    private var issues = RecentValues<TaskName, Instant>(limit: 4_096)
    private var results = RecentValues<Digest, [UInt8]>(limit: 1_024, byteLimit: 16 * 1024 * 1024)

    private struct TaskName: Hashable {
        let service: ServiceID
        let sequence: TaskSequence
    }

    func result(of task: Digest) -> [UInt8]? { results[task] }

    mutating func saw(_ event: NodeEvent) {
        switch event {
        case .received(.task(let signed), _):
            let task = signed.task
            issues.add(task.issued, for: TaskName(service: task.service, sequence: task.sequence))
        case .executed(let task, .result(let result)): results.add(result, for: task, bytes: result.count)
        default: break
        }
    }

    mutating func noted(_ observation: Observation, at now: Instant) {
        switch observation {
        case .attested(let vote):
            let voteKey = vote.statement.voteKey
            let sequence = TaskSequence(voteKey.subject.number)
            let issued = issues[TaskName(service: voteKey.service, sequence: sequence)] ?? now
            status.votes += 1
            status.lastVote = SignerStatus.Vote(
                service: voteKey.service, sequence: sequence, at: now, delay: issued.elapsed(by: now))
            status.refusal = nil
        case .refusedToSign(let reason): status.refusal = reason
        case .notExecuted(_, let sequence, let reason): status.refusal = "no result for task \(sequence): \(reason)"
        default: break
        }
    }
}

extension Instant {
    /// None where that is still to come: times that others have written need not be in order.
    func elapsed(by now: Instant) -> Duration { max(.zero, now - self) }
}
