import Primitives

/// What everybody may know of an adversary: a sentence, what it can be told, and what it must come to.
package struct CatalogueEntry: Hashable, Sendable {
    package var behaviour: Behaviour
    /// After `it`, without a full stop: `signs two results ...`.
    package var does: String
    /// Besides `at` and `for`.
    package var parameters: [FaultParameter]
    package var expectation: Expectation

    /// What a run must come to, whatever else happens in it.
    package enum Expectation: String, Hashable, Sendable {
        /// Slashed, if honest nodes can see it in time.
        case slashed
        /// The coordinator's key is worth nothing any more.
        case revoked
        /// Never slashed; it may earn less, and be jailed for downtime.
        case unpunished = "not slashed"
        /// What it sends is turned away, and it is not slashed for it.
        case rejected
        /// The others certify something else.
        case outvoted
        /// Nobody else does anything that it would not have done otherwise.
        case harmless
    }

    private init(
        _ behaviour: Behaviour, _ does: String, _ parameters: [FaultParameter] = [], _ expectation: Expectation
    ) {
        self.behaviour = behaviour
        self.does = does
        self.parameters = parameters
        self.expectation = expectation
    }

    package static func of(_ behaviour: Behaviour) -> CatalogueEntry { all.first { $0.behaviour == behaviour }! }

    /// In the order of ``Behaviour``.
    package static let all: [CatalogueEntry] =
        doubleSigners + falseSigners + idlers + intruders + processes + coordinators + ledgers

    private static let doubleSigners = [
        Self(
            .equivocate, "signs two results for one task and sends both to everyone", [.service, .probability], .slashed
        ),
        Self(
            .equivocateSplit, "signs two results for one task and shows each half of its peers another one",
            [.service, .probability], .slashed),
        Self(
            .equivocateLate, "signs the second result only when the first is certified",
            [.service, .probability, .delay], .slashed),
        Self(
            .collusion, "signs both tasks of a coordinator that equivocates, for each half another", [.service],
            .slashed),
        Self(.twin, "runs twice with one key, the second time a version of the module that is wrong", [], .slashed),
        Self(
            .amnesia,
            "dies and comes back without its guard, believes nobody who says what it has signed, and signs again",
            [.disk([.empty, .older])], .slashed),
        Self(
            .exitRace, "signs two results for one task, and in the same moment takes back its stake and leaves",
            [.service, .probability], .slashed),
    ]

    private static let falseSigners = [
        Self(.wrongResult, "signs a wrong result of its own", [.service, .probability], .outvoted),
        Self(
            .monoculture, "signs the wrong result that everyone does who has this fault", [.service, .probability],
            .outvoted),
    ]

    private static let idlers = [
        Self(.silent, "receives, and sends no vote", [.service], .unpunished),
        Self(.slow, "sends its votes late", [.service, .delay], .unpunished),
        Self(.withhold, "sends its votes to some by chance, vote by vote", [.service, .share], .unpunished),
        Self(.selective, "sends its votes to these operators alone", [.service, .to], .unpunished),
        Self(
            .justBelow, "votes only where the total stays below a quorum, together with whoever else does so",
            [.service], .unpunished),
        Self(.withholdCertificate, "forms certificates and keeps them", [.service], .harmless),
        Self(.clockStep, "has a clock that is ahead, or behind", [.skew], .unpunished),
        Self(.clockDrift, "has a clock that runs fast", [.drift], .unpunished),
    ]

    private static let intruders = [
        Self(.badSignature, "sends votes with a signature that is none", [.service, .probability], .rejected),
        Self(.wrongKey, "signs its votes with another key", [.service, .probability], .rejected),
        Self(.notAMember, "votes in the name of nobody in the operator set", [.service, .probability], .rejected),
        Self(
            .replay, "sends its earlier votes again as if they were about another task, epoch, service or network",
            [.service, .probability, .form(FaultForm.ofReplay)], .rejected),
        Self(.malformed, "sends bytes after its vote that are no frame", [.service, .probability], .rejected),
        Self(.oversized, "sends frames that are longer than any may be", [.service, .probability], .rejected),
        Self(.flood, "sends valid and useless frames as fast as it is told", [.rate(2_000)], .harmless),
        Self(.slowLoris, "sends the bytes of a frame one by one, and never the last", [], .rejected),
        Self(
            .forgedCertificate, "sends and submits certificates that are none",
            [.service, .probability, .form(FaultForm.ofForgedCertificate)], .rejected),
        Self(
            .falseAccusation, "submits evidence that frames an honest operator",
            [.service, .probability, .form(FaultForm.ofFalseAccusation), .against], .rejected),
        Self(.evidenceFlood, "submits evidence, true and false, as fast as it is told", [.rate(200)], .harmless),
    ]

    private static let processes = [
        Self(
            .crash, "dies as by kill -9, at a time, at a task, or at a point on the way from task to vote",
            [.service, .point(KillPoint.ofOperators), .disk(FaultDisk.allCases)], .unpunished),
        Self(.pause, "stops as by SIGSTOP, and goes on", [], .unpunished),
        Self(.diskFull, "has no room any more on the disk of its guard, and dies of it", [], .unpunished),
        Self(.powerLoss, "dies with its host, and loses what its disk has not synced", [], .unpunished),
    ]

    private static let coordinators = [
        Self(
            .coordinatorEquivocates, "signs two tasks under one number, and shows each half of the operators another",
            [.probability], .revoked),
        Self(.coordinatorCensors, "ignores the votes of these operators", [.probability, .against], .unpunished),
        Self(
            .coordinatorCrash, "dies as by kill -9, at a time, at a task, or at a point on the way",
            [.point(KillPoint.ofCoordinators)], .unpunished),
    ]

    private static let ledgers = [
        Self(
            .ledgerCrash,
            "dies as by kill -9, at a time, or at a point on the way from instruction to receipt, and is started again",
            [.point(KillPoint.ofLedgers)], .harmless)
    ]
}

