import Links
import Messages
import Primitives
import TopologyFormat

/// How the links of a network are at present: as its topology has them, and with whatever lies on them now. Pure: the
/// simulation and real runs ask the same.
package struct NetworkConditions: Sendable {
    private let plan: NetworkPlan
    /// In the order in which they began.
    private var partitions: [Present<PartitionPlan>] = []
    private var changes: [Present<LinkChangePlan>] = []

    private struct Present<Spell: LinkSpell>: Sendable {
        let number: UInt32
        let spell: Spell
        private let between: Set<Party>
        private let and: Set<Party>

        init(_ spell: Spell, number: UInt32) {
            self.number = number
            self.spell = spell
            (between, and) = (Set(spell.between), Set(spell.and))
        }

        func concerns(_ sender: Party, _ receiver: Party) -> Bool {
            between.contains(sender) && and.contains(receiver)
                || !spell.isOneWay && and.contains(sender) && between.contains(receiver)
        }
    }

    package init(_ plan: NetworkPlan) { self.plan = plan }

    /// Whether the topology's network is all there is.
    package var isUndisturbed: Bool { partitions.isEmpty && changes.isEmpty }

    /// - Parameter number: that of no other that is there.
    package mutating func begin(_ partition: PartitionPlan, number: UInt32) {
        partitions.append(Present(partition, number: number))
    }

    package mutating func begin(_ change: LinkChangePlan, number: UInt32) {
        changes.append(Present(change, number: number))
    }

    package mutating func end(number: UInt32) {
        partitions.removeAll { $0.number == number }
        changes.removeAll { $0.number == number }
    }

    package func terms(from sender: Party, to receiver: Party) -> LinkTerms {
        let terms = plan.terms(from: sender, to: receiver)
        guard sender != .ledger, receiver != .ledger else { return terms }
        return changes.reduce(terms) { terms, present in
            present.concerns(sender, receiver) ? present.spell.change.applied(to: terms) : terms
        }
    }

    package func isCut(from sender: Party, to receiver: Party) -> Bool {
        partitions.contains { $0.concerns(sender, receiver) }
    }

    /// What a node is to be told of its connection with another.
    package func state(of peer: Party, seenBy party: Party) -> LinkState {
        LinkState(
            terms: terms(from: party, to: peer), cutsSent: isCut(from: party, to: peer),
            cutsReceived: isCut(from: peer, to: party))
    }

    /// What a node is to be told that has just been started, and knows the topology's network alone.
    package func updates(for party: Party, among parties: [Party]) -> [LinkUpdate] {
        guard !isUndisturbed else { return [] }
        let states = parties.filter { $0 != party }.map { ($0, state(of: $0, seenBy: party)) }
        return LinkUpdate.grouped(
            states.filter { peer, state in state != LinkState(terms: plan.terms(from: party, to: peer)) })
    }

    /// How late a frame can come, but for a rare one, on the worst of the links that a change concerns: for the records.
    package func delay(under plan: LinkChangePlan) -> Duration {
        // Most links have the same terms.
        var seen: Set<LinkTerms> = []
        var delay = Duration.zero
        for one in plan.between {
            for other in plan.and where other != one {
                for (sender, receiver) in plan.isOneWay ? [(one, other)] : [(one, other), (other, one)] {
                    let terms = plan.change.applied(to: self.plan.terms(from: sender, to: receiver))
                    if seen.insert(terms).inserted { delay = max(delay, terms.usualDelay) }
                }
            }
        }
        return delay
    }
}
