import Messages
import Primitives

extension CoordinatorMachine {
    package func checkInvariants() {
        precondition(submissions <= nextSequence.number, "every submission has its number")
        precondition(nextIssue == nil || loadIndex < load.tasks, "no task beyond the load is issued")
        let undecided = open.values.count { !$0.isCertified && !$0.isExpired && $0.origin == .load }
        let unsigned = requests.values.count { if case .signTask(_, .load) = $0 { true } else { false } }
        precondition(inFlight == UInt64(undecided + unsigned), "what is neither certified nor expired is in flight")
        if case .closed(let limit, _) = load.pacing { precondition(inFlight <= limit, "a closed loop has its limit") }
        for (voteKey, task) in open {
            precondition(!(task.isCertified && task.isExpired), "a task is certified or expired, never both")
            precondition(task.isCertified == (certificates[voteKey] != nil), "a certified task has its certificate")
        }
        for (voteKey, certificate) in certificates {
            precondition(open[voteKey]?.digest == certificate.statement.task, "a certificate is for what was issued")
            let set = open[voteKey]!.operatorSet
            precondition(certificate.statement.operatorSet == set.digest, "the set that a task pins decides it")
            precondition(set.isQuorum(set.weight(of: certificate.signers)), "a certificate carries a quorum")
        }
        precondition(box.voteKeys.allSatisfy { open[$0] != nil }, "only what is open is voted on")
        precondition(claims.voteKeys.allSatisfy { open[$0] != nil }, "only what is open is claimed")
        precondition(
            open.values.count { $0.origin == .submission } <= Self.submissionLimit, "submissions are limited")
        precondition(!isFinished || open.isEmpty && !hasUnsignedTasks, "finished is finished")
        checkDeferralInvariants()
        box.checkInvariants()
        claims.checkInvariants()
        account.checkInvariants()
    }
}
