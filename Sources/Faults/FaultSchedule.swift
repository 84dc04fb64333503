import Messages
import Primitives

/// Decides, from what a node sees and nothing else, whether a fault is on.
struct FaultSchedule: Sendable {
    let plan: FaultPlan
    let seed: UInt64
    private var since: Instant?
    private var isOver = false

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
        if let since, case .duration(let extent) = plan.lasts, now >= since + extent { isOver = true }
        guard since == nil, let beginning = nextChange(began: began), now >= beginning else { return false }
        since = now
        return true
    }

    /// A task has arrived. - Returns: true when the fault has begun with it.
    mutating func saw(_ task: ServiceTask, at now: Instant) -> Bool {
        guard since == nil, case .task(let first) = plan.begins, concerns(task.service), task.sequence >= first else {
            return false
        }
        since = now
        return true
    }

    var isOn: Bool { since != nil && !isOver }

    func concerns(_ service: ServiceID) -> Bool { plan.service.map { $0 == service } ?? true }

    /// Whether a vote in this task is one to falsify. `used`: how many tasks it has falsified so far.
    func applies(to service: ServiceID, _ subject: Subject, used: UInt64) -> Bool {
        guard isOn, concerns(service) else { return false }
        if case .task(let first) = plan.begins, subject.number < first.number { return false }
        if case .tasks(let count) = plan.lasts, used >= count { return false }
        let draw = SeededRandom.draw(seed: seed, purpose: "fault", UInt64(service.number), subject.scope, subject.number)
        return draw % plan.probability.denominator < plan.probability.numerator
    }
}
