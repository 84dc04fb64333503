import Primitives

/// When the ledger is to die, by its `ledger-crash` faults. Whoever drives the ledger asks: the points at which it can die
/// lie between its machine, its disk and its connections.
package struct LedgerCrashes: Sendable {
    private struct Known {
        let plan: FaultPlan
        /// When the ledger heard of it, if that was while it ran.
        let injected: Instant?
    }

    private var known: [Known]
    private var began: Instant?

    package static let limit = FaultSchedule.limit

    package init(_ plans: [FaultPlan] = []) {
        known = plans.filter { $0.behaviour == .ledgerCrash }.map { Known(plan: $0, injected: nil) }
    }

    package mutating func began(_ beginning: Instant) { began = beginning }

    package mutating func inject(_ plan: FaultPlan, at now: Instant) {
        guard plan.behaviour == .ledgerCrash, known.count < Self.limit else { return }
        known.append(Known(plan: plan, injected: now))
    }

    /// None happens any more.
    package mutating func clear() { known = [] }

    /// When the ledger dies, whatever it is doing; nil: it does not, or only at a point.
    package var nextTime: Instant? { known.filter { $0.plan.point == nil }.compactMap(begins).min() }

    /// - Parameter point: where the ledger is; nil: anywhere.
    /// - Returns: the fault of which it dies there.
    package func due(at point: KillPoint?, _ now: Instant) -> FaultPlan? {
        known.first { fault in fault.plan.point == point && begins(fault).map { $0 <= now } ?? false }?.plan
    }

    private func begins(_ fault: Known) -> Instant? {
        guard let origin = fault.injected ?? began else { return nil }
        return switch fault.plan.begins {
        case .start: origin
        case .after(let delay): origin + delay
        // The ledger is shown no tasks.
        case .task: nil
        }
    }
}
