import Faults
import Glibc
import Messages
import Node
import Primitives
import Records

extension Conductor {
    // MARK: Processes that end

    mutating func lose(_ place: Int, _ ending: ChildEnding, at now: Instant, _ effects: inout [Effect]) {
        let child = children[place]
        children[place].state = .ended
        children[place].isPaused = false
        children[place].epitaph = "\(ending)"
        let decided = ProcessReport.TaskCount(
            issued: child.tasks.certified + child.tasks.expired, certified: child.tasks.certified,
            expired: child.tasks.expired)
        children[place].earlierTasks = child.earlierTasks + decided
        children[place].tasks = ProcessReport.TaskCount()
        if isStopping {
            if ending != .exited(0), !children[place].wasKilled, ending != .signalled(SIGINT) {
                fail(child, .ended(ending), stage: .stopping, &effects)
            }
            stopFurther(at: now, &effects)
            return
        }
        for fault in child.faults.indices where child.faults[fault].injected != nil {
            if child.faults[fault].state == .present { children[place].faults[fault].state = .gone }
        }
        if child.wasKilled {
            buried(place, at: now, &effects)
            settleIfFinished(at: now, &effects)
            return
        }
        // A terminal tells the whole group: whoever was too young to ignore it brings the news first.
        if ending == .signalled(SIGINT), began == nil || !isLive {
            stop(as: .interrupted, at: now, &effects)
            return
        }
        abandon(place, at: now, &effects)
        if began != nil, ending == .signalled(SIGKILL) || ending == .exited(ProcessControl.failure),
            let crash = dueCrash(of: child, ending, at: now)
        {
            crashed(place, by: crash, at: now, &effects)
            return
        }
        fail(child, .ended(ending), stage: began == nil ? .starting : .running, &effects)
        // Before the beginning, the others would wait for it in vain.
        guard settings.keepsGoing || isLive, began != nil, child.party != .ledger else {
            stop(as: .aborted, at: now, &effects)
            return
        }
        settleIfFinished(at: now, &effects)
    }

    /// As its fault says.
    private mutating func crashed(_ place: Int, by fault: Int, at now: Instant, _ effects: inout [Effect]) {
        effects.append(.report(.crashed(children[place].name)))
        children[place].faults[fault].state = .happened
        children[place].epitaph = "crashed, as its fault says"
        let plan = children[place].faults[fault].plan
        // A guard that is written and not synced promises nothing beyond its host's power.
        children[place].hasOlderDisk = plan.behaviour == .powerLoss && !settings.guardsAreSynced
        if case .duration(let rest) = plan.lasts {
            children[place].state = .resting(until: now + rest)
            children[place].restDisk = Intervention.Disk(rawValue: plan.parameters.disk.rawValue) ?? .keep
            effects.append(.wake(now + rest))
            if children[place].party == .ledger { unsettle(at: now, &effects) }
        } else {
            settleIfFinished(at: now, &effects)
        }
    }

    /// The ledger is away. Where the end is near already, its patience begins again when it is back.
    mutating func unsettle(at now: Instant, _ effects: inout [Effect]) {
        guard phase == .settling else { return }
        phase = isLive ? .draining : .running
        wait(settings.drainPatience ?? settings.timeLimit, from: now, &effects)
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
            let disk = children[place].restDisk
            if disk != .keep { record(.restarted(disk), place, at: now, &effects) }
            launchAgain(place, disk: disk, at: now, &effects)
        }
        expireOrders(at: now, &effects)
        followLinks(at: now, &effects)
        followTimeline(at: now, &effects)
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
        case .running, .draining:
            let unfinished = children.filter {
                $0.party.isCoordinator && $0.state != .finished && $0.state != .ended
            }
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
            effects.append(.weigh)
        }
    }

    // MARK: Stopping

    mutating func interrupt(at now: Instant, _ effects: inout [Effect]) {
        interruptions += 1
        if isLive, interruptions == 1, began != nil, !isStopping { return drain(at: now, &effects) }
        if !isStopping { stop(as: .interrupted, at: now, &effects) }
        ending = .interrupted
        // The second time, nobody is waited for any longer.
        guard interruptions > 1 else { return }
        for place in children.indices where children[place].isAlive && !children[place].wasKilled {
            children[place].wasKilled = true
            effects.append(.kill(children[place].party))
        }
    }

    /// The orderly end of a live network. Whoever is paused or resting is put to work again, and the network is healed: it
    /// may be who knows something that others wait for. So is a ledger that somebody has killed: nothing ends in good
    /// order without it.
    mutating func drain(at now: Instant, _ effects: inout [Effect]) {
        guard phase == .running, let patience = settings.drainPatience else { return }
        phase = .draining
        effects.append(.report(.draining))
        healAll(at: now, &effects)
        if children[0].state == .ended { startAgain(0, .keep, at: now, &effects) }
        for place in children.indices {
            if children[place].isPaused { resume(place, at: now, &effects) }
            if case .resting = children[place].state {
                children[place].incarnation += 1
                launchAgain(place, at: now, &effects)
            } else if children[place].party.isCoordinator, children[place].isAlive {
                // What it has finished was its load.
                if children[place].state == .finished { children[place].state = .ready }
                effects.append(.tell(children[place].party, .drain))
            }
        }
        wait(patience, from: now, &effects)
        settleIfFinished(at: now, &effects)
    }

    mutating func stop(as ending: RunOutcome.Ending, at now: Instant, _ effects: inout [Effect]) {
        self.ending = ending
        phase = .stoppingNodes
        effects.append(.report(.stopping(ending)))
        for place in children.indices {
            // Else it would not hear the word.
            if children[place].isPaused { resume(place, at: now, &effects) }
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
            for order in pending { answer(order.ticket, .lost("the network has stopped"), &effects) }
            let startup = began.map { $0 - started }
            effects.append(
                .over(
                    RunOutcome(
                        ending: ending, failures: failures, startup: startup, usages: usages,
                        timeline: timeline.results)))
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
