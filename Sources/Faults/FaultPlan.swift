import Messages
import Primitives

/// What one operator, one coordinator or the ledger does wrong, and when.
package struct FaultPlan: Hashable, Sendable {
    package var party: Party
    package var behaviour: Behaviour
    /// The AVS in whose tasks it misbehaves; nil: in all of them.
    package var service: ServiceID?
    package var begins: Beginning
    package var lasts: Extent
    /// Of what is done task by task: the chance that one inside the schedule is used, decided by seed and task alone.
    package var probability: Fraction
    /// Of a crash: at which of its behaviour's points it happens; nil: at its time.
    package var point: KillPoint?
    /// Where a coordinator shows each half of the network another task: who signs both. Of `just-below`: all who keep
    /// the total there together.
    package var accomplices: [OperatorIndex]
    package var parameters: FaultParameters

    package init(
        party: Party, behaviour: Behaviour, service: ServiceID? = nil, begins: Beginning = .start, lasts: Extent,
        probability: Fraction = .one, point: KillPoint? = nil, accomplices: [OperatorIndex] = [],
        parameters: FaultParameters = FaultParameters()
    ) {
        self.party = party
        self.behaviour = behaviour
        self.service = service
        self.begins = begins
        self.lasts = lasts
        self.probability = probability
        self.point = point
        self.accomplices = accomplices
        self.parameters = parameters
    }

    /// Whether there is nothing left of it for a process that is started now: no matter who has had it.
    ///
    /// - Parameter elapsed: since the run's beginning.
    package func isOver(at elapsed: Duration) -> Bool {
        guard point == nil, case .duration(let extent) = lasts else { return false }
        return switch begins {
        case .start: elapsed >= extent
        case .after(let delay): elapsed >= delay + extent
        case .task: false
        }
    }

    /// What the node's next process is told of in the place of this fault, of which the present one has died.
    package var aftermath: FaultPlan? {
        guard behaviour == .amnesia else { return nil }
        var plan = self
        (plan.begins, plan.lasts) = (.start, .untilTheEnd)
        plan.parameters.hasDied = true
        return plan
    }

    /// When a fault begins. Time is counted from the run's beginning, when every node is connected.
    package enum Beginning: Hashable, Sendable {
        case start
        case task(TaskSequence)
        case after(Duration)
    }

    /// How long it lasts.
    package enum Extent: Hashable, Sendable {
        case tasks(UInt64)
        case duration(Duration)
        case untilTheEnd
    }
}
