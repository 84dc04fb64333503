import Admission
import Attesting
import Cryptography
import DequeModule
import Faults
import Messages
import Primitives
import Records
import Services
import Staging
import TopologyFormat

/// What a `NodeDriver` does: rounds of events and answers, one sync for each round that has something to remember, and at
/// the end of the turn everything that can be noticed outside.
extension World {
    mutating func enqueue(_ event: NodeEvent, at place: Place) { enqueue(.event(event), at: place) }

    mutating func enqueue(_ waiting: SimulatedNode.Waiting, at place: Place) {
        guard nodes[place.number].isAlive else { return }
        let (sender, cost) = source(of: waiting)
        nodes[place.number].inbox.append(waiting, from: sender, cost: cost)
        figures.deepestQueue = max(figures.deepestQueue, nodes[place.number].inbox.count)
        askForTurn(place)
    }

    /// From whom it came, unless from the ledger or from nobody, and what it costs.
    private func source(of waiting: SimulatedNode.Waiting) -> (sender: Party?, cost: UInt64) {
        switch waiting {
        case .frame(let frame, _, let index, let towardHigh, _):
            let sender = wiring.parties[(towardHigh ? connections[index].low : connections[index].high).number]
            return (sender == .ledger ? nil : sender, Attention.cost(of: frame))
        case .event(.connected(let party)), .event(.disconnected(let party)):
            return (party == .ledger ? nil : party, 1)
        case .event: return (nil, 1)
        }
    }

    private mutating func askForTurn(_ place: Place) {
        guard nodes[place.number].turn == nil, !nodes[place.number].isQueuedForCore else { return }
        guard nodes[place.number].pausedUntil == nil else { return }
        askForCore(place)
    }

    mutating func goOn(_ place: Place) {
        guard let end = nodes[place.number].pausedUntil, end <= now else { return }
        nodes[place.number].pausedUntil = nil
        if !nodes[place.number].inbox.isEmpty || !nodes[place.number].leftOver.isEmpty { askForTurn(place) }
    }

    private mutating func askForCore(_ place: Place) {
        nodes[place.number].isQueuedForCore = true
        if processors.ask(place) { rouse(place) }
    }

    /// It has a core, and goes on with it.
    mutating func run(_ place: Place, since: Instant) {
        nodes[place.number].isQueuedForCore = true
        nodes[place.number].hasCoreSince = since
        runnable.append(place)
    }

    /// A core that had nothing to do takes a while before it works.
    mutating func rouse(_ place: Place) {
        guard plan.costs.rouse > .zero else { return run(place, since: now) }
        timetable.add(.roused(place), at: now + plan.costs.rouse)
    }

    mutating func releaseCore() {
        if let next = processors.release() { run(next, since: now) }
    }

    /// A core is there for it.
    mutating func begin(_ place: Place) {
        if place == .ledger { return ledgerBegins() }
        nodes[place.number].isQueuedForCore = false
        guard nodes[place.number].isAlive else {
            return releaseCore()
        }
        if nodes[place.number].turn == nil { beginTurn(place) } else { work(place, from: now) }
    }

    private mutating func beginTurn(_ place: Place) {
        var time = now + plan.costs.turn
        if nodes[place.number].isAsleep {
            nodes[place.number].isAsleep = false
            time = time + plan.costs.wake
            wakes += 1
        }
        let requests = nodes[place.number].leftOver
        nodes[place.number].leftOver = []
        nodes[place.number].turn = SimulatedNode.Turn(requests: requests)
        work(place, from: time)
    }

    /// Works until something has to be waited for, and takes the core for as long as that costs.
    private mutating func work(_ place: Place, from start: Instant) {
        var time = start
        var turn = nodes[place.number].turn!
        nodes[place.number].turn = nil
        step: while true {
            switch turn.stage {
            case .events:
                if turn.requests.isEmpty { takeEvents(place, &turn, &time) }
                turn.stage = .durability
            case .durability:
                if nodes[place.number].disk.isFull, !turn.unwritten.isEmpty {
                    // As a process that cannot go on: it ends without another word.
                    (turn.unwritten, turn.requests, turn.isLast) = ([], [], true)
                    turn.outward = [(.crash, 0)]
                }
                #if DEBUG
                    if PlantedBug.signBeforeSync.isOn {
                        turn.unwritten = nodes[place.number].gathered.add(turn.unwritten)
                    }
                #endif
                if !turn.unwritten.isEmpty {
                    time = time + plan.costs.guardWrite
                    nodes[place.number].disk.write(turn.unwritten, at: time)
                    figures.guardEntries += UInt64(turn.unwritten.count)
                    turn.unwritten.removeAll(keepingCapacity: true)
                    turn.stage = .answers
                    if plan.topology.guardMode == .synced {
                        time = time + plan.costs.guardFlush
                        if plan.costs.guardSync > .zero { break step }
                    }
                    nodes[place.number].disk.sync(at: time)
                }
                turn.stage = .answers
            case .answers:
                guard !turn.requests.isEmpty, turn.rounds < SimulatedNode.roundsPerTurn, !turn.isLast else {
                    turn.stage = .leaving
                    continue
                }
                turn.rounds += 1
                let requests = turn.requests
                turn.requests.removeAll(keepingCapacity: true)
                for request in requests where !turn.isLast {
                    time = time + cost(of: request)
                    handle(answer(to: request, by: place), at: place, &turn, &time)
                }
                turn.stage = .durability
            case .leaving:
                time = time + plan.costs.send * turn.frameCount
                break step
            case .left: preconditionFailure("a turn that is over")
            }
        }
        nodes[place.number].turn = turn
        figures.work += time - now
        nodeWork += time - now
        let life = nodes[place.number].life
        if time == now {
            worked(place)
        } else {
            timetable.add(.worked(place, life: life), at: time)
        }
    }