/// What some adversaries can be told, each by its key in a topology.
package enum FaultParameter: Hashable, Sendable {
    /// The one AVS in whose tasks it acts; and so, tasks for its schedule.
    case service
    /// The chance of each task.
    case probability
    /// The chance of each vote to each receiver: must be given.
    case share
    case delay
    /// How far its clock is off: must be given.
    case skew
    /// By which share its clock runs fast: must be given.
    case drift
    /// Operators; must be given.
    case to
    /// Operators.
    case against
    /// So many frames a second, if nothing else is said.
    case rate(UInt64)
    /// The first, if nothing else is said.
    case form([FaultForm])
    /// The first where nothing is said.
    case disk([FaultDisk])
    case point([KillPoint])

    package static let keys = [
        "service", "probability", "delay", "by", "to", "against", "rate", "as", "disk", "point",
    ]

    package var key: String {
        switch self {
        case .service: "service"
        case .probability, .share: "probability"
        case .delay: "delay"
        case .skew, .drift: "by"
        case .to: "to"
        case .against: "against"
        case .rate: "rate"
        case .form: "as"
        case .disk: "disk"
        case .point: "point"
        }
    }

    /// For a person.
    package var meaning: String {
        switch self {
        case .service: "the one AVS in whose tasks it acts"
        case .probability: "the chance of each task"
        case .share: "the chance of each vote to each receiver"
        case .delay: "how late it acts"
        case .skew: "how far its clock is ahead, or behind: 2s, -2s"
        case .drift: "how fast its clock runs: 1/100"
        case .to: "operators"
        case .against: "operators"
        case .rate(let standard): "frames a second; \(standard)/s if nothing is said"
        case .form: "in which way; the first if nothing is said"
        case .disk: "what is left of its guard when it is started again"
        case .point: "where it dies"
        }
    }
}
