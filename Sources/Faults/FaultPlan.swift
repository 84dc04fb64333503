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
    /// For the equivocations: the chance that one task inside the schedule is used, decided by seed and task alone.
    package var probability: Fraction
    /// Of a crash: at which of its behaviour's points it happens; nil: at its time.
    package var point: KillPoint?
    /// Where a coordinator shows each half of the network another task: who signs both.
    package var accomplices: [OperatorIndex]

    package init(
        party: Party, behaviour: Behaviour, service: ServiceID? = nil, begins: Beginning = .start, lasts: Extent,
        probability: Fraction = .one, point: KillPoint? = nil, accomplices: [OperatorIndex] = []
    ) {
        self.party = party
        self.behaviour = behaviour
        self.service = service
        self.begins = begins
        self.lasts = lasts
        self.probability = probability
        self.point = point
        self.accomplices = accomplices
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
