import Messages
import Primitives

/// Decides, from what a node sees and nothing else, whether a fault is on.
struct FaultSchedule: Sendable {
    let plan: FaultPlan
    let seed: UInt64
    private var since: Instant?
    private var isOver = false
    /// The first task of each AVS inside the schedule: what `for: 3 tasks` counts from.
    private var firstTasks: [ServiceID: UInt64] = [:]
    /// The AVSs in which its tasks have all come.
    private var spent: Set<ServiceID> = []
    private var untoldEnds: [ServiceID?] = []

    init(_ plan: FaultPlan, seed: UInt64) {
        self.plan = plan
        self.seed = seed
    }

    /// When the node must be woken for this fault to begin or end in time.
    func nextChange(began: Instant) -> Instant? {
        if let since {
            guard case .duration(let extent) = plan.lasts, !isOver else { return nil }
            return since + extent
        }
        return switch plan.begins {
        case .start: began
        case .after(let delay): began + delay
        case .task: nil
        }
    }

    /// Time has passed. - Returns: true when the fault has begun just now.
    mutating func passed(to now: Instant, began: Instant) -> Bool {
        if let since, case .duration(let extent) = plan.lasts, !isOver, now >= since + extent {
            isOver = true
            untoldEnds.append(plan.service)
        }
        guard since == nil, let beginning = nextChange(began: began), now >= beginning else { return false }
        since = now
        return true
    }

    /// A task has arrived. - Returns: true when the fault has begun with it.
    mutating func saw(_ task: ServiceTask, at now: Instant) -> Bool {
        guard concerns(task.service) else { return false }
        var hasBegun = false
        if case .task(let first) = plan.begins {
            guard task.sequence >= first else { return false }
            firstTasks[task.service] = first.number
            hasBegun = since == nil
            if hasBegun { since = now }
        }
        if isOn, firstTasks[task.service] == nil { firstTasks[task.service] = task.sequence.number }
        if case .tasks(let count) = plan.lasts, !plan.behaviour.isProvable, let first = firstTasks[task.service],
            task.sequence.number >= first, task.sequence.number - first >= count, spent.insert(task.service).inserted
        {
            untoldEnds.append(task.service)
        }
        return hasBegun
    }

    /// The AVSs in which it has ended, each told once; nil: all at once. What lasts some tasks ends in each AVS with the
    /// first task after them.
    mutating func takeEnds() -> [ServiceID?] {
        defer { untoldEnds = [] }
        return untoldEnds
    }

    var isOn: Bool { hasBegun && !isOver }

    var hasBegun: Bool { since != nil }

    func concerns(_ service: ServiceID) -> Bool { plan.service.map { $0 == service } ?? true }

    /// Whether a vote on this subject is one to falsify or to withhold.
    ///
    /// - Parameter used: how many tasks it has falsified so far. An equivocation that lasts some tasks lasts until it
    ///   has falsified as many; whatever else lasts some tasks lasts for that many numbers.
    func applies(to service: ServiceID, _ subject: Subject, used: UInt64) -> Bool {
        guard isOn, concerns(service), let first = firstTasks[service], subject.number >= first else { return false }
        if case .tasks(let count) = plan.lasts {
            guard (plan.behaviour.isProvable ? used : subject.number - first) < count else { return false }
        }
        let draw = SeededRandom.draw(
            seed: seed, purpose: "fault", UInt64(service.number), subject.scope, subject.number)
        return draw % plan.probability.denominator < plan.probability.numerator
    }
}
