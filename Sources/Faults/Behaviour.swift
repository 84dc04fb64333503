/// The adversaries, by the names that topologies use. What each does, with what parameters, and what it must come to says
/// its ``CatalogueEntry``.
package enum Behaviour: String, CaseIterable, Hashable, Sendable {
    // Operators that sign two things
    case equivocate
    case equivocateSplit = "equivocate-split"
    case equivocateLate = "equivocate-late"
    case collusion
    case twin
    case amnesia
    case exitRace = "exit-race"

    // Operators that sign something wrong
    case wrongResult = "wrong-result"
    case monoculture

    // Operators that do not do their part
    case silent
    case slow
    case withhold
    case selective
    case justBelow = "just-below"
    case withholdCertificate = "withhold-certificate"
    case clockStep = "clock-step"
    case clockDrift = "clock-drift"

    // Operators that send what no honest one does
    case badSignature = "bad-signature"
    case wrongKey = "wrong-key"
    case notAMember = "not-a-member"
    case replay
    case malformed
    case oversized
    case flood
    case slowLoris = "slow-loris"
    case forgedCertificate = "forged-certificate"
    case falseAccusation = "false-accusation"
    case evidenceFlood = "evidence-flood"

    // Processes and their hosts
    case crash
    case pause
    case diskFull = "disk-full"
    case powerLoss = "power-loss"

    // Coordinators
    case coordinatorEquivocates = "coordinator-equivocates"
    case coordinatorCensors = "coordinator-censors"
    case coordinatorCrash = "coordinator-crash"

    // The ledger
    case ledgerCrash = "ledger-crash"

    /// What a fault of this kind lasts where the topology does not say.
    package var defaultExtent: FaultPlan.Extent {
        if isTaskByTask { return .tasks(1) }
        return switch self {
        case .amnesia: .duration(.milliseconds(200))
        case .pause: .duration(.seconds(2))
        default: .untilTheEnd
        }
    }

    /// Whether evidence can prove it, so that it must end in a slash or a revocation.
    package var isProvable: Bool {
        switch self {
        case .equivocate, .equivocateSplit, .equivocateLate, .collusion, .twin, .amnesia, .exitRace,
            .coordinatorEquivocates:
            true
        default: false
        }
    }

    /// Whether it signs two things under one number, for as many numbers as its schedule says, and notes each.
    package var isTaskByTask: Bool {
        switch self {
        case .equivocate, .equivocateSplit, .equivocateLate, .collusion, .exitRace, .coordinatorEquivocates: true
        default: false
        }
    }

    /// Whether votes are signed past the guard: a process that is started again then finds it older than what others hold,
    /// and signs nothing more.
    package var passesGuard: Bool { self == .flood || isProvable && culprit == .signer }

    /// Whose it can be.
    package enum Culprit: Hashable, Sendable { case signer, coordinator, ledger, either }

    package var culprit: Culprit {
        switch self {
        case .coordinatorEquivocates, .coordinatorCensors, .coordinatorCrash: .coordinator
        case .ledgerCrash: .ledger
        case .pause: .either
        default: .signer
        }
    }

    /// Whether the process dies of it.
    package var isCrash: Bool {
        switch self {
        case .crash, .diskFull, .powerLoss, .coordinatorCrash, .amnesia, .ledgerCrash: true
        default: false
        }
    }

    /// Whether no machine sees to it: in a simulation the world takes a host its power, in the middle of whatever it does; the
    /// ledger's driver has its process die.
    package var isDrivers: Bool { self == .powerLoss || self == .ledgerCrash }

    /// Where it can strike; none: at its time alone.
    package var points: [KillPoint] {
        for case .point(let points) in CatalogueEntry.of(self).parameters { return points }
        return []
    }
}
