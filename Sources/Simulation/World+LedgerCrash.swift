import Faults
import Messages
import Primitives
import Records
import Restaking
import Staging

/// The ledger's process dies as its faults say, and is started again: with what was committed, and nothing else.
extension World {
    /// Changes with every process of the ledger.
    var ledgerLife: UInt32 { nodes[Place.ledger.number].life }

    mutating func scheduleLedgerCrash() {
        guard let time = ledger.crashes.nextTime else { return }
        timetable.add(.crashes(nil, life: ledgerLife), at: max(now, time))
    }

    /// - Parameters:
    ///   - point: where the ledger is; nil: anywhere.
    ///   - batch: what has been committed; the points after that are for those alone who are told of an entry.
    /// - Returns: whether it has died.
    @discardableResult
    mutating func crashLedger(at point: KillPoint?, with batch: [LedgerEffect]? = nil) -> Bool {
        guard ledger.isAlive, let fault = ledger.crashes.due(at: point, now),
            batch.map(LedgerEffect.answerEntries) ?? true, case .duration(let rest) = fault.lasts
        else { return false }
        let node = nodes[Place.ledger.number]
        node.plans.removeAll { $0 == fault }
        audit.add("die", Place.ledger.number, at: now)
        ledger.entries.append(.note(at: now, .injected(Injection(behaviour: fault.behaviour.rawValue))))
        closeLedgerRecord(ending: .cut)
        // It was made once, when the run was.
        guard let machine = try? LedgerMachine(genesis: genesis) else { preconditionFailure("genesis was good") }
        let lost = ledger.die(machine)
        node.life += 1
        observe(.died(.ledger, lostEntries: lost))
        disconnectAll(of: .ledger, losingPower: false)
        unsettle()
        timetable.add(.restarts(.ledger), at: now + rest)
        return true
    }

    /// Reading its log takes no time here.
    mutating func restartLedger() {
        guard !ledger.isAlive, let machine = try? LedgerMachine(genesis: genesis) else { return }
        ledger.isAlive = true
        ledger.incarnation += 1
        ledger.machine = machine
        forgetPastCrashes(of: nodes[Place.ledger.number])
        ledger.crashes = LedgerCrashes(nodes[Place.ledger.number].plans)
        if let began = stage.began { ledger.crashes.began(began) }
        observe(.started(.ledger, incarnation: ledger.incarnation))
        audit.add("start", Place.ledger.number, at: now)
        for entry in ledger.log {
            let effects = ledger.restore(entry)
            if case .stop(let fault) = effects.last { failure = .ledgerStopped("\(fault)") }
            guard plan.keepsInputs else { continue }
            ledger.entries.append(
                .input(at: now, event: LedgerEvent.restored(entry).borsh, effects: LedgerEffect.digest(of: effects)))
        }
        ledger.startClock(at: now)
        tellLedger(.opened(head: nil), nil)
        timetable.add(.tick(life: ledgerLife), at: now + genesis.parameters.slotDuration)
        redialAll(of: .ledger)
        let epoch = ledger.machine.ledger.epoch
        if ledger.destination > epoch { skip(ledger.destination.number - epoch.number) }
        resumeTimeline()
        scheduleLedgerCrash()
        settleIfFinished()
    }

    /// Where the end was near already, its patience begins again when the ledger is back.
    private mutating func unsettle() {
        guard stage.isSettling else { return }
        stage.isSettling = false
        stage.deadline = now + patience.timeLimit
        timetable.add(.reviewed, at: now + patience.timeLimit)
    }
}
