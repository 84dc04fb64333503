import Links
import Messages
import Primitives
import TopologyFormat

/// Draws who there is, what they hold and what they secure. Times, links and faults come later.
struct StakeDraw {
    private var dice: Dice
    private var topology: Topology

    static func topology(seed: UInt64) -> Topology {
        var draw = StakeDraw(seed: seed)
        draw.drawServices()
        draw.drawOperators()
        draw.drawRestakers()
        draw.drawMembers()
        return draw.topology
    }

    private init(seed: UInt64) {
        dice = Dice(seed: seed, purpose: "stake")
        let isStar = dice.hits(percent: 30)
        topology = Topology(
            name: "scenario-\(seed)", seed: seed, ledger: .fast,
            network: NetworkPlan(dissemination: isStar ? .star : .mesh),
            guardMode: dice.hits(percent: 30) ? .written : .synced, operators: [], restakers: [], services: [],
            faults: [], expect: Expectations())
    }

    // MARK: Services

    private static let thresholds: [(weight: UInt64, value: Fraction)] = [
        (50, .twoThirds), (15, Fraction(3, over: 5)!), (15, Fraction(3, over: 4)!), (5, Fraction(9, over: 10)!),
        (5, Fraction(51, over: 100)!), (10, Fraction(1, over: 2)!),
    ]
    private static let slashes: [(weight: UInt64, value: Fraction)] = [
        (60, .basisPoints(500)), (15, .basisPoints(10_000)), (15, Fraction(1, over: 3)!), (10, .basisPoints(1)),
    ]

    private mutating func drawServices() {
        let names = dice.hits(percent: 35) ? ["squares", "cubes"] : ["squares"]
        topology.services = names.map { name in
            let threshold = dice.pick(Self.thresholds)
            return ServicePlan(
                name: name, module: "squaring", threshold: threshold,
                wantsAccountability: Fraction(1, over: 2)! < threshold, operators: [],
                slash: SlashPlan(equivocation: dice.pick(Self.slashes)),
                load: LoadPlan(tasks: dice.roll(3...20), pacing: .closed(inFlight: dice.roll(1...6), lasting: nil)),
                deadline: .zero, evidenceWindow: .zero)
        }
    }

    // MARK: Operators

    private enum Spread: CaseIterable { case equal, zipf, whale, threshold, uneven }

    private mutating func drawOperators() {
        let count = dice.pick([(6, 1...2), (85, 3...8), (9, 9...10)].map { (weight: $0.0, value: $0.1) })
        let stakes = stakes(among: dice.roll(count))
        topology.operators = stakes.enumerated().map { OperatorPlan(name: "op-\($0 + 1)", stake: $1) }
        // One that nobody has given anything, unless a restaker does.
        guard stakes.count > 1, stakes.count < 10, dice.hits(percent: 12) else { return }
        topology.operators.append(OperatorPlan(name: "op-\(stakes.count + 1)", stake: .zero))
    }

    private mutating func stakes(among count: Int) -> [Lamports] {
        let total = Lamports(UInt64(count) * dice.pick([1, 7, 100, 12_345]) * Lamports.perSOL + dice.roll(0...2))
        switch dice.pick(Spread.allCases) {
        case .equal: return StakeDistribution.equal.stakes(of: total, among: count)
        case .zipf:
            return StakeDistribution.zipf(exponent: dice.pick([0.5, 0.85, 1, 1.5])).stakes(of: total, among: count)
        case .whale where count >= StakeDistribution.whale.minimumCount:
            return StakeDistribution.whale.stakes(of: total, among: count)
        case .threshold where count >= 2: return stakesAtThreshold(among: count)
        case .whale, .threshold, .uneven:
            return (0..<count).map { _ in Lamports(dice.roll(1...1_000) * Lamports.perSOL / 10) }
        }
    }

    /// The first of them hold exactly the first service's threshold, or a lamport more or less.
    private mutating func stakesAtThreshold(among count: Int) -> [Lamports] {
        let threshold = topology.services[0].threshold
        let unit = dice.roll(1...50) * Lamports.perSOL
        let first = dice.roll(1...count - 1)
        let held = threshold.numerator * unit + dice.roll(0...2) - 1
        let rest = (threshold.denominator - threshold.numerator) * unit
        return StakeDistribution.equal.stakes(of: Lamports(held), among: first)
            + StakeDistribution.equal.stakes(of: Lamports(rest), among: count - first)
    }

    // MARK: Restakers

    private mutating func drawRestakers() {
        guard dice.hits(percent: 40) else { return }
        let everyone = topology.operators.indices.map { OperatorIndex(UInt32($0)) }
        topology.restakers = (1...dice.roll(1...3)).map { number in
            let delegations = dice.sample(dice.roll(0...3), of: everyone).map {
                DelegationPlan(
                    signer: $0, amount: Lamports(dice.pick([1, 5 * Lamports.perSOL, dice.roll(1...1 << 40)])))
            }
            let idle = dice.hits(percent: 50) ? dice.roll(0...10) * Lamports.perSOL : 0
            let delegated = delegations.reduce(0) { $0 + $1.amount.number }
            return RestakerPlan(
                name: "r-\(number)", deposit: Lamports(max(1, delegated + idle)), delegations: delegations)
        }
    }

    // MARK: Members

    private mutating func drawMembers() {
        let stakes = topology.stakesAtGenesis
        let everyone = topology.operators.indices.map { OperatorIndex(UInt32($0)) }
        for index in topology.services.indices {
            topology.services[index].operators = everyone
            guard dice.hits(percent: 25) else { continue }
            let some = dice.sample(dice.roll(1...everyone.count), of: everyone)
            if some.contains(where: { stakes[Int($0.number)] > .zero }) { topology.services[index].operators = some }
        }
    }
}
