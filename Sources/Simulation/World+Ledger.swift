import Admission
import Attesting
import DequeModule
import Faults
import Messages
import Primitives
import Records
import Restaking
import Staging

/// What a `LedgerDriver` does: a turn hands the machine what has come in; its effects wait until all entries among them are
/// on the disk, while the next turn goes on.
extension World {
    mutating func tellLedger(_ event: LedgerEvent, _ parcel: SimulatedLedger.ReadParcel?) {
        guard ledger.isAlive else { return }
        let cost = event.signedInstruction.map { Attention.cost(of: $0.instruction) } ?? 1
        ledger.inbox.append((event, parcel), from: event.sender, cost: cost)
        figures.deepestQueue = max(figures.deepestQueue, ledger.inbox.count)
        askForLedgerTurn()
    }

    mutating func tick() {
        let slot = genesis.parameters.slotDuration
        tellLedger(.tick(ledger.slot(at: now, slot)), nil)
        timetable.add(.tick(life: ledgerLife), at: now + slot)
    }

    private mutating func askForLedgerTurn() {
        guard !ledger.isWorking, !ledger.isQueuedForCore else { return }
        ledger.isQueuedForCore = true
        if processors.ask(.ledger) { rouse(.ledger) }
    }

    mutating func ledgerBegins() {
        ledger.isQueuedForCore = false
        guard ledger.isAlive else { return releaseCore() }
        ledger.isWorking = true
        var time = now + plan.costs.turn
        if ledger.isAsleep { time = time + plan.costs.wake }
        for _ in 0..<Self.ledgerEventsPerTurn {
            guard let (event, parcel) = ledger.inbox.popFirst() else { break }
            if let parcel {
                takenUp(parcel.bytes, from: parcel.connection, towardHigh: false, parcel.generation)
                time = time + plan.costs.receive
            }
            handle(event, &time)
        }
        figures.work += time - now
        if time == now {
            ledgerWorked()
        } else {
            timetable.add(.worked(.ledger, life: ledgerLife), at: time)
        }
    }

    private static let ledgerEventsPerTurn = 256

    private mutating func handle(_ event: LedgerEvent, _ time: inout Instant) {
        time = time + plan.costs.handle + cost(of: event)
        count()
        var effects: [LedgerEffect] = []
        ledger.machine.handle(event, at: time, effects: &effects)
        audit.add(effects, at: time)
        if plan.keepsInputs {
            ledger.turnEntries.append(.input(at: time, event: event.borsh, effects: LedgerEffect.digest(of: effects)))
        }
        if isObserved { observe(.ledgerHandled(event, effects: effects), at: time) }
        var signed: [LedgerEvent] = []
        for effect in effects {
            switch effect {
            case .note(let observation):
                if case .operatorSetOpened(let set) = observation { ledger.learn(set) }
                ledger.turnEntries.append(.note(at: time, observation))
            case .sign(let instruction, let nonce):
                time = time + plan.costs.sign
                signed.append(.signed(ledger.sign(instruction, nonce, network: network)))
            default: ledger.effects.append(effect)
            }
        }
        // Before any other event: the machine holds submissions back until its clock is signed.
        for event in signed { handle(event, &time) }
    }

    private func cost(of event: LedgerEvent) -> Duration {
        guard let signed = event.signedInstruction else { return .zero }
        return plan.costs.apply + plan.costs.verify * Int(Attention.cost(of: signed.instruction))
    }

    mutating func ledgerWorked() {
        ledger.isWorking = false
        ledger.entries += ledger.turnEntries
        ledger.turnEntries.removeAll(keepingCapacity: true)
        ledger.outbox += ledger.effects
        ledger.effects.removeAll(keepingCapacity: true)
        commitIfIdle()
        ledger.isAsleep = ledger.inbox.isEmpty
        guard ledger.isAsleep else {
            ledger.isQueuedForCore = true
            return run(.ledger, since: now)
        }
        releaseCore()
    }

    mutating func commitIfIdle() {
        guard ledger.committing == nil, !ledger.outbox.isEmpty else { return }
        let batch = ledger.outbox
        ledger.outbox = []
        let hasEntries = batch.contains { if case .append = $0 { true } else { false } }
        guard hasEntries, plan.costs.commit > .zero else {
            _ = carryOutCommitted(batch)
            return
        }
        ledger.committing = batch
        timetable.add(.committed(life: ledgerLife), at: now + plan.costs.commit)
    }

    mutating func committed() {
        let batch = ledger.committing ?? []
        ledger.committing = nil
        if carryOutCommitted(batch) { commitIfIdle() }
    }

    /// - Returns: whether the ledger has lived through it.
    private mutating func carryOutCommitted(_ batch: [LedgerEffect]) -> Bool {
        ledger.commit(batch)
        if crashLedger(at: .persist, with: batch) { return false }
        carryOut(batch)
        return ledger.isAlive && !crashLedger(at: .acknowledge, with: batch)
    }

    private mutating func carryOut(_ effects: [LedgerEffect]) {
        for effect in effects {
            switch effect {
            case .append, .note, .sign, .passOver: break
            case .answer(let receipt, _): answered(by: receipt)
            case .reply(let receipt, let party):
                send(.receipt(receipt), to: party)
                if receipt.outcome.disqualifiesSubmitter {
                    hangUp(on: party, reason: "submitted what no honest party would: \(receipt.outcome)")
                }
            // Where nodes listen concerns drivers alone, and here nobody listens.
            case .send(.directory, _), .publish(.directory): break
            case .send(let notice, let party):
                send(Parcel(.notice(notice), bytes: size(of: notice)), from: .ledger, to: wiring.place(of: party))
            case .publish(let notice):
                if case .clock(_, let epoch, _) = notice { opened(epoch) }
                let parcel = Parcel(.notice(notice), bytes: size(of: notice))
                for number in wiring.parties.indices.dropFirst() {
                    send(parcel, from: .ledger, to: Place(number: number))
                }
            case .disconnect(let party, let reason): hangUp(on: party, reason: reason)
            case .stop(let fault): failure = .ledgerStopped("\(fault)")
            }
        }
    }

    private mutating func opened(_ epoch: Epoch) {
        ledger.toldEpoch = max(ledger.toldEpoch, epoch)
        follow(timeline.schedule.opened(epoch))
    }

    private mutating func send(_ frame: Frame, to party: Party) {
        send(Parcel(frame, bytes: frame.wireBytes.count), from: .ledger, to: wiring.place(of: party))
    }

    private mutating func hangUp(on party: Party, reason: String) {
        if let index = wiring.connection(.ledger, wiring.place(of: party)) {
            disconnect(index, by: .ledger, reason: reason)
        }
    }

    /// Of a large network's operator sets it is worked out once.
    private mutating func size(of notice: LedgerNotice) -> Int {
        guard case .operatorSet(let set) = notice else { return Frame.notice(notice).wireBytes.count }
        if let known = ledger.setSizes[set.digest] { return known }
        let size = Frame.notice(notice).wireBytes.count
        ledger.setSizes[set.digest] = size
        return size
    }
}

extension Outcome {
    /// No honest party of this network sends such an instruction.
    fileprivate var disqualifiesSubmitter: Bool {
        switch self {
        case .wrongNetwork, .badSignature, .unknownAuthority: true
        default: false
        }
    }
}
