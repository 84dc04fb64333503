import Faults
import Messages
import Node
import Primitives
import Records

/// What somebody orders while a live network runs. Every order is answered: at once, or when what it waits for has
/// come, or when its patience is over. What is done to a process from outside goes to the records: before it is done, so
/// that nothing unknown happens to a node; that a pause is over, after it.
extension Conductor {
    mutating func take(_ order: NetworkOrder, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        precondition(isLive, "orders are for live networks")
        switch order {
        case .drain, .stop: end(by: order, ticket, at: now, &effects)
        case .tellStatus: askForStatus(ticket, at: now, &effects)
        case _ where began == nil: answer(ticket, .refused("the cluster is still starting"), &effects)
        case _ where phase != .running: answer(ticket, .refused("the cluster is stopping"), &effects)
        case .submit(let service, let payload): submit(payload, to: service, ticket, at: now, &effects)
        case .tellResult(let task, let signers):
            ask(signers[...], for: task, ticket, at: now, &effects)
        case .instruct(let wanted): carryOut(wanted, ticket, at: now, &effects)
        case .inject(let plan): inject(plan, ticket, at: now, &effects)
        case .clearFaults(let party): clearFaults(of: party, ticket, &effects)
        case .kill(let party): act(on: party, ticket, &effects) { $0.kill($1, ticket, at: now, &$2) }
        case .pause(let party): act(on: party, ticket, &effects) { $0.pause($1, ticket, at: now, &$2) }
        case .resume(let party): act(on: party, ticket, &effects) { $0.resume($1, ticket, at: now, &$2) }
        case .disturb(let kind, let title): disturb(kind, title, ticket, at: now, &effects)
        case .heal(let number): heal(number, ticket, at: now, &effects)
        case .restart(let party, let disk):
            act(on: party, ticket, &effects) { $0.restart($1, disk, ticket, at: now, &$2) }
        }
    }

    func answer(_ ticket: UInt64, _ answer: NetworkAnswer, _ effects: inout [Effect]) {
        effects.append(.answer(ticket: ticket, answer))
    }

    private mutating func end(
        by order: NetworkOrder, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        if order == .drain, began != nil {
            drain(at: now, &effects)
        } else if !isStopping {
            stop(as: .interrupted, at: now, &effects)
        }
        answer(ticket, .done(phase == .draining ? "draining" : "stopping"), &effects)
    }

    private mutating func act(
        on party: Party, _ ticket: UInt64, _ effects: inout [Effect],
        _ body: (inout Conductor, Int, inout [Effect]) -> Void
    ) {
        guard let place = places[party] else { return }
        body(&self, place, &effects)
    }

    // MARK: Faults

    private mutating func inject(
        _ plan: FaultPlan, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        guard let place = places[plan.party] else { return }
        let child = children[place]
        guard child.isAlive else { return answer(ticket, .refused(isDead(child, at: now)), &effects) }
        guard !child.isPaused else {
            return answer(
                ticket, .refused("\(child.name) is paused; let it go on first: quorate resume \(child.name)"),
                &effects)
        }
        children[place].faults.append(KnownFault(plan, injected: now))
        effects.append(.tell(child.party, .perturb(.inject(plan))))
        effects.append(.report(.injected(plan)))
        answer(ticket, .done("\(child.name): \(plan.behaviour.rawValue) is injected"), &effects)
    }

    private mutating func clearFaults(of party: Party?, _ ticket: UInt64, _ effects: inout [Effect]) {
        var names: [String] = []
        for place in children.indices where party.map({ $0 == children[place].party }) ?? true {
            let present = children[place].faults.indices.filter { children[place].faults[$0].state == .present }
            guard !present.isEmpty else { continue }
            names.append(children[place].name)
            for fault in present { children[place].faults[fault].state = .cleared }
            if children[place].isAlive { effects.append(.tell(children[place].party, .perturb(.clear))) }
        }
        if !names.isEmpty { effects.append(.report(.cleared(names))) }
        let whose = party.flatMap { places[$0] }.map { children[$0].name } ?? "nobody"
        answer(
            ticket,
            .done(
                names.isEmpty
                    ? "\(whose) has \(party == nil ? "a fault" : "no fault") that is on or still to come"
                    : "cleared: \(names.joined(separator: ", "))"), &effects)
    }

