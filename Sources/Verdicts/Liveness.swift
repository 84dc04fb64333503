import Messages
import Primitives

/// While the coordinator is without any fault, and operators without any hold more than the threshold of a task's operator
/// set, from its issue to its deadline, the coordinator has a certificate for it before the deadline. It is enough that they
/// are for the last seconds in which the task can be voted on: whatever happened before, what is open is sent again. Other
/// tasks are not judged, nor those whose deadline the run did not reach, nor those of epochs that somebody skipped.
func judgeLiveness(of history: RunHistory) -> Finding {
    let closed = history.tasks.filter { !$0.isOpen }
    var premise = LivenessPremise()
    let startup = history.closeOfStartup
    var judged = 0
    /// Due before everybody could sign.
    var early = 0
    /// Out of time because epochs were skipped.
    var cutShort = 0
    var late: [ServiceTask] = []
    /// Of the late ones: too few operators had a result; or they had different ones.
    var (withoutResult, withDifferentResults) = (0, 0)
    var unknownSets = 0
    for issued in closed {
        let task = issued.task
        guard let set = history.operatorSets[task.operatorSet] else {
            unknownSets += 1
            continue
        }
        let faulty = history.faulty(whenDecisiveFor: task)
        if let startup, history.lastChance(of: task) < startup {
            early += 1
            continue
        }
        guard !history.isCutShort(task) else {
            cutShort += 1
            continue
        }
        guard !faulty.contains(.coordinator(task.service)),
            premise.holds(in: set, without: RunHistory.signers(in: faulty))
        else { continue }
        judged += 1
        guard !issued.certifiedInTime else { continue }
        late.append(task)
        let idle = Set(history.reasonsForNoResult(of: task).keys)
        if !premise.holds(in: set, without: RunHistory.signers(in: faulty).union(idle)) {
            withoutResult += 1
        } else if history.disagreement(about: issued) != nil {
            withDifferentResults += 1
        }
    }
    let share = judged < closed.count ? "\(judged) of \(RunHistory.count(closed.count, "task")) judged: " : ""
    var absences: [String] = []
    if !late.isEmpty {
        let first = late.prefix(3).map { "\($0.sequence) of \(history.name(of: $0.service))" }
        absences.append(
            "\(share)\(late.count) of \(RunHistory.count(judged, "task")) had no certificate by the deadline, "
                + "first \(first.joined(separator: ", "))"
                + (withoutResult > 0 ? "; for \(withoutResult) too few operators had a result" : "")
                + (withDifferentResults > 0 ? "; for \(withDifferentResults) their results differ" : ""))
    }
    let gaps = history.gaps
    if absences.isEmpty, gaps.isEmpty, unknownSets > 0 {
        return Finding(
            .liveness, .unknown,
            "\(RunHistory.count(unknownSets, "task")) pin operator sets that the ledger never opened")
    }
    let account: String =
        if judged > 0 {
            "\(share)\(RunHistory.count(judged, "task")) certified before the deadline"
        } else if history.tasks.isEmpty {
            "no task was issued"
        } else if closed.isEmpty {
            "the run ended before the deadline of every task"
        } else if early == closed.count {
            "every task was due before operators could have an answer from whom they ask at their start"
        } else if cutShort == closed.count {
            "the ledger's clock was moved beyond the epochs of every task"
        } else {
            "during no task were the coordinator and operators with more than the threshold without a fault"
        }
    return .conclude(
        .liveness, violations: [], absences: absences, gaps: gaps, otherwise: judged > 0 ? .holds : .notApplicable,
        account)
}

extension RunHistory {
    /// What was sent again and again waits for 2.4 s, a node that has started for 2 s for those that do not answer, and a
    /// connection that broke is made again within a second or two.
    private static let recovery = Duration.seconds(7)

    /// Who had a fault while this task had to be decided: from its issue to its deadline, or the last seconds of that time.
    /// Operators vote only on tasks of the present epoch and the one before it.
    fileprivate func faulty(whenDecisiveFor task: ServiceTask) -> Set<Party> {
        let last = lastChance(of: task)
        let first = max(task.issued, last + (.zero - Self.recovery))
        return Set(
            faultIntervals.filter {
                $0.service == task.service && $0.touches(from: $0.hasBeenSilent ? task.issued : first, to: last)
            }.map(\.party))
    }

    /// Its deadline, or when operators vote on it no more.
    func lastChance(of task: ServiceTask) -> Instant {
        min(task.deadline, closeOfVoting(in: task.epoch)?.at ?? task.deadline)
    }

    /// Whether somebody moved the ledger's clock on, so that voting was over before a task was due and within seconds of its
    /// issue, if not before that. In whole epochs there is time for one.
    fileprivate func isCutShort(_ task: ServiceTask) -> Bool {
        guard let close = closeOfVoting(in: task.epoch) else { return false }
        return close.at < min(task.deadline, task.issued + Self.recovery) && isHastened(close)
    }
}

/// Whether the operators without a fault can decide. Many tasks have the same answer, which is worked out once.
private struct LivenessPremise {
    private struct Question: Hashable {
        var operatorSet: Digest
        var faulty: Set<OperatorIndex>
    }
    private var answers: [Question: Bool] = [:]

    mutating func holds(in set: OperatorSet, without faulty: Set<OperatorIndex>) -> Bool {
        let question = Question(operatorSet: set.digest, faulty: faulty)
        if let answer = answers[question] { return answer }
        let honest = set.members.filter { !faulty.contains($0.signer) }
        let answer = IndependentCheck.suffices(members: honest, of: set)
        answers[question] = answer
        return answer
    }
}
