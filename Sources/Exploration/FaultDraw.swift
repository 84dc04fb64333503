import Faults
import Messages
import Primitives
import TopologyFormat

/// Draws what operators, coordinators and the ledger do wrong, within a budget of stake.
///
/// In three scenarios of four, those who sign two things hold less than 2q - 1 of every service's stake, so that agreement
/// must hold; in the others anybody may, and in half of the meshes among these a coordinator conspires with most of its
/// operators. In most, those who cheat or are gone for good leave a quorum, so that liveness must hold once the others
/// are back.
struct FaultDraw {
    private var dice: Dice
    private let topology: Topology
    private let calm: Duration
    private let stakes: [Lamports]
    private let keepsAgreement: Bool
    private let keepsQuorum: Bool
    /// Whether a coordinator and most of its operators conspire: only so can there be two certificates for one task.
    private let isConspiracy: Bool
    private var cheats: Set<OperatorIndex> = []
    private var unreliable: Set<OperatorIndex> = []
    private var faults: [FaultPlan] = []

    static func faults(of topology: Topology, before calm: Duration, seed: UInt64) -> [FaultPlan] {
        var draw = FaultDraw(topology, before: calm, seed: seed)
        let count = draw.dice.pick([(15, 0), (30, 1), (30, 2), (15, 3), (10, 5)].map { (weight: $0.0, value: $0.1) })
        if draw.isConspiracy { draw.addDoubleTasks(accomplices: true) }
        for _ in 0..<count { draw.add(draw.dice.pick(Self.weights)) }
        return draw.faults
    }

    /// What there is something to learn from most often comes more often, and so does what seldom fits.
    private static let weights = Behaviour.allCases.map { behaviour -> (weight: UInt64, value: Behaviour) in
        switch behaviour {
        case .coordinatorCrash: (weight: 6, value: behaviour)
        case .equivocate, .equivocateSplit: (weight: 4, value: behaviour)
        case .amnesia, .crash: (weight: 3, value: behaviour)
        case .powerLoss, .coordinatorEquivocates, .ledgerCrash, .equivocateLate, .twin, .exitRace:
            (weight: 2, value: behaviour)
        default: (weight: 1, value: behaviour)
        }
    }

    private init(_ topology: Topology, before calm: Duration, seed: UInt64) {
        dice = Dice(seed: seed, purpose: "faults")
        self.topology = topology
        self.calm = calm
        stakes = topology.stakesAtGenesis
        keepsAgreement = dice.hits(percent: 75)
        let conspires = dice.hits(percent: 50) && topology.network.dissemination == .mesh
        isConspiracy = conspires && !keepsAgreement
        keepsQuorum = dice.hits(percent: 70) && !isConspiracy
    }

    private mutating func add(_ behaviour: Behaviour) {
        let isStar = topology.network.dissemination == .star
        switch behaviour {
        case .equivocateSplit where isStar, .amnesia where isStar: add(.equivocate)
        case .selective where isStar: add(.withhold)
        case .coordinatorEquivocates where isStar, .collusion where isStar: add(.coordinatorCrash)
        case .equivocate, .equivocateSplit, .equivocateLate, .exitRace: addEquivocation(behaviour)
        case .twin, .amnesia: addSecondProcess(behaviour)
        case .silent, .crash, .powerLoss, .pause, .diskFull: addOutage(behaviour)
        case .coordinatorEquivocates: addDoubleTasks(accomplices: false)
        case .collusion: addDoubleTasks(accomplices: true)
        case .coordinatorCrash: addCoordinatorCrash()
        case .coordinatorCensors: addCensorship()
        case .ledgerCrash: addLedgerCrash()
        default: addMischief(behaviour)
        }
    }

    // MARK: Operators

    private mutating func addEquivocation(_ behaviour: Behaviour) {
        guard let signer = culprit(isCheat: true, isGone: true) else { return }
        let service = service(of: signer)
        faults.append(
            FaultPlan(
                party: .signer(signer), behaviour: behaviour, service: service,
                begins: beginning(in: reached(by: signer, service)), lasts: extentOfCheating(),
                probability: dice.pick([.one, Fraction(1, over: 2)!, .basisPoints(2_500)]),
                parameters: parameters(of: behaviour)))
    }

    /// What one process of an operator signs another one of it knows nothing of.
    private mutating func addSecondProcess(_ behaviour: Behaviour) {
        guard let signer = culprit(isCheat: true, isGone: true),
            !faults.contains(where: { $0.party == .signer(signer) && $0.behaviour == behaviour })
        else { return }
        var fault = FaultPlan(
            party: .signer(signer), behaviour: behaviour, lasts: behaviour.defaultExtent,
            parameters: parameters(of: behaviour))
        if behaviour == .amnesia {
            let last = (reached(by: signer, nil).map(\.load.tasks).max() ?? 1) - 1
            fault.begins = .task(TaskSequence(dice.roll(0...last)))
            fault.lasts = .duration(dice.roll(.milliseconds(50) ... .milliseconds(500)))
        }
        faults.append(fault)
    }

