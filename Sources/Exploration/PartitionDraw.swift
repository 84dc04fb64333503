import Messages
import Primitives
import TopologyFormat

/// Draws who is cut off from whom, and when.
struct PartitionDraw {
    private var dice: Dice
    private let signers: [Party]
    private let coordinators: [Party]
    private let calm: Duration

    static func partitions(of topology: Topology, before calm: Duration, seed: UInt64) -> [PartitionPlan] {
        var draw = PartitionDraw(topology, before: calm, seed: seed)
        let count: Int = draw.dice.pick([(weight: 55, value: 0), (weight: 32, value: 1), (weight: 13, value: 2)])
        return (0..<count).compactMap { _ in draw.partition() }
    }

    private init(_ topology: Topology, before calm: Duration, seed: UInt64) {
        dice = Dice(seed: seed, purpose: "partitions")
        signers = topology.operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
        coordinators = topology.services.indices.map { .coordinator(ServiceID(UInt32($0))) }
        self.calm = calm
    }

    private enum Shape: CaseIterable { case operatorAlone, coordinatorAlone, halves, pair, some, withoutLedger }

    private mutating func partition() -> PartitionPlan? {
        let everyone = signers + coordinators
        let between: [Party]
        var others = everyone
        switch dice.pick(Shape.allCases) {
        case .operatorAlone: between = [dice.pick(signers)]
        case .coordinatorAlone: between = [dice.pick(coordinators)]
        case .halves: between = dice.sample(everyone.count / 2, of: everyone)
        case .pair:
            between = [dice.pick(signers)]
            others = [dice.pick(everyone)]
        case .withoutLedger:
            between = dice.sample(dice.roll(1...everyone.count), of: everyone)
            others = [.ledger]
        case .some:
            between = dice.sample(dice.roll(1...signers.count), of: signers)
            others = dice.sample(dice.roll(1...everyone.count), of: everyone)
        }
        others.removeAll { between.contains($0) }
        guard !others.isEmpty else { return nil }
        let begins = dice.roll(.zero...calm - .milliseconds(100))
        let lasts = dice.hits(percent: 92) ? dice.roll(.milliseconds(50)...calm - begins) : nil
        return PartitionPlan(
            between: between.sorted(), and: others.sorted(), begins: begins, lasts: lasts,
            isOneWay: dice.hits(percent: 25))
    }
}
