import Links
import Messages
import Primitives
import Staging
import TopologyFormat

/// What a `LinkDesk` decides in a real run, and each node's `Transport` does: partitions, and links that change.
extension World {
    // MARK: Partitions

    mutating func part(_ number: Int) {
        let partition = plan.topology.network.partitions[number]
        observe(.partitioned(between: partition.between, and: partition.and, isOneWay: partition.isOneWay))
        audit.add("part", number, at: now)
        forEachPair(of: partition) { world, index, towardHigh in
            world.connections[index][towardHigh: towardHigh].blocks += 1
            guard world.connections[index].blockedSince == nil else { return }
            world.connections[index].blockedSince = world.now
            world.timetable.add(.timesOut(connection: index), at: world.now + Connection.blockagePatience)
        }
        cutOff(number)
    }

    mutating func heal(_ number: Int) {
        let partition = plan.topology.network.partitions[number]
        observe(.healed(between: partition.between, and: partition.and))
        audit.add("heal", number, at: now)
        forEachPair(of: partition) { world, index, towardHigh in
            world.connections[index][towardHigh: towardHigh].blocks -= 1
            if !world.connections[index].isBlocked { world.connections[index].blockedSince = nil }
            guard world.connections[index][towardHigh: towardHigh].blocks == 0 else { return }
            let held = world.connections[index][towardHigh: towardHigh].held
            world.connections[index][towardHigh: towardHigh].held = []
            // TCP tries again by its timer.
            let next =
                world.now + (world.connections[index][towardHigh: towardHigh].link?.terms ?? .none).retransmission
            if !held.isEmpty { world.connections[index][towardHigh: towardHigh].resumes = next }
            for parcel in held { world.put(parcel, on: index, towardHigh: towardHigh, sentAt: next) }
        }
        rejoin(number)
    }

    mutating func timeOut(_ index: Int) {
        guard connections[index].isUp, let since = connections[index].blockedSince,
            now - since >= Connection.blockagePatience
        else { return }
        let reason = "nothing gets through"
        tear(index)
        observeEnd(of: index, reason)
        for place in [connections[index].low, connections[index].high] {
            learnsOfEnd(of: index, at: place, reason)
        }
        redial(index, after: .zero)
    }

    // MARK: Changes

    mutating func changeLinks(_ number: Int) {
        let change = plan.topology.network.changes[number]
        observe(
            .linksChanged(between: change.between, and: change.and, isOneWay: change.isOneWay, change.change))
        audit.add("change", number, at: now)
        slow(number)
        conditions.begin(change, number: UInt32(number))
        bringUpToDate(change)
    }

    mutating func restoreLinks(_ number: Int) {
        let change = plan.topology.network.changes[number]
        observe(.linksRestored(between: change.between, and: change.and, isOneWay: change.isOneWay))
        audit.add("restore", number, at: now)
        conditions.end(number: UInt32(number))
        bringUpToDate(change)
        restore(number)
    }

    private mutating func bringUpToDate(_ change: LinkChangePlan) {
        forEachPair(of: change) { world, index, towardHigh in
            guard world.connections[index].isWanted else { return }
            let (sender, receiver) = world.ends(of: index, towardHigh: towardHigh)
            let (from, to) = (world.wiring.parties[sender.number], world.wiring.parties[receiver.number])
            let terms = world.conditions.terms(from: from, to: to)
            if world.connections[index][towardHigh: towardHigh].link == nil {
                world.connections[index][towardHigh: towardHigh].link =
                    Self.link(terms, from: from, to: to, world.plan, world.genesis)
            } else {
                world.connections[index][towardHigh: towardHigh].link!.change(
                    to: terms, seed: world.plan.seed, from: world.genesis.name(of: from)!,
                    to: world.genesis.name(of: to)!)
            }
        }
    }

    private mutating func forEachPair(
        of spell: some LinkSpell, _ body: (inout World, Int, _ towardHigh: Bool) -> Void
    ) {
        for one in spell.between.map(wiring.place) {
            for other in spell.and.map(wiring.place) {
                guard let index = wiring.connection(one, other) else { continue }
                body(&self, index, one < other)
                if !spell.isOneWay { body(&self, index, other < one) }
            }
        }
    }
}
