import Faults
import Glibc
import Messages
import Node
import Primitives

extension Conductor {
    // MARK: Processes that end

    mutating func lose(_ place: Int, _ ending: ChildEnding, at now: Instant, _ effects: inout [Effect]) {
        let child = children[place]
        children[place].state = .ended
        if isStopping {
            if ending != .exited(0), !children[place].wasKilled, ending != .signalled(SIGINT) {
                fail(child, .ended(ending), stage: .stopping, &effects)
            }
            stopFurther(at: now, &effects)
            return
        }
        // A terminal tells the whole group: whoever was too young to ignore it brings the news first.
        if ending == .signalled(SIGINT) {
            stop(as: .interrupted, at: now, &effects)
            return
        }
        if began != nil, ending == .signalled(SIGKILL), let crash = dueCrash(of: child, at: now) {
            effects.append(.report(.crashed(child.name)))
            children[place].faults.removeAll { $0 == crash }
            if case .duration(let rest) = crash.lasts {
                children[place].state = .resting(until: now + rest)
                effects.append(.wake(now + rest))
            } else {
                settleIfFinished(at: now, &effects)
            }
            return
        }
        fail(child, .ended(ending), stage: began == nil ? .starting : .running, &effects)
        // Before the beginning, the others would wait for it in vain.
        guard settings.keepsGoing, began != nil, child.party != .ledger else {
            stop(as: .aborted, at: now, &effects)
            return
        }
        settleIfFinished(at: now, &effects)
    }

    /// Which of its crashes killed a node: of those that can have begun, the first. A crash at a task orders by
    /// its number; when it is due in time is not known here.
    private func dueCrash(of child: Child, at now: Instant) -> FaultPlan? {
        guard let began else { return nil }
        func rank(_ plan: FaultPlan) -> (Int, UInt64)? {
            switch plan.begins {
            case .start: (0, 0)
            case .after(let delay): now >= began + delay ? (1, (began + delay).nanoseconds) : nil
            case .task(let sequence): (2, sequence.number)
            }
        }
        return child.faults.filter(\.behaviour.isCrash)
            .compactMap { plan in rank(plan).map { (rank: $0, plan: plan) } }
            .min { $0.rank < $1.rank }?.plan
    }

    private mutating func fail(
        _ child: Child, _ kind: ChildFailure.Kind, stage: ChildFailure.Stage, _ effects: inout [Effect]
    ) {
        let failure = ChildFailure(name: child.name, stage: stage, kind: kind, account: child.account)
        failures.append(failure)
        effects.append(.report(.failed(failure)))
    }

    // MARK: Time

    mutating func wake(at now: Instant, _ effects: inout [Effect]) {
        for place in children.indices {
            guard case .resting(let until) = children[place].state, now >= until, !isStopping else { continue }
            children[place].incarnation += 1
            launch(place, &effects)
            // At once: it may never be ready, if somebody it needs is dead for good.
            if let began { effects.append(.tell(children[place].party, .begin(began))) }
            effects.append(.report(.restarted(children[place].name)))
        }
        measureIfDue(at: now, &effects)
        guard let deadline else { return }
        guard now >= deadline else {
            // It has moved since this wake was asked for.
            if phase == .running, let nextWake, now >= nextWake { wait(deadline - now, from: now, &effects) }
            return
        }
        self.deadline = nil
        switch phase {
        case .startingLedger, .startingNodes:
            for child in children where child.state == .launched {
                fail(child, .hung(after: settings.startPatience), stage: .starting, &effects)
            }
            stop(as: .aborted, at: now, &effects)
        case .running:
            let unfinished = children.filter { $0.party.isCoordinator && $0.isAlive && $0.state != .finished }
            stop(as: .timedOut(waitingFor: unfinished.map(\.name)), at: now, &effects)
        case .settling: stop(as: .completed, at: now, &effects)
        case .stoppingNodes, .stoppingLedger: killStopped(&effects)
        case .over: break
        }
    }

    private mutating func measureIfDue(at now: Instant, _ effects: inout [Effect]) {
        guard let began, !isStopping else { return }
        while measured < settings.measuring.count, now >= began + settings.measuring[measured] {
            measured += 1
            for child in children where child.isAlive { effects.append(.tell(child.party, .measure)) }
        }
    }

    // MARK: Stopping

    mutating func interrupt(at now: Instant, _ effects: inout [Effect]) {
        interruptions += 1
        guard !isStopping else {
            ending = .interrupted
            // The second time, nobody is waited for any longer.
            guard interruptions > 1 else { return }
            for place in children.indices where children[place].isAlive && !children[place].wasKilled {
                children[place].wasKilled = true
                effects.append(.kill(children[place].party))
            }
            return
        }
        stop(as: .interrupted, at: now, &effects)
    }

    private mutating func stop(as ending: RunOutcome.Ending, at now: Instant, _ effects: inout [Effect]) {
        self.ending = ending
        phase = .stoppingNodes
        effects.append(.report(.stopping(ending)))
        for place in children.indices {
            if case .resting = children[place].state { children[place].state = .ended }
            if children[place].isAlive, children[place].party != .ledger {
                effects.append(.tell(children[place].party, .stop))
            }
        }
        wait(settings.stopPatience, from: now, &effects)
        stopFurther(at: now, &effects)
    }

    private mutating func stopFurther(at now: Instant, _ effects: inout [Effect]) {
        let nodesAreGone = !children.contains { $0.isAlive && $0.party != .ledger }
        guard nodesAreGone else { return }
        guard let ledger = children.first, ledger.isAlive else {
            phase = .over
            let startup = began.map { $0 - started }
            effects.append(.over(RunOutcome(ending: ending, failures: failures, startup: startup, usages: usages)))
            return
        }
        guard phase == .stoppingNodes else { return }
        phase = .stoppingLedger
        effects.append(.tell(ledger.party, .stop))
        wait(settings.stopPatience, from: now, &effects)
    }

    /// Of the phase: the nodes, or the ledger.
    private mutating func killStopped(_ effects: inout [Effect]) {
        for place in children.indices where children[place].isAlive && !children[place].wasKilled {
            guard (children[place].party == .ledger) == (phase == .stoppingLedger) else { continue }
            fail(children[place], .hung(after: settings.stopPatience), stage: .stopping, &effects)
            children[place].wasKilled = true
            effects.append(.kill(children[place].party))
        }
    }
}
