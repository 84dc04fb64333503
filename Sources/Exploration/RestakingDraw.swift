import Messages
import Primitives
import TopologyFormat

/// Draws what is restaked besides native SOL, and by which rules: assets and who holds them, how stake is allocated, how
/// long slashes wait and where they go, fees, rewards, jail terms.
struct RestakingDraw {
    private var dice: Dice
    private var topology: Topology

    static func restaking(in topology: Topology, seed: UInt64) -> Topology {
        var draw = RestakingDraw(dice: Dice(seed: seed, purpose: "restaking"), topology: topology)
        if draw.dice.hits(percent: 55) { draw.drawAssets() }
        if draw.dice.hits(percent: 25) { draw.drawNativePool() }
        if draw.dice.hits(percent: 65) { draw.drawLedger() }
        for place in draw.topology.services.indices { draw.drawTerms(of: place) }
        return draw.topology
    }

    // MARK: Assets

    private static let names = ["mSOL", "JitoSOL", "bSOL"]

    private mutating func drawAssets() {
        let count = dice.pick([(60, 1), (25, 2), (15, 3)].map { (weight: $0.0, value: $0.1) })
        topology.assets = Self.names.prefix(count).map { name in
            var asset = AssetPlan(name: name, points: AssetPlan.standardPoints(of: name))
            asset.rate = ExchangeRate(dice.pick([Lamports.perSOL, dice.roll(900_000_000...1_600_000_000)]))!
            asset.weight = BasisPoints(dice.pick([10_000, 9_000, 5_000, 3_333]))!
            asset.rateBound = BasisPoints(dice.pick([100, 100, 1_000]))!
            if dice.hits(percent: 20) { asset.depositCap = Lamports(dice.roll(1...5_000) * Lamports.perSOL) }
            return asset
        }
        for place in 1...count {
            for _ in 0..<dice.roll(1...2) { addHolder(of: AssetID(place)) }
        }
    }

    /// Somebody new, or somebody who has restaked something else.
    private mutating func addHolder(of asset: AssetID) {
        var open = topology.restakers.indices.filter { place in
            !topology.restakers[place].deposits.contains { $0.asset == asset }
        }
        if open.isEmpty || dice.hits(percent: 40) {
            let name = "r-\(topology.restakers.count + 1)"
            open = [topology.restakers.count]
            topology.restakers.append(RestakerPlan(name: name, deposits: [], delegations: []))
        }
        let place = dice.pick(open)
        let everyone = topology.operators.indices.map { OperatorIndex(UInt32($0)) }
        let delegations = dice.sample(dice.roll(0...3), of: everyone).map {
            DelegationPlan(asset: asset, signer: $0, amount: Units(dice.pick([1, Units.perToken, largeAmount()])))
        }
        let idle = dice.hits(percent: 60) ? dice.roll(0...20) * Units.perToken : 0
        let delegated = delegations.reduce(0) { $0 + $1.amount.number }
        topology.restakers[place].deposits.append(AmountPlan(asset, Units(max(1, delegated + idle))))
        // A file has them by operator.
        topology.restakers[place].delegations = (topology.restakers[place].delegations + delegations)
            .sorted { ($0.signer, $0.asset) < ($1.signer, $1.asset) }
    }

    /// Of the order of what operators stake themselves.
    private mutating func largeAmount() -> UInt64 {
        dice.roll(1...max(1, topology.operators.map(\.stake.number).max() ?? 1))
    }

    private mutating func drawNativePool() {
        topology.nativePool.validators = (1...dice.roll(1...3)).map { number in
            BaseValidatorPlan(
                name: "v-\(number)", yield: yield(), mev: dice.hits(percent: 40) ? yield() : .none,
                commission: BasisPoints(dice.pick([0, 500, 10_000]))!,
                mevShare: BasisPoints(dice.pick([10_000, 8_000, 0]))!,
                stakeLimit: dice.hits(percent: 20)
                    ? Lamports(dice.roll(1...1_000) * Lamports.perSOL) : Lamports(.max))
        }
        topology.nativePool.concentration = BasisPoints(dice.pick([10_000, 6_000, 4_000]))!
        topology.nativePool.movable = BasisPoints(dice.pick([2_500, 10_000, 1]))!
        topology.nativePool.horizon = dice.pick([30, 2, 0])
    }

    /// By the epoch, so that it comes to something in a short run.
    private mutating func yield() -> YieldPlan {
        YieldPlan(parts: dice.pick([0, 1, dice.roll(1...BaseYield.whole / 20)]), isYearly: false)
    }

    // MARK: Rules

