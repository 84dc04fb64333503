/// The adversaries, by the names that topologies use.
package enum Behaviour: String, CaseIterable, Hashable, Sendable {
    // Operators
    /// Signs A and B for one task and sends both to everyone.
    case equivocate
    /// Signs A and B for one task: A to one half of the peers, B to the other; to the coordinator A alone.
    case equivocateSplit = "equivocate-split"
    /// With a coordinator that equivocates: signs both of its tasks, and shows each half the vote on the task it knows.
    case collusion
    /// Receives, but sends no vote.
    case silent
    /// The process dies at once, as by `kill -9`; with a duration it is started again after it.
    case crash
    /// Its host loses power at a moment, be the node in the middle of something or not: whatever its disk had not synced is
    /// gone. In simulated runs alone, and done by them; with a duration it is started again after it.
    case powerLoss = "power-loss"
    // Coordinators
    /// Signs two tasks under one number, one for each half of the operators.
    case coordinatorEquivocates = "coordinator-equivocates"
    /// The process dies, at a time or at a point between evidence and receipt; with a duration it is started again.
    case coordinatorCrash = "coordinator-crash"
    // The ledger
    /// The process dies, at a time or at a point between an instruction and its receipt, and is started again.
    case ledgerCrash = "ledger-crash"

    /// What a fault of this kind lasts where the topology does not say.
    package var defaultExtent: FaultPlan.Extent { isProvable ? .tasks(1) : .untilTheEnd }

    /// Whether evidence can prove it, so that it must end in a slash or a revocation.
    package var isProvable: Bool {
        switch self {
        case .equivocate, .equivocateSplit, .collusion, .coordinatorEquivocates: true
        case .silent, .crash, .powerLoss, .coordinatorCrash, .ledgerCrash: false
        }
    }

    /// Whether it is a coordinator's and not an operator's.
    package var isCoordinators: Bool {
        switch self {
        case .coordinatorEquivocates, .coordinatorCrash: true
        case .equivocate, .equivocateSplit, .collusion, .silent, .crash, .powerLoss, .ledgerCrash: false
        }
    }

    /// Whether the process dies of it.
    package var isCrash: Bool {
        self == .crash || self == .powerLoss || self == .coordinatorCrash || self == .ledgerCrash
    }

    /// Whether whoever drives the machine sees to it, since no machine can: none is wrapped for it.
    package var isDrivers: Bool { self == .powerLoss || self == .ledgerCrash }

    /// Where it can strike; none: at its time alone.
    package var points: [KillPoint] {
        switch self {
        case .coordinatorCrash: [.detect, .persist, .submit, .acknowledge]
        case .ledgerCrash: [.receive, .persist, .acknowledge]
        default: []
        }
    }
}

/// Where a coordinator can die on the way from evidence to receipt, or the ledger on the way from an instruction to its
/// receipt.
package enum KillPoint: String, CaseIterable, Hashable, Sendable {
    /// The ledger: an instruction has come, and nothing of it is on disk.
    case receive
    /// It has found two votes that contradict each other, and nothing of it is on disk.
    case detect
    /// The evidence is on disk, and not submitted; the instruction is on disk, and no receipt of it has been sent.
    case persist
    /// The evidence is on its way to the ledger, whose receipt has not come.
    case submit
    /// The receipt has come, and nothing of it is on disk; the ledger: the receipt has gone.
    case acknowledge
}