    /// Whatever cannot be proven, or is turned away: for some time, or to the end.
    private mutating func addMischief(_ behaviour: Behaviour) {
        guard let signer = culprit(isCheat: false, isGone: true) else { return }
        let takesService = CatalogueEntry.of(behaviour).parameters.contains(.service)
        let service = takesService ? service(of: signer) : nil
        var lasts = FaultPlan.Extent.untilTheEnd
        if dice.hits(percent: 70) {
            lasts =
                dice.hits(percent: 50)
                ? .tasks(dice.roll(1...5)) : .duration(dice.roll(.milliseconds(50)...calm / 2))
        }
        let takesChance = CatalogueEntry.of(behaviour).parameters.contains(.probability)
        faults.append(
            FaultPlan(
                party: .signer(signer), behaviour: behaviour, service: service,
                begins: beginning(in: reached(by: signer, service)), lasts: lasts,
                probability: takesChance ? dice.pick([.one, Fraction(1, over: 2)!]) : .one,
                parameters: parameters(of: behaviour)))
        if behaviour == .justBelow {
            let holders = faults.filter { $0.behaviour == .justBelow }.compactMap { fault in
                if case .signer(let signer) = fault.party { signer } else { nil }
            }
            for index in faults.indices where faults[index].behaviour == .justBelow {
                faults[index].accomplices = Set(holders).sorted()
            }
        }
    }

    private mutating func parameters(of behaviour: Behaviour) -> FaultParameters {
        var drawn = FaultParameters()
        let signers = topology.operators.indices.map { OperatorIndex(UInt32($0)) }
        for parameter in CatalogueEntry.of(behaviour).parameters {
            switch parameter {
            case .service, .probability, .point: break
            case .share: drawn.share = dice.pick([Fraction(1, over: 4)!, Fraction(3, over: 4)!])
            case .delay: drawn.delay = dice.roll(.zero ... .milliseconds(400))
            case .skew:
                let size = dice.roll(.milliseconds(10) ... .seconds(3))
                drawn.skew = dice.hits(percent: 50) ? size : .zero - size
            case .drift: drawn.share = dice.pick([Fraction(1, over: 100)!, Fraction(1, over: 2)!])
            case .to, .against: drawn.chosen = dice.sample(dice.roll(1...signers.count), of: signers)
            case .rate: drawn.rate = dice.roll(UInt64(10)...200)
            case .form(let forms): drawn.form = dice.pick(forms)
            case .disk: drawn.disk = behaviour == .amnesia ? .empty : dice.pick(FaultDisk.allCases)
            }
        }
        return drawn
    }

    private mutating func addOutage(_ behaviour: Behaviour) {
        let isForGood = dice.hits(percent: 20)
        guard let signer = culprit(isCheat: false, isGone: isForGood) else { return }
        // A host loses power at a time, whatever it works on.
        let isProcess = behaviour != .silent && behaviour != .crash
        let service = isProcess ? nil : service(of: signer)
        let begins: FaultPlan.Beginning =
            behaviour == .powerLoss
            ? .after(dice.roll(.milliseconds(1)...calm / 2)) : beginning(in: reached(by: signer, service))
        var lasts = behaviour == .pause ? behaviour.defaultExtent : FaultPlan.Extent.untilTheEnd
        if !isForGood {
            lasts =
                behaviour == .silent && dice.hits(percent: 50)
                ? .tasks(dice.roll(1...5)) : .duration(dice.roll(.milliseconds(50)...calm / 2))
        }
        faults.append(
            FaultPlan(
                party: .signer(signer), behaviour: behaviour, service: service, begins: begins, lasts: lasts,
                point: behaviour == .crash && dice.hits(percent: 50) ? dice.pick(KillPoint.ofOperators) : nil,
                parameters: parameters(of: behaviour)))
    }

    private func reached(by signer: OperatorIndex, _ service: ServiceID?) -> [ServicePlan] {
        if let service { return [topology.services[Int(service.number)]] }
        return topology.services.filter { $0.operators.contains(signer) }
    }

    /// Nil: all of its services.
    private mutating func service(of signer: OperatorIndex) -> ServiceID? {
        let all = topology.services.indices.filter { topology.services[$0].operators.contains(signer) }
        return dice.hits(percent: 50) ? nil : ServiceID(UInt32(dice.pick(all)))
    }

    // MARK: Coordinators

    private mutating func addDoubleTasks(accomplices wanted: Bool) {
        let open = topology.services.indices.filter { index in
            !faults.contains {
                $0.behaviour == .coordinatorEquivocates && $0.party == .coordinator(ServiceID(UInt32(index)))
            }
        }
        guard !open.isEmpty else { return }
        let service = ServiceID(UInt32(dice.pick(open)))
        var accomplices: Set<OperatorIndex> = []
        if wanted {
            for _ in 0..<dice.roll(isConspiracy ? 3...8 : 1...4) {
                if let signer = culprit(isCheat: true, isGone: true, of: service) { accomplices.insert(signer) }
            }
        }
        let leader = FaultPlan(
            party: .coordinator(service), behaviour: .coordinatorEquivocates, service: service,
            begins: beginning(in: [topology.services[Int(service.number)]]), lasts: extentOfCheating(),
            probability: dice.pick([.one, .one, Fraction(1, over: 2)!]), accomplices: accomplices.sorted())
        faults.append(leader)
        for signer in accomplices.sorted() {
            var fault = leader
            (fault.party, fault.behaviour) = (.signer(signer), .collusion)
            faults.append(fault)
        }
    }

