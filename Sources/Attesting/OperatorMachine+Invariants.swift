import Messages
import Primitives

extension OperatorMachine {
    package func checkInvariants() {
        for vote in ownVotes.values {
            precondition(vote.signer == key && isRecorded(vote.statement), "what is signed is recorded")
        }
        for request in requests.values {
            guard case .signStatement(let statement) = request else { continue }
            precondition(isRecorded(statement), "what is to be signed is recorded")
        }
        precondition(!readiness.isRefused || readiness.held.isEmpty, "nothing is held for good")
        precondition(readiness.unverified >= 0, "checks of own votes are counted")
        precondition(tasks.count <= Self.openTaskLimit, "open tasks are limited")
        precondition(parkedTasks.count <= Self.parkedTaskLimit, "parked tasks are limited")
        precondition(offences.count <= Self.offenceLimit, "open offences are limited")
        precondition(
            offences.values.allSatisfy { !tombstoned.contains($0.evidence.accused) }, "nobody is accused after a slash")
        precondition(
            Dictionary(grouping: offences.values, by: \.evidence.accused).values
                .allSatisfy { $0.count <= Self.offencesPerCulprit }, "open offences are limited by culprit")
        precondition(
            firstTasks.allSatisfy { tasks[$0.value]?.task.voteKey == $0.key }, "the first task of a number is held")
        precondition(
            taskQuestions.keys.allSatisfy { firstTasks[$0] != nil }, "another task is asked for beside one held")
        precondition(settled.allSatisfy { box[$0] != nil }, "of what is closed nothing is remembered as settled")
        claims.checkInvariants()
        box.checkInvariants()
        account.checkInvariants()
    }
}
