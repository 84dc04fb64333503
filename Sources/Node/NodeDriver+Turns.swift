import Admission
import Attesting
import Messages
import NIOCore
import Primitives
import Records

/// Rounds of events and answers, then what can be noticed outside.
extension NodeDriver {
    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().execute { [self] in turn() }
    }

    private func turn() {
        isTurnScheduled = false
        guard !isEnded else { return }
        var turn = Turn(requests: requests)
        do {
            try work(&turn)
        } catch {
            return fail("\(error)")
        }
        requests = turn.requests
        for effect in turn.outward where !isEnded { carryOut(effect) }
        guard !isEnded else { return }
        transport.flush()
        progress.reportIfDue(on: eventLoop)
        for report in meter?.takeReports() ?? [] { outlet.report(.task(report)) }
        intake.readOn(on: transport)
        if !intake.isEmpty || !requests.isEmpty { scheduleTurn() }
    }

    /// What one turn has come to.
    private struct Turn {
        /// Signatures, checks and results that the machine waits for.
        var requests: [NodeEffect]
        /// To be durable before any of the requests is answered.
        var entries: [GuardEntry] = []
        /// Everything that can be noticed outside.
        var outward: [NodeEffect] = []
        /// The process dies in this turn: the machine hears nothing more.
        var isLast = false

        mutating func take(_ effect: NodeEffect) {
            switch effect {
            case .persist(let entry): entries.append(entry)
            case .sign, .verify, .execute: requests.append(effect)
            case .note: break
            case .crash:
                isLast = true
                outward.append(effect)
            case .send, .disconnect, .wake, .finished, .sendBytes, .pause, .fillDisk, .losePower: outward.append(effect)
            }
        }
    }

    /// Work under way is finished first: new events are taken when none is left of the last turn.
    private func work(_ turn: inout Turn) throws {
        if turn.requests.isEmpty {
            for _ in 0..<Self.eventsPerTurn {
                guard !turn.isLast, let (event, stall) = intake.popFirst(at: clock()) else { break }
                if let stall { noteOwn(.stalled(stall)) }
                handle(event, &turn)
            }
        }
        for _ in 0..<Self.roundsPerTurn {
            try makeDurable(&turn)
            guard !turn.requests.isEmpty else { break }
            let requests = turn.requests
            turn.requests.removeAll(keepingCapacity: true)
            for request in requests where !turn.isLast { handle(answer(to: request), &turn) }
        }
        try makeDurable(&turn)
        try record.flush()
    }

    private func handle(_ event: NodeEvent, _ turn: inout Turn) {
        let now = clock()
        meter?.saw(event, at: now)
        effects.removeAll(keepingCapacity: true)
        machine.handle(event, at: now, effects: &effects)
        record.appendInput(at: now, event: event, effects: NodeEffect.digest(of: effects, in: &encoder))
        for effect in effects {
            if case .note(let observation) = effect { note(observation, at: now) }
            if case .execute(let execution) = effect, programs[execution.service] != nil {
                // Answered when the program does: nothing waits for it here.
                turn.outward.append(effect)
            } else {
                turn.take(effect)
            }
        }
    }

    private func makeDurable(_ turn: inout Turn) throws {
        #if DEBUG
            if PlantedBug.signBeforeSync.isOn { turn.entries = gathered.add(turn.entries) }
        #endif
        guard !turn.entries.isEmpty else { return }
        try guardFile.append(turn.entries)
        try guardFile.sync()
        turn.entries.removeAll(keepingCapacity: true)
    }

    private func answer(to request: NodeEffect) -> NodeEvent {
        switch request {
        case .sign(let id, let request): .signed(id, sign(request))
        case .verify(let id, let request): .verified(id, valid: request.isValid)
        case .execute(let execution): .executed(task: execution.task, execute(execution))
        case .persist, .send, .disconnect, .wake, .note, .finished, .crash, .sendBytes, .pause, .fillDisk, .losePower:
            preconditionFailure("nothing that is answered")
        }
    }
}
