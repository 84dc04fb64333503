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
        precondition(readiness.isChecking || readiness.held.isEmpty, "nothing is held once the check has ended")
        precondition(readiness.unverified >= 0, "checks of own votes are counted")
        precondition(tasks.count <= Self.openTaskLimit, "open tasks are limited")
        precondition(parkedTasks.count <= Self.parkedTaskLimit, "parked tasks are limited")
        precondition(offences.count <= Self.offenceLimit, "open offences are limited")
        precondition(
            offences.values.allSatisfy { !tombstoned.contains($0.evidence.accused) }, "nobody is accused after a slash")
        box.checkInvariants()
        account.checkInvariants()
    }

    private func isRecorded(_ statement: Statement) -> Bool {
        switch guardBook.answer(for: statement) {
        case .recordedAlready, .tooOld: true
        case .free, .conflicts: false
        }
    }
}
