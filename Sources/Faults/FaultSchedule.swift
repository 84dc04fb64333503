import Messages
import Primitives

/// Decides, from what a node sees and nothing else, whether a fault is on.
struct FaultSchedule: Sendable {
    let plan: FaultPlan
    let seed: UInt64
    /// When the node heard of it, if that was while it ran: its time counts from here, and not from the run's beginning.
    private let injected: Instant?
    /// When it began; of what is to begin at a time, that time, be it that the process was started only later.
    private var since: Instant?
    private var isOver = false
    /// The first task of each AVS inside the schedule: what `for: 3 tasks` counts from.
    private var firstTasks: [ServiceID: UInt64] = [:]
    /// The AVSs in which its tasks have all come.
    private var spent: Set<ServiceID> = []
    private var untoldEnds: [ServiceID?] = []

    /// All of a node's faults, those that it was started with and those that it hears of, at most.
    static let limit = 10_000

    init(_ plan: FaultPlan, seed: UInt64, injected: Instant? = nil) {
        self.plan = plan
        self.seed = seed
        self.injected = injected
    }

    /// When the node must be woken for this fault to begin or end in time.
    ///
    /// - Parameter began: when the run did; nil before that.
    func nextChange(began: Instant?) -> Instant? {
        guard !isOver else { return nil }
        if since != nil { return end }
        guard let origin = injected ?? began else { return nil }
        return switch plan.begins {
        case .start: origin
        case .after(let delay): origin + delay
        case .task: nil
        }
    }

    /// How long a crash lasts is how long the process is dead, which is counted from its death.
    private var end: Instant? {
        guard let since, case .duration(let extent) = plan.lasts, !plan.behaviour.isCrash else { return nil }
        return since + extent
    }

    /// Time has passed. - Returns: true when the fault has begun just now.
    mutating func passed(to now: Instant, began: Instant?) -> Bool {
        if let end, !isOver, now >= end {
            isOver = true
            untoldEnds.append(plan.service)
        }
        guard since == nil, let beginning = nextChange(began: began), now >= beginning else { return false }
        since = beginning
        // An earlier process of the node has had it.
        if let end, now >= end { isOver = true }
        return !isOver
    }

    /// What is left of it; nil where no time is set.
    func rest(at now: Instant) -> Duration? { end.map { max(.zero, $0 - now) } }

    /// A task has arrived. - Returns: true when the fault has begun with it.
    mutating func saw(_ task: ServiceTask, at now: Instant) -> Bool {
        guard concerns(task.service), !isOver else { return false }
        var hasBegun = false
        if case .task(let first) = plan.begins {
            guard task.sequence >= first else { return false }
            firstTasks[task.service] = first.number
            hasBegun = since == nil
            if hasBegun { since = now }
        }
        if isOn, firstTasks[task.service] == nil { firstTasks[task.service] = task.sequence.number }
        if case .tasks(let count) = plan.lasts, !plan.behaviour.isTaskByTask, let first = firstTasks[task.service],
            task.sequence.number >= first, task.sequence.number - first >= count, spent.insert(task.service).inserted
        {
            untoldEnds.append(task.service)
        }
        return hasBegun
    }

    /// It is over by somebody's word, or never begins.
    ///
    /// - Parameter services: all in which it could be on.
    mutating func end(in services: [ServiceID]) {
        if isOn {
            untoldEnds += spent.isEmpty ? [plan.service] : services.filter { concerns($0) && !spent.contains($0) }
        }
        isOver = true
    }

    /// The AVSs in which it has ended, each told once; nil: all at once. What lasts some tasks ends in each AVS with the
    /// first task after them.
    mutating func takeEnds() -> [ServiceID?] {
        defer { untoldEnds = [] }
        return untoldEnds
    }

    var isOn: Bool { hasBegun && !isOver }

    /// Whether it is on in any of these AVSs, as far as it is not done task by task.
    func isPresent(in services: [ServiceID]) -> Bool {
        guard isOn, case .tasks = plan.lasts, !plan.behaviour.isTaskByTask else { return isOn }
        return services.contains { concerns($0) && !spent.contains($0) }
    }

    var hasBegun: Bool { since != nil }

    func concerns(_ service: ServiceID) -> Bool { plan.service.map { $0 == service } ?? true }

    /// - Parameters:
    ///   - used: how many tasks it has falsified so far.
    ///   - services: all in which it could be on.
    func state(used: UInt64, in services: [ServiceID]) -> FaultState {
        FaultState(plan: plan, stage: isSpent(used, services) ? .over : isOn ? .on : .waiting)
    }

    private func isSpent(_ used: UInt64, _ services: [ServiceID]) -> Bool {
        guard !isOver else { return true }
        guard hasBegun, case .tasks(let count) = plan.lasts else { return false }
        return plan.behaviour.isTaskByTask
            ? used >= count : services.allSatisfy { !concerns($0) || spent.contains($0) }
    }

    /// Whether a vote on this subject is one to falsify or to withhold.
    ///
    /// - Parameter used: how many tasks it has falsified so far. An equivocation that lasts some tasks lasts until it
    ///   has falsified as many; whatever else lasts some tasks lasts for that many numbers.
    func applies(to service: ServiceID, _ subject: Subject, used: UInt64) -> Bool {
        guard isOn, concerns(service), let first = firstTasks[service], subject.number >= first else { return false }
        if case .tasks(let count) = plan.lasts {
            guard (plan.behaviour.isTaskByTask ? used : subject.number - first) < count else { return false }
        }
        let draw = SeededRandom.draw(
            seed: seed, purpose: "fault", UInt64(service.number), subject.scope, subject.number)
        return draw % plan.probability.denominator < plan.probability.numerator
    }
}
