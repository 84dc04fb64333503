import Messages
import Primitives

/// While operators without any fault hold more than the threshold of a task's operator set, its coordinator has a
/// certificate for it before the deadline. Other tasks are not judged, nor those whose deadline the run did not reach.
func judgeLiveness(of history: RunHistory) -> Finding {
    let faulty = history.faulty
    var decidable: [Digest: Bool] = [:]
    var judged = 0
    var late: [ServiceTask] = []
    var unknownSets = 0
    for issued in history.tasks where !issued.isOpen {
        let task = issued.task
        guard let set = history.operatorSets[task.operatorSet] else {
            unknownSets += 1
            continue
        }
        if decidable[set.digest] == nil {
            let honest = set.members.filter { !faulty.contains($0.signer) }
            decidable[set.digest] = IndependentCheck.suffices(members: honest, of: set)
        }
        guard decidable[set.digest] == true else { continue }
        judged += 1
        if !issued.certifiedInTime { late.append(task) }
    }
    var absences: [String] = []
    if !late.isEmpty {
        let first = late.prefix(3).map { "\($0.sequence) of \(history.name(of: $0.service))" }
        absences.append(
            "\(late.count) of \(RunHistory.count(judged, "task")) had no certificate by the deadline, "
                + "first \(first.joined(separator: ", "))")
    }
    let gaps = history.gaps
    if absences.isEmpty, gaps.isEmpty, unknownSets > 0 {
        return Finding(
            .liveness, .unknown,
            "\(RunHistory.count(unknownSets, "task")) pin operator sets that the ledger never opened")
    }
    let account: String =
        if judged > 0 {
            "\(RunHistory.count(judged, "task")) certified before the deadline"
        } else if history.tasks.isEmpty {
            "no task was issued"
        } else if history.tasks.allSatisfy(\.isOpen) {
            "the run ended before the deadline of every task"
        } else {
            "operators without a fault never held more than the threshold"
        }
    return .conclude(
        .liveness, violations: [], absences: absences, gaps: gaps, otherwise: judged > 0 ? .holds : .notApplicable,
        account)
}
