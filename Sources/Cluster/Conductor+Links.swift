import Links
import Messages
import Node
import Primitives
import Records
import Staging
import TopologyFormat

/// Partitions, and links that change. What begins goes to the records before anybody is told, what ends after it: so
/// nothing that was held up is taken for a node's fault.
extension Conductor {
    // MARK: By the topology, in time

    /// To be woken in time for everything that is to begin, or to end, of itself.
    func awaitLinks(_ effects: inout [Effect]) {
        guard let began else { return }
        let times = links.faults.compactMap(\.next)
        if let next = times.min() { effects.append(.wake(began + next)) }
    }

    mutating func followLinks(at now: Instant, _ effects: inout [Effect]) {
        guard let began, now >= began, phase == .running || phase == .draining || phase == .settling else { return }
        var hasMoved = false
        while let place = links.due(at: now - began) {
            hasMoved = true
            if links.faults[place].stage == .on {
                end(place, at: now, &effects)
            } else if phase == .draining {
                // Nobody waits for it any more.
                links.faults[place].stage = .over
            } else {
                begin(place, at: now, &effects)
            }
        }
        if hasMoved { awaitLinks(&effects) }
    }

    // MARK: By order

    mutating func disturb(
        _ kind: LinkFault.Kind, _ title: String?, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        guard let began else { return }
        let place = links.add(kind, title: title, ordered: max(.zero, now - began))
        begin(place, at: now, &effects)
        awaitLinks(&effects)
        let fault = links.faults[place]
        let rest =
            fault.ends.map { ", for \(($0 - fault.begins).inSeconds)" } ?? "; undo it: quorate heal \(fault.number)"
        answer(ticket, .done("\(account(of: fault))\(rest)"), &effects)
    }

    /// - Parameter number: nil: everything that is there.
    mutating func heal(_ number: Int?, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        let present = links.faults.indices.filter { links.faults[$0].stage == .on }
        guard let number else {
            guard !present.isEmpty else {
                return answer(ticket, .refused("there is nothing to heal: no partition, and no slow link"), &effects)
            }
            for place in present { end(place, at: now, &effects) }
            return answer(
                ticket, .done(present.map { "healed: \(account(of: links.faults[$0]))" }.joined(separator: "\n")),
                &effects)
        }
        guard let place = present.first(where: { links.faults[$0].number == number }) else {
            let numbers = present.map { "\(links.faults[$0].number)" }.joined(separator: ", ")
            return answer(
                ticket,
                .refused(
                    present.isEmpty
                        ? "there is nothing to heal: no partition, and no slow link"
                        : "no partition or slow link that is there has the number \(number); there is \(numbers)"),
                &effects)
        }
        end(place, at: now, &effects)
        answer(ticket, .done("healed: \(account(of: links.faults[place]))"), &effects)
    }

    /// Of a network that comes to its end: whoever is cut off may know something that others wait for.
    mutating func healAll(at now: Instant, _ effects: inout [Effect]) {
        for place in links.faults.indices where links.faults[place].stage == .on { end(place, at: now, &effects) }
    }

    // MARK: Beginning and ending

    private mutating func begin(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        let fault = links.faults[place]
        for (name, spell) in zip(fault.names, fault.kind.spells) {
            let delay = (spell as? LinkChangePlan).map(links.conditions.delay)
            for (party, side) in spell.sides {
                record(
                    delay.map { .slowed(change: name, side: side, delay: $0) } ?? .cutOff(partition: name, side: side),
                    of: party, at: now, &effects)
            }
        }
        links.begin(place)
        tell(of: fault, &effects)
        effects.append(.report(.disturbed(account(of: fault))))
    }

    private mutating func end(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        let fault = links.faults[place]
        links.end(place)
        tell(of: fault, &effects)
        for (name, spell) in zip(fault.names, fault.kind.spells) {
            for (party, _) in spell.sides {
                record(
                    spell is LinkChangePlan ? .restored(change: name) : .rejoined(partition: name), of: party,
                    at: now, &effects)
            }
        }
        effects.append(.report(.healed(account(of: fault))))
    }

    private func record(
        _ act: Intervention.Act, of party: Party, at now: Instant, _ effects: inout [Effect]
    ) {
        guard let place = places[party] else { return }
        effects.append(
            .record(Intervention(at: now, party: party, incarnation: children[place].incarnation, act: act)))
    }

    private func tell(of fault: LinkFault, _ effects: inout [Effect]) {
        for (party, updates) in links.updates(after: fault) {
            guard let place = places[party], children[place].isAlive else { continue }
            effects.append(.tell(party, .links(updates)))
        }
    }

    // MARK: Words

    /// `partition 1: op-1, op-2 | op-3, op-4`
    func account(of fault: LinkFault) -> String {
        switch fault.kind {
        case .partition: "partition \(fault.number): \(extent(of: fault))"
        case .slow(let plan): "slow \(fault.number): \(extent(of: fault)): \(Self.text(of: plan.change))"
        }
    }

    private func extent(of fault: LinkFault) -> String {
        if let title = fault.title { return title }
        return fault.kind.spells.map { spell in
            guard !spell.isAmongAll else { return "all links" }
            let separator =
                switch fault.kind {
                case .partition: spell.isOneWay ? " -> " : " | "
                case .slow: spell.isOneWay ? " -> " : " <-> "
                }
            let (near, far) = sides(of: spell)
            return near + separator + far
        }.joined(separator: "; ")
    }

    /// The longer of two sides that are everyone together is the rest.
    private func sides(of spell: any LinkSpell) -> (String, String) {
        let everyone = children.count - (spell is LinkChangePlan ? 1 : 0)
        guard spell.between.count + spell.and.count == everyone else { return (names(spell.between), names(spell.and)) }
        return spell.between.count > spell.and.count
            ? ("rest", names(spell.and)) : (names(spell.between), "rest")
    }

    private static func text(of change: LinkChange) -> String {
        change.terms.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// No more than a person reads.
    private func names(_ parties: [Party]) -> String {
        let names = parties.compactMap { places[$0].map { children[$0].name } }
        let shown = names.count <= 5 ? names[...] : names.prefix(4)
        return shown.joined(separator: ", ")
            + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }

    func linkViews(at now: Instant) -> [LinkFaultView] {
        links.faults.filter { $0.stage != .over }.map { fault in
            let elapsed = began.map { now - $0 } ?? .zero
            return LinkFaultView(
                number: fault.number, kind: fault.kind, extent: extent(of: fault), isOrdered: fault.ordered != nil,
                stage: fault.stage == .on
                    ? .on(left: fault.ends.map { $0 - elapsed }) : .waiting(fault.begins - elapsed))
        }
    }
}
