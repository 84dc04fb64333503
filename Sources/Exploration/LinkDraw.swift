import Links
import Messages
import Primitives
import TopologyFormat

/// Draws rings of operators, and when links have other terms.
enum LinkDraw {
    /// Now and then, in a mesh: in a star operators do not speak with each other.
    static func ring(of topology: Topology, before calm: Duration, seed: UInt64) -> [PartitionPlan] {
        var dice = Dice(seed: seed, purpose: "rings")
        let signers = signers(of: topology)
        guard dice.hits(percent: 8), topology.network.dissemination == .mesh,
            (PartitionShape.ring.least...12).contains(signers.count)
        else { return [] }
        let begins = dice.roll(.zero...calm - .milliseconds(100))
        let lasts = dice.roll(.milliseconds(50)...calm - begins)
        return PartitionShape.ring.sides(signers, of: signers).map { between, and in
            PartitionPlan(between: between.sorted(), and: and.sorted(), begins: begins, lasts: lasts)
        }
    }

    /// As the draw makes them: the first from all that are not beside it, and so on.
    static func hasRing(_ topology: Topology) -> Bool {
        let signers = signers(of: topology)
        guard signers.count >= PartitionShape.ring.least else { return false }
        return PartitionShape.ring.sides(signers, of: signers).allSatisfy { between, and in
            topology.network.partitions.contains { Set($0.between) == between && Set($0.and) == and }
        }
    }

    static func changes(of topology: Topology, before calm: Duration, seed: UInt64) -> [LinkChangePlan] {
        var dice = Dice(seed: seed, purpose: "link changes")
        let count: Int = dice.pick([(weight: 72, value: 0), (weight: 20, value: 1), (weight: 8, value: 2)])
        return (0..<count).map { _ in change(of: topology, before: calm, &dice) }
    }

    private static func change(
        of topology: Topology, before calm: Duration, _ dice: inout Dice
    ) -> LinkChangePlan {
        let everyone =
            signers(of: topology) + topology.services.indices.map { .coordinator(ServiceID(UInt32($0))) }
        var (between, and) = (everyone, everyone)
        if dice.hits(percent: 70) {
            between = dice.sample(dice.roll(1...max(1, everyone.count / 2)), of: everyone)
            and = everyone.filter { !between.contains($0) }
        }
        let begins = dice.roll(.zero...calm - .milliseconds(100))
        var change = LinkChange()
        repeat {
            // What is lost again and again on a link that is long, too, would come long after the calm has begun.
            if dice.hits(percent: 30) { change.loss = .basisPoints(dice.pick([100, 500])) }
            let latencies = change.loss == nil ? [20, 400] : [20]
            if dice.hits(percent: 50) { change.latency = dice.roll(.zero ... .milliseconds(dice.pick(latencies))) }
            if dice.hits(percent: 25) { change.jitter = dice.roll(.zero ... .milliseconds(20)) }
            if dice.hits(percent: 20) { change.duplication = .basisPoints(dice.pick([100, 1_000])) }
            if dice.hits(percent: 20) { change.reordering = .basisPoints(dice.pick([100, 1_000])) }
            if dice.hits(percent: 15) { change.bandwidth = Bandwidth(bitsPerSecond: dice.pick([500_000, 5_000_000])) }
        } while change.isEmpty
        return LinkChangePlan(
            between: between.sorted(), and: and.sorted(), begins: begins,
            lasts: dice.roll(.milliseconds(50)...calm - begins), isOneWay: between != and && dice.hits(percent: 25),
            change: change)
    }

    private static func signers(of topology: Topology) -> [Party] {
        topology.operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
    }
}
