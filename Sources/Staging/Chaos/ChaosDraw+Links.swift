import Links
import Messages
import Primitives
import TopologyFormat

/// Partitions and links that are slow or lose frames: whoever they are about has a fault as long as they last.
extension ChaosDraw {
    private var everyone: [Party] {
        topology.operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
            + topology.services.indices.map { .coordinator(ServiceID(UInt32($0))) } + [.ledger]
    }

    /// As many operators as are drawn, if there is room for so many.
    mutating func partition() -> Bool {
        var group: [Party] = []
        let most = Int(dice.roll(2...4, "group"))
        for party in signers where group.count < most {
            if budget.hasRoom(for: hold(of: group + [party])) { group.append(party) }
        }
        return cutOff(group)
    }

    mutating func isolate() -> Bool { roomy().map { cutOff([$0]) } ?? false }

    private mutating func cutOff(_ group: [Party]) -> Bool {
        guard !group.isEmpty, group.count < everyone.count - 1, budget.takeIfThereIsRoom(hold(of: group)) else {
            return false
        }
        var partition = PartitionPlan(
            between: group.sorted(), and: everyone.filter { !group.contains($0) }, begins: begins,
            lasts: ends - begins)
        if dice.hits(percent: 25, "one way") {
            partition.isOneWay = true
            if dice.hits(percent: 50, "which way") { swap(&partition.between, &partition.and) }
        }
        topology.network.partitions.append(partition)
        return true
    }

    mutating func slowLinks() -> Bool {
        let latency = dice.roll(.milliseconds(20) ... .milliseconds(500), "latency")
        return change(LinkChange(latency: latency, jitter: dice.roll(.zero...latency / 2, "jitter")))
    }

    mutating func lossyLinks() -> Bool {
        func chance(_ range: ClosedRange<UInt64>, _ purpose: String) -> Fraction {
            .basisPoints(dice.roll(range, purpose))
        }
        return change(
            LinkChange(
                loss: chance(50...1_000, "loss"), duplication: chance(0...300, "duplication"),
                reordering: chance(0...500, "reordering")))
    }

    private mutating func change(_ change: LinkChange) -> Bool {
        guard let party = roomy(), budget.takeIfThereIsRoom(hold(of: [party])) else { return false }
        let others = everyone.filter { $0 != party && $0 != .ledger }
        guard !others.isEmpty else { return false }
        topology.network.changes.append(
            LinkChangePlan(between: [party], and: others, begins: begins, lasts: ends - begins, change: change))
        return true
    }

    private func roomy() -> Party? { nodes.first { budget.hasRoom(for: hold(of: [$0])) } }
}
