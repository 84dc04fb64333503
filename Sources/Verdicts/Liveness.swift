import Messages
import Primitives

/// While the coordinator is without any fault, and operators without any hold more than the threshold of a task's operator
/// set, from its issue to its deadline, the coordinator has a certificate for it before the deadline. It is enough that they
/// are for the last seconds in which the task can be voted on: whatever happened before, what is open is sent again. Other
/// tasks are not judged, nor those whose deadline the run did not reach, nor those of epochs that somebody skipped. Of what
/// is late since a real process was held up nothing is known.
func judgeLiveness(of history: RunHistory) -> Finding {
    var tally = LivenessTally(history)
    for issued in history.tasks where !issued.isOpen { tally.add(issued) }
    if tally.late.isEmpty, history.gaps.isEmpty, tally.unknownSets > 0 {
        return Finding(
            .liveness, .unknown,
            "\(RunHistory.count(tally.unknownSets, "task")) pin operator sets that the ledger never opened")
    }
    return .conclude(
        .liveness, violations: [], absences: tally.absences, gaps: history.gaps, stalled: tally.stalled,
        otherwise: tally.judged > 0 ? .holds : .notApplicable, tally.account)
}

/// What became of the tasks whose deadlines have passed.
private struct LivenessTally {
    private let history: RunHistory
    private let startup: Instant?
    private var premise = LivenessPremise()
    private var closed = 0
    private(set) var judged = 0
    /// Due before everybody could sign.
    private var early = 0
    /// Out of time because epochs were skipped.
    private var cutShort = 0
    private(set) var late: [RunHistory.IssuedTask] = []
    /// Of the late ones: too few operators had a result; or they had different ones.
    private var (withoutResult, withDifferentResults) = (0, 0)
    private(set) var unknownSets = 0
    /// Those that would be late, had nobody been held up.
    private(set) var stalled: [String] = []

    init(_ history: RunHistory) {
        self.history = history
        startup = history.closeOfStartup
    }

    mutating func add(_ issued: RunHistory.IssuedTask) {
        closed += 1
        let task = issued.task
        guard let set = history.operatorSets[task.operatorSet] else { return unknownSets += 1 }
        let faulty = history.faulty(whenDecisiveFor: task)
        if let startup, history.lastChance(of: task) < startup { return early += 1 }
        guard !history.isCutShort(task) else { return cutShort += 1 }
        guard !faulty.contains(.coordinator(task.service)),
            premise.holds(in: set, without: RunHistory.signers(in: faulty))
        else { return }
        judged += 1
        guard !issued.certifiedInTime else { return }
        if let stall = history.stall(aroundThe: task) {
            return stalled.append(
                "\(history.describe(task.header.voteKey)) had no certificate by the deadline; but \(stall) meanwhile")
        }
        late.append(issued)
        let idle = Set(history.reasonsForNoResult(of: task).keys)
        if !premise.holds(in: set, without: RunHistory.signers(in: faulty).union(idle)) {
            withoutResult += 1
        } else if history.disagreement(about: issued) != nil {
            withDifferentResults += 1
        }
    }

    private var share: String {
        judged < closed ? "\(judged) of \(RunHistory.count(closed, "task")) judged: " : ""
    }

    /// One account of all that are late.
    var absences: [ViolationAccount] {
        guard !late.isEmpty else { return [] }
        let first = late.prefix(3).map { "\($0.task.sequence) of \(history.name(of: $0.task.service))" }
        let shown = late.prefix(Finding.violationLimit)
        return [
            ViolationAccount(
                "\(share)\(late.count) of \(RunHistory.count(judged, "task")) had no certificate by the deadline, "
                    + "first \(first.joined(separator: ", "))"
                    + (withoutResult > 0 ? "; for \(withoutResult) too few operators had a result" : "")
                    + (withDifferentResults > 0 ? "; for \(withDifferentResults) their results differ" : ""),
                about: shown.map(\.task.header.voteKey),
                exhibits: shown.map { history.exhibit($0.task, at: $0.place) })
        ]
    }

    /// Where none is late.
    var account: String {
        if judged > 0 {
            "\(share)\(RunHistory.count(judged, "task")) certified before the deadline"
        } else if history.tasks.isEmpty {
            "no task was issued"
        } else if closed == 0 {
            "the run ended before the deadline of every task"
        } else if early == closed {
            "every task was due before operators could have an answer from whom they ask at their start"
        } else if cutShort == closed {
            "the epochs of every task were over before it was due"
        } else {
            "during no task were the coordinator and operators with more than the threshold without a fault"
        }
    }
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

    /// Who was held up while it had to be decided, or so shortly before that what had piled up may have been in its way.
    fileprivate func stall(aroundThe task: ServiceTask) -> String? {
        let share = (task.deadline - task.issued).nanoseconds / Self.hops
        return stall(
            from: task.issued + (.zero - Self.catchingUp), to: task.deadline, least: .nanoseconds(max(0, share)))
    }

    /// From a task to its certificate, those that an operator's program and its guard may add counted.
    private static let hops: Int64 = 16

    private static let catchingUp = Duration.seconds(1)

    /// Its deadline, or when operators vote on it no more.
    func lastChance(of task: ServiceTask) -> Instant {
        min(task.deadline, closeOfVoting(in: task.epoch)?.at ?? task.deadline)
    }

    /// Whether voting on a task was over before it was due and within seconds of its issue, because somebody moved the ledger's
    /// clock on, or because its coordinator had not heard yet that its epoch was over. Otherwise there is a whole epoch for it.
    fileprivate func isCutShort(_ task: ServiceTask) -> Bool {
        guard let close = closeOfVoting(in: task.epoch), let next = opening(beyond: task.epoch),
            close.at < min(task.deadline, task.issued + Self.recovery)
        else { return false }
        return next.at <= task.issued || isHastened(close)
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