    private mutating func drawLedger() {
        var ledger = topology.ledger
        ledger.allocation = dice.pick([
            (weight: 55, value: .shared), (weight: 25, value: .unique), (weight: 20, value: .elastic),
        ])
        // As long as nothing waits longer than unbonding.
        if dice.hits(percent: 45) {
            let most = ledger.slotsPerEpoch * ledger.unbondingEpochs
            ledger.vetoSlots = dice.pick([0, 1, min(most, 20), dice.roll(1...min(most, ledger.slotsPerEpoch)), most])
        }
        ledger.protocolFee = BasisPoints(dice.pick([700, 0, 10_000]))!
        ledger.reporterReward = dice.pick([.basisPoints(500), .basisPoints(0), .basisPoints(10_000)])
        if dice.hits(percent: 15) {
            let stakes = topology.operators.map(\.stake).filter { $0 > .zero }
            if !stakes.isEmpty { ledger.minimumSelfDelegation = dice.pick(stakes) }
        }
        ledger.disputes.bond = dice.pick([Lamports(Lamports.perSOL), .zero, Lamports(1)])
        if dice.hits(percent: 12) { ledger.release = release() }
        topology.ledger = ledger
        for place in topology.operators.indices {
            if dice.hits(percent: 30) {
                topology.operators[place].commission = BasisPoints(dice.pick([1_000, 2_500, 10_000]))!
            }
            if ledger.allocation != .shared { allocate(place) }
        }
    }

    /// In stages, where epochs are short enough to see more than the first.
    private mutating func release() -> ReleasePlan {
        let epoch = topology.ledger.slotDuration * Int(topology.ledger.slotsPerEpoch)
        guard epoch < .seconds(5) else { return ReleasePlan() }
        let total = topology.operators.map(\.stake.number).reduce(1, +)
        let cap = ReleasePlan.DepositCap(from: Epoch(dice.roll(0...1)), value: Lamports(total * dice.roll(1...3)))
        return ReleasePlan(
            operators: Epoch(dice.roll(0...1)), services: Epoch(dice.roll(0...1)), slashing: Epoch(dice.roll(0...2)),
            caps: dice.hits(percent: 50) ? [cap] : [])
    }

    /// Something to every AVS that the operator is a member of; unique parts are no more than the whole.
    private mutating func allocate(_ place: Int) {
        let signer = OperatorIndex(UInt32(place))
        let own = topology.services.indices.filter { topology.services[$0].operators.contains(signer) }
        let most = topology.ledger.allocation == .unique ? 10_000 / UInt64(max(1, own.count)) : 10_000
        topology.operators[place].allocations = own.map {
            AllocationPlan(
                service: ServiceID(UInt32($0)), share: .basisPoints(dice.pick([most, most, dice.roll(1...most)])))
        }
    }

    private mutating func drawTerms(of place: Int) {
        var service = topology.services[place]
        if !topology.assets.isEmpty, dice.hits(percent: 30) {
            let weights = (0...topology.assets.count).map { asset in
                BasisPoints(dice.pick(asset == 0 ? [10_000, 5_000] : [10_000, 5_000, 0]))!
            }
            if weights.contains(where: { $0 != .whole }) { service.assetWeights = weights }
        }
        if dice.hits(percent: 25) { service.slash.policy = .correlated }
        if dice.hits(percent: 15) { service.slash.cap = dice.pick([.basisPoints(100), .basisPoints(5_000)]) }
        if dice.hits(percent: 20) {
            service.slash.wrongResult = dice.pick([.basisPoints(1_000), .basisPoints(10_000)])
        }
        service.slash.destination = destination()
        if dice.hits(percent: 30) {
            service.reward = RewardTerms(
                perTask: Lamports(dice.pick([0, 1, Lamports.perSOL / 100])),
                perEpoch: Lamports(dice.pick([0, Lamports.perSOL])),
                budget: Lamports(dice.pick([0, 3, 10 * Lamports.perSOL])))
        }
        if dice.hits(percent: 20) {
            service.jail = JailTerms(
                window: UInt8(dice.roll(UInt64(2)...6)), least: dice.pick([.basisPoints(5_000), .basisPoints(10_000)]),
                epochs: dice.roll(0...2))
        }
        if dice.hits(percent: 20) { service.isOpen = false }
        service.disputes = dice.pick([.void, .void, .slash, .none])
        topology.services[place] = service
    }

    private mutating func destination() -> SlashPlan.Destination {
        guard dice.hits(percent: 40) else { return .burn }
        let places = topology.restakers.indices
        guard dice.hits(percent: 50) else { return .service }
        guard !places.isEmpty, dice.hits(percent: 50) else {
            return .account(.signer(OperatorIndex(UInt32(dice.roll(0...topology.operators.count - 1)))))
        }
        return .account(.restaker(RestakerIndex(UInt32(dice.pick(Array(places))))))
    }
}

extension YieldPlan {
    fileprivate static let none = YieldPlan(parts: 0, isYearly: false)
}