    /// The time that its work took is over, up to a wait or to the end of the turn.
    mutating func worked(_ place: Place) {
        guard let turn = nodes[place.number].turn else { return releaseCore() }
        guard turn.stage == .leaving else {
            let life = nodes[place.number].life
            timetable.add(.synced(place, life: life), at: now + plan.costs.guardSync)
            return releaseCore()
        }
        nodes[place.number].turn?.stage = .left
        nodes[place.number].entries += turn.entries
        nodes[place.number].leftOver = turn.requests
        let flushing = leave(turn.outward, of: place)
        guard nodes[place.number].isAlive else { return releaseCore() }
        guard flushing > .zero else { return turnEnded(place) }
        figures.work += flushing
        nodeWork += flushing
        timetable.add(.flushed(place, life: nodes[place.number].life), at: now + flushing)
    }

    /// Whoever has more to do keeps its core for as long as a scheduler lets it.
    mutating func turnEnded(_ place: Place) {
        let node = nodes[place.number]
        node.turn = nil
        node.isAsleep = node.inbox.isEmpty && node.leftOver.isEmpty || node.pausedUntil != nil
        guard !node.isAsleep else { return releaseCore() }
        guard processors.isAnyoneWaiting, now - node.hasCoreSince >= Processors.slice else {
            return run(place, since: node.hasCoreSince)
        }
        askForTurn(place)
        releaseCore()
    }

    mutating func synced(_ place: Place) {
        nodes[place.number].disk.sync(at: now)
        // The wait was measured up to the moment at which the process goes on.
        nodes[place.number].isQueuedForCore = true
        if processors.ask(place) { run(place, since: now) }
    }

    // MARK: Events

    private mutating func takeEvents(_ place: Place, _ turn: inout SimulatedNode.Turn, _ time: inout Instant) {
        for _ in 0..<SimulatedNode.eventsPerTurn {
            guard !turn.isLast, let waiting = nodes[place.number].inbox.popFirst() else { break }
            switch waiting {
            case .event(let event): handle(event, at: place, &turn, &time)
            case .frame(let frame, let bytes, let connection, let towardHigh, let generation):
                takenUp(bytes, from: connection, towardHigh: towardHigh, generation)
                time = time + plan.costs.receive
                let sender = towardHigh ? connections[connection].low : connections[connection].high
                let event = NodeEvent.received(frame, from: wiring.parties[sender.number])
                handle(event, at: place, &turn, &time)
            }
        }
    }

    /// A check goes through all that a machine holds: of a long run not every event has one.
    private static let eventsAllChecked: UInt64 = 5_000
    private static let checkStride: UInt64 = 64

    private mutating func handle(
        _ event: NodeEvent, at place: Place, _ turn: inout SimulatedNode.Turn, _ time: inout Instant
    ) {
        time = time + plan.costs.handle
        count()
        effects.removeAll(keepingCapacity: true)
        nodes[place.number].machine!.handle(event, at: time, effects: &effects)
        if plan.checksInvariants, figures.events <= Self.eventsAllChecked || figures.events % Self.checkStride == 0 {
            nodes[place.number].machine!.checkInvariants()
        }
        audit.add(effects, of: place, at: time, sizes: &sizes)
        if plan.keepsInputs {
            turn.entries.append(.input(at: time, event: event.borsh, effects: NodeEffect.digest(of: effects)))
        }
        if isObserved { observe(.handled(wiring.parties[place.number], event, effects: effects), at: time) }
        for (index, effect) in effects.enumerated() {
            switch effect {
            case .note(let observation): note(observation, of: place, &turn, at: time)
            case .persist(let entry): turn.unwritten.append(entry)
            case .sign, .verify, .execute: turn.requests.append(effect)
            case .crash:
                turn.isLast = true
                turn.outward.append((effect, 0))
            case .send, .disconnect, .wake, .finished, .sendBytes, .pause, .fillDisk, .losePower:
                turn.outward.append((effect, sizes[index]))
            }
        }
    }

