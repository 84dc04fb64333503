import Primitives

/// What one operator does wrong, and when.
package struct FaultPlan: Hashable, Sendable {
    package var signer: OperatorIndex
    package var behaviour: Behaviour
    /// The AVS in whose tasks it misbehaves; nil: in all of them.
    package var service: ServiceID?
    package var begins: Beginning
    package var lasts: Extent
    /// For the equivocations: the chance that one task inside the schedule is used, decided by seed and task alone.
    package var probability: Fraction

    package init(
        signer: OperatorIndex, behaviour: Behaviour, service: ServiceID? = nil, begins: Beginning = .start,
        lasts: Extent, probability: Fraction = .one
    ) {
        self.signer = signer
        self.behaviour = behaviour
        self.service = service
        self.begins = begins
        self.lasts = lasts
        self.probability = probability
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

/// The adversaries, by the names that topologies use.
package enum Behaviour: String, CaseIterable, Hashable, Sendable {
    /// Signs A and B for one task and sends both to everyone.
    case equivocate
    /// Signs A and B for one task: A to one half of the peers, B to the other; to the coordinator A alone.
    case equivocateSplit = "equivocate-split"
    /// Receives, but sends no vote.
    case silent
    /// The process dies at once, as by `kill -9`; with a duration it is started again after it.
    case crash

    /// What a fault of this kind lasts where the topology does not say.
    package var defaultExtent: FaultPlan.Extent {
        switch self {
        case .equivocate, .equivocateSplit: .tasks(1)
        case .silent, .crash: .untilTheEnd
        }
    }

    /// Whether evidence can prove it, so that it must end in a slash.
    package var isProvable: Bool {
        switch self {
        case .equivocate, .equivocateSplit: true
        case .silent, .crash: false
        }
    }
}
