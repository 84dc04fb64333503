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
        nodes[place.number].inbox.append(waiting)
        figures.deepestQueue = max(figures.deepestQueue, nodes[place.number].inbox.count)
        askForTurn(place)
    }

    private mutating func askForTurn(_ place: Place) {
        guard nodes[place.number].turn == nil, !nodes[place.number].isQueuedForCore else { return }
        askForCore(place)
    }

    private mutating func askForCore(_ place: Place) {
        nodes[place.number].isQueuedForCore = true
        if processors.ask(place) { runnable.append(place) }
    }

    mutating func releaseCore() {
        if let next = processors.release() { runnable.append(next) }
    }

    /// A core is there for it.
    mutating func begin(_ place: Place) {
        if place == .ledger { return ledgerBegins() }
        nodes[place.number].isQueuedForCore = false
        guard nodes[place.number].isAlive else {
            return releaseCore()
        }
        var time = now
        if nodes[place.number].turn == nil {
            let requests = nodes[place.number].leftOver
            nodes[place.number].leftOver = []
            nodes[place.number].turn = SimulatedNode.Turn(requests: requests)
            time = time + plan.costs.wake
        }
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
                if !turn.unwritten.isEmpty {
                    time = time + plan.costs.guardWrite
                    nodes[place.number].disk.write(turn.unwritten, at: time)
                    turn.unwritten.removeAll(keepingCapacity: true)
                    turn.stage = .answers
                    if plan.topology.guardMode == .synced, plan.costs.guardSync > .zero { break step }
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
                time = time + sendingCost(of: turn)
                break step
            }
        }
        nodes[place.number].turn = turn
        figures.work += time - now
        let life = nodes[place.number].life
        if time == now {
            worked(place)
            releaseCore()
        } else {
            timetable.add(.worked(place, life: life), at: time)
        }
    }

    /// The time that its work took is over, up to a wait or to the end of the turn.
    mutating func worked(_ place: Place) {
        guard let turn = nodes[place.number].turn else { return }
        guard turn.stage == .leaving else {
            let life = nodes[place.number].life
            return timetable.add(.synced(place, life: life), at: now + plan.costs.guardSync)
        }
        nodes[place.number].turn = nil
        nodes[place.number].entries += turn.entries
        nodes[place.number].leftOver = turn.requests
        for (effect, bytes) in turn.outward where nodes[place.number].isAlive {
            carryOut(effect, bytes: bytes, of: place)
        }
        guard nodes[place.number].isAlive else { return }
        if !nodes[place.number].inbox.isEmpty || !nodes[place.number].leftOver.isEmpty { askForTurn(place) }
    }

    mutating func synced(_ place: Place) {
        nodes[place.number].disk.sync(at: now)
        askForCore(place)
    }

    // MARK: Events

    private mutating func takeEvents(_ place: Place, _ turn: inout SimulatedNode.Turn, _ time: inout Instant) {
        for _ in 0..<SimulatedNode.eventsPerTurn {
            guard !turn.isLast, let waiting = nodes[place.number].inbox.popFirst() else { break }
            switch waiting {
            case .event(let event): handle(event, at: place, &turn, &time)
            case .frame(let parcel, let connection, let towardHigh, let generation):
                takenUp(parcel.bytes, from: connection, towardHigh: towardHigh, generation)
                time = time + plan.costs.receive
                let sender = towardHigh ? connections[connection].low : connections[connection].high
                let event = NodeEvent.received(parcel.frame, from: wiring.parties[sender.number])
                handle(event, at: place, &turn, &time)
            }
        }
    }

    private mutating func handle(
        _ event: NodeEvent, at place: Place, _ turn: inout SimulatedNode.Turn, _ time: inout Instant
    ) {
        time = time + plan.costs.handle
        count()
        effects.removeAll(keepingCapacity: true)
        nodes[place.number].machine!.handle(event, at: time, effects: &effects)
        if plan.checksInvariants { nodes[place.number].machine!.checkInvariants() }
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
            case .send, .disconnect, .wake, .finished: turn.outward.append((effect, sizes[index]))
            }
        }
    }

    private mutating func note(
        _ observation: Observation, of place: Place, _ turn: inout SimulatedNode.Turn, at time: Instant
    ) {
        turn.entries.append(.note(at: time, observation))
        switch observation {
        case .certified, .taskExpired: if wiring.parties[place.number].isCoordinator { progressed() }
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
        case .persist, .send, .disconnect, .wake, .note, .finished, .crash:
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

    private func sendingCost(of turn: SimulatedNode.Turn) -> Duration {
        guard plan.costs.send > .zero || plan.costs.flush > .zero else { return .zero }
        var (frames, recipients) = (0, Set<Party>())
        for case (.send(_, let parties), _) in turn.outward {
            frames += parties.count
            recipients.formUnion(parties)
        }
        return plan.costs.send * frames + plan.costs.flush * recipients.count
    }

    private mutating func carryOut(_ effect: NodeEffect, bytes: Int, of place: Place) {
        switch effect {
        case .send(let frame, let recipients):
            let parcel = Parcel(frame, bytes: bytes)
            for party in recipients { send(parcel, from: place, to: wiring.place(of: party)) }
        case .disconnect(let party, let reason):
            if let index = wiring.connection(place, wiring.place(of: party)) {
                disconnect(index, by: place, reason: reason)
            }
        case .wake(let instant): wake(place, at: instant)
        case .finished: finished(place)
        case .crash: die(place, losingPower: false)
        case .persist, .note, .sign, .verify, .execute: break
        }
    }

    private mutating func wake(_ place: Place, at instant: Instant) {
        if let known = nodes[place.number].wakeTime, known <= instant { return }
        nodes[place.number].wakeTime = instant
        timetable.add(.woke(place, at: instant, life: nodes[place.number].life), at: max(now, instant))
    }
}