    // MARK: Processes

    private mutating func kill(_ place: Int, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        let child = children[place]
        guard child.isAlive, !child.wasKilled else {
            return answer(ticket, .refused(isDead(child, at: now)), &effects)
        }
        end(place, at: now, &effects)
        wait(for: .end(of: place), ticket, patience: settings.stopPatience, at: now, &effects)
    }

    private mutating func end(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        record(.killed, place, at: now, &effects)
        children[place].wasKilled = true
        effects.append(.kill(children[place].party))
    }

    private mutating func pause(_ place: Int, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        let child = children[place]
        guard child.isAlive, !child.wasKilled else {
            return answer(ticket, .refused(isDead(child, at: now)), &effects)
        }
        guard !child.isPaused else { return answer(ticket, .refused("\(child.name) is paused already"), &effects) }
        record(.paused, place, at: now, &effects)
        children[place].isPaused = true
        effects.append(.tell(child.party, .pause))
        effects.append(.report(.paused(child.name)))
        answer(ticket, .done("\(child.name) is paused"), &effects)
    }

    private mutating func resume(_ place: Int, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        let child = children[place]
        guard child.isAlive else { return answer(ticket, .refused(isDead(child, at: now)), &effects) }
        guard child.isPaused else { return answer(ticket, .refused("\(child.name) is not paused"), &effects) }
        resume(place, at: now, &effects)
        answer(ticket, .done("\(child.name) goes on"), &effects)
    }

    mutating func resume(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        children[place].isPaused = false
        effects.append(.tell(children[place].party, .resume))
        record(.resumed, place, at: now, &effects)
        effects.append(.report(.resumed(children[place].name)))
    }

    private mutating func restart(
        _ place: Int, _ disk: Intervention.Disk, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        guard children[place].restart == nil else {
            return answer(ticket, .refused("\(children[place].name) is being restarted already"), &effects)
        }
        if children[place].isAlive {
            children[place].restart = disk
            if !children[place].wasKilled { end(place, at: now, &effects) }
        } else {
            startAgain(place, disk, at: now, &effects)
        }
        wait(for: .start(of: place), ticket, patience: settings.restartPatience, at: now, &effects)
    }

    mutating func startAgain(
        _ place: Int, _ disk: Intervention.Disk, at now: Instant, _ effects: inout [Effect]
    ) {
        children[place].restart = nil
        children[place].incarnation += 1
        record(.restarted(disk), place, at: now, &effects)
        launchAgain(place, disk: disk, at: now, &effects)
    }

    /// A process that was killed by order is gone.
    mutating func buried(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        children[place].epitaph = "killed"
        effects.append(.report(.killed(children[place].name)))
        settle(.end(of: place), with: .done("\(children[place].name) is killed"), &effects)
        let disk = children[place].restart
        if phase != .running { children[place].restart = nil }
        abandon(place, at: now, &effects)
        if let disk, phase == .running { startAgain(place, disk, at: now, &effects) }
        if children[place].party == .ledger, phase == .draining { startAgain(place, .keep, at: now, &effects) }
    }

    func record(
        _ act: Intervention.Act, _ place: Int, at now: Instant, _ effects: inout [Effect]
    ) {
        effects.append(
            .record(
                Intervention(
                    at: now, party: children[place].party, incarnation: children[place].incarnation, act: act)))
    }

    private func isDead(_ child: Child, at now: Instant) -> String {
        if child.isAlive { return "\(child.name) is being killed already" }
        if case .resting(let until) = child.state {
            return "\(child.name) is dead by its fault, and started again in \((until - now).inSeconds); "
                + "at once: quorate restart \(child.name)"
        }
        return "\(child.name) is dead (\(child.epitaph)); start it again: quorate restart \(child.name)"
    }
}

extension Duration {
    /// To a tenth: `1.2 s`.
    package var inSeconds: String {
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(abs(tenths % 10)) s"
    }
}