    /// Most that die on their way do so between evidence and receipt. That needs evidence.
    private mutating func addCoordinatorCrash() {
        let service = ServiceID(UInt32(dice.roll(0...topology.services.count - 1)))
        let toSlash: [KillPoint] = [.detect, .persist, .submit, .acknowledge]
        let points = dice.hits(percent: 70) ? toSlash : Behaviour.coordinatorCrash.points
        let point = dice.hits(percent: 60) ? dice.pick(points) : nil
        if point != nil, !faults.contains(where: \.behaviour.isProvable) {
            addEquivocation(topology.network.dissemination == .star ? .equivocate : .equivocateSplit)
        }
        faults.append(
            FaultPlan(
                party: .coordinator(service), behaviour: .coordinatorCrash, service: service,
                begins: point != nil && dice.hits(percent: 70)
                    ? .start : beginning(in: [topology.services[Int(service.number)]]),
                lasts: dice.hits(percent: 80) ? .duration(dice.roll(.milliseconds(50)...calm / 2)) : .untilTheEnd,
                point: point))
    }

    private mutating func addCensorship() {
        let service = ServiceID(UInt32(dice.roll(0...topology.services.count - 1)))
        faults.append(
            FaultPlan(
                party: .coordinator(service), behaviour: .coordinatorCensors, service: service,
                begins: beginning(in: [topology.services[Int(service.number)]]), lasts: extentOfCheating(),
                parameters: parameters(of: .coordinatorCensors)))
    }

    // MARK: The ledger

    /// Everybody leans on it: it always comes back.
    private mutating func addLedgerCrash() {
        faults.append(
            FaultPlan(
                party: .ledger, behaviour: .ledgerCrash,
                begins: dice.hits(percent: 20) ? .start : .after(dice.roll(.milliseconds(1)...calm / 2)),
                lasts: .duration(dice.roll(.milliseconds(50)...calm / 2)),
                point: dice.hits(percent: 75) ? dice.pick(Behaviour.ledgerCrash.points) : nil))
    }

    // MARK: Schedules

    private mutating func beginning(in services: [ServicePlan]) -> FaultPlan.Beginning {
        let last = (services.map(\.load.tasks).max() ?? 1) - 1
        return switch dice.roll(UInt64(0)...9) {
        case 0, 1: .start
        case 2...6: .task(TaskSequence(dice.roll(0...last)))
        default: .after(dice.roll(.zero...calm / 2))
        }
    }

    private mutating func extentOfCheating() -> FaultPlan.Extent {
        dice.hits(percent: 70) ? .tasks(dice.roll(1...3)) : .duration(dice.roll(.milliseconds(50)...calm / 2))
    }

    // MARK: Budget

    /// An operator with stake that can have one more fault, if the first that is picked can.
    private mutating func culprit(isCheat: Bool, isGone: Bool, of service: ServiceID? = nil) -> OperatorIndex? {
        let candidates = topology.operators.indices.filter { index in
            let signer = OperatorIndex(UInt32(index))
            return stakes[index] > .zero
                && topology.services.indices.contains { place in
                    topology.services[place].operators.contains(signer)
                        && service.map { Int($0.number) == place } ?? true
                }
        }.map { OperatorIndex(UInt32($0)) }
        guard !candidates.isEmpty else { return nil }
        let signer = dice.pick(candidates)
        let (cheats, gone) = (cheats.union(isCheat ? [signer] : []), unreliable.union(isGone ? [signer] : []))
        let fits = topology.services.allSatisfy { service in
            let total = stake(of: Set(service.operators), in: service)
            let threshold = service.threshold
            // Less than 2q - 1 of it, unless there are none at all.
            let isAccountable =
                cheats.isEmpty
                || stake(of: cheats, in: service) * UInt128(threshold.denominator) + total
                    * UInt128(threshold.denominator) < total * 2 * UInt128(threshold.numerator)
            let hasQuorum =
                (total - stake(of: gone, in: service)) * UInt128(threshold.denominator) > total
                * UInt128(threshold.numerator)
            return (!keepsAgreement || isAccountable || stake(of: cheats, in: service) == 0)
                && (!keepsQuorum || hasQuorum || gone.isEmpty)
        }
        guard fits else { return nil }
        (self.cheats, unreliable) = (cheats, gone)
        return signer
    }

    private func stake(of signers: Set<OperatorIndex>, in service: ServicePlan) -> UInt128 {
        service.operators.filter(signers.contains).reduce(0) { $0 + UInt128(stakes[Int($1.number)].number) }
    }
}