    private mutating func note(
        _ observation: Observation, of place: Place, _ turn: inout SimulatedNode.Turn, at time: Instant
    ) {
        turn.entries.append(.note(at: time, observation))
        switch observation {
        case .certified, .taskExpired: if wiring.parties[place.number].isCoordinator { progressed() }
        case .taskIssued(let task):
            stage.issued[task.service, default: 0] += 1
            follow(timeline.schedule.issued(stage.issued[task.service]!, of: task.service))
        default: break
        }
    }

    // MARK: Answers

    private func cost(of request: NodeEffect) -> Duration {
        switch request {
        case .sign: plan.costs.sign
        case .verify: plan.costs.verify
        case .execute: plan.costs.execute
        default: .zero
        }
    }

    private func answer(to request: NodeEffect, by place: Place) -> NodeEvent {
        switch request {
        case .sign(let id, let request): .signed(id, sign(request, by: wiring.parties[place.number]))
        case .verify(let id, let request): .verified(id, valid: request.isValid)
        case .execute(let execution): .executed(task: execution.task, execute(execution))
        case .persist, .send, .disconnect, .wake, .note, .finished, .crash, .sendBytes, .pause, .fillDisk, .losePower:
            preconditionFailure("nothing that is answered")
        }
    }

    private func sign(_ request: SignatureRequest, by party: Party) -> Signature {
        let key =
            switch party {
            case .signer(let signer): keys.signers[Int(signer.number)]
            case .coordinator(let service): keys.coordinators[Int(service.number)]
            case .ledger: keys.clock
            }
        return switch request {
        case .statement(let statement): key.sign(statement.signedBytes)
        case .task(let task): key.sign(task.signedBytes)
        case .instruction(let instruction, let nonce):
            key.sign(
                SignedInstruction.signedBytes(
                    network: network, authority: key.publicKey, nonce: nonce, instruction: instruction))
        }
    }

    private func execute(_ execution: TaskExecution) -> ExecutionOutcome {
        let name = genesis.services[Int(execution.service.number)].module
        return switch ModuleCatalogue.module(named: name)?.execution {
        case .inProcess(let execute): execute(execution.payload)
        case .byProgram, nil: .refused(reason: "no simulation runs \(name)")
        }
    }

    // MARK: What leaves

    /// Connections are flushed one after the other, in the order in which they were first written to.
    ///
    /// - Returns: how long that takes.
    private mutating func leave(_ outward: [(effect: NodeEffect, bytes: Int)], of place: Place) -> Duration {
        var departures: [Party: Duration] = [:]
        if plan.costs.flush > .zero {
            for case (.send(_, let recipients), _) in outward {
                for party in recipients where departures[party] == nil {
                    departures[party] = plan.costs.flush * (departures.count + 1)
                }
            }
        }
        for (effect, bytes) in outward where nodes[place.number].isAlive {
            carryOut(effect, bytes: bytes, of: place, departures)
        }
        return plan.costs.flush * departures.count
    }

    private mutating func carryOut(
        _ effect: NodeEffect, bytes: Int, of place: Place, _ departures: [Party: Duration]
    ) {
        switch effect {
        case .send(let frame, let recipients):
            let parcel = Parcel(frame, bytes: bytes)
            for party in recipients {
                send(parcel, from: place, to: wiring.place(of: party), leaving: departures[party] ?? .zero)
            }
        case .disconnect(let party, let reason):
            if let index = wiring.connection(place, wiring.place(of: party)) {
                disconnect(index, by: place, reason: reason)
            }
        case .wake(let instant): wake(place, at: instant)
        case .finished: finished(place)
        case .crash: crash(place)
        case .sendBytes(let bytes, let recipients):
            let parcel = Parcel(bytes)
            for party in recipients {
                send(parcel, from: place, to: wiring.place(of: party), leaving: departures[party] ?? .zero)
            }
        case .pause(let duration):
            nodes[place.number].pausedUntil = now + duration
            timetable.add(.goesOn(place, life: nodes[place.number].life), at: now + duration)
        case .fillDisk: nodes[place.number].disk.isFull = true
        case .losePower: preconditionFailure("a host loses its power whatever its node does: the world sees to it")
        case .persist, .note, .sign, .verify, .execute: break
        }
    }

    private mutating func wake(_ place: Place, at instant: Instant) {
        if let known = nodes[place.number].wakeTime, known <= instant { return }
        nodes[place.number].wakeTime = instant
        timetable.add(.woke(place, at: instant, life: nodes[place.number].life), at: max(now, instant))
    }
}
