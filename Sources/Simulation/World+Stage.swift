import Admission
import Attesting
import DequeModule
import Faults
import Links
import Messages
import Primitives
import Records
import Restaking
import Staging
import TopologyFormat

/// What a `Conductor` does: everyone starts, the run begins when all are ready and ends when every coordinator is done;
/// whoever dies of a fault that says so is started again.
extension World {
    // MARK: Beginning

    mutating func start() {
        timetable.add(.tick(life: ledgerLife), at: now + genesis.parameters.slotDuration)
        tellLedger(.opened(head: nil), nil)
        stage.missing = Array(repeating: 0, count: nodes.count)
        stage.known = Array(repeating: [], count: nodes.count)
        for (index, connection) in connections.enumerated() where connection.isWanted {
            stage.missing[connection.low.number] += 1
            stage.missing[connection.high.number] += 1
            timetable.add(.dials(connection: index, generation: 0), at: now)
        }
        for (number, service) in genesis.services.enumerated() {
            let id = ServiceID(UInt32(number))
            stage.missing[wiring.place(of: .coordinator(id)).number] += 1
            for signer in service.optedIn { stage.missing[wiring.place(of: .signer(signer)).number] += 1 }
        }
        stage.unready = nodes.count - 1
        for number in nodes.indices.dropFirst() { launch(Place(number: number)) }
    }

    mutating func connected(_ place: Place) {
        guard stage.began == nil else { return }
        hasOneMore(place)
    }

    /// Whoever is told of an operator set dials those that have come to be in it, as real nodes do: coordinators operators,
    /// and of two operators that share a mesh the one with the lower index the other.
    mutating func learn(_ frame: Frame, at place: Place) {
        guard case .notice(.operatorSet(let set)) = frame else { return }
        for (party, weight) in nodes[place.number].weights.learn(set) {
            nodes[place.number].inbox.setWeight(weight, of: party)
        }
        let dialled: [OperatorIndex]
        switch wiring.parties[place.number] {
        case .coordinator(set.service): dialled = set.members.map(\.signer)
        case .signer(let me) where set.index(of: me) != nil:
            let isMesh = genesis.services[Int(set.service.number)].dissemination == .mesh
            dialled = isMesh ? set.members.map(\.signer).filter { $0 > me } : []
        default: return
        }
        for signer in dialled {
            let other = wiring.place(of: .signer(signer))
            guard let index = wiring.connection(place, other), !connections[index].isWanted else { continue }
            let (low, high) = (connections[index].low, connections[index].high)
            connections[index].isWanted = true
            for (towardHigh, sender, receiver) in [(true, low, high), (false, high, low)] {
                let (from, to) = (wiring.parties[sender.number], wiring.parties[receiver.number])
                connections[index][towardHigh: towardHigh].link =
                    Self.link(conditions.terms(from: from, to: to), from: from, to: to, plan, genesis)
            }
            timetable.add(.dials(connection: index, generation: connections[index].generation), at: now)
        }
    }

    mutating func keepTrackOfReadiness(_ frame: Frame, at place: Place) {
        guard stage.began == nil, case .notice(.operatorSet(let set)) = frame else { return }
        let concerns =
            switch wiring.parties[place.number] {
            case .coordinator(let service): service == set.service
            case .signer(let signer): genesis.services[Int(set.service.number)].optedIn.contains(signer)
            case .ledger: false
            }
        if concerns, stage.known[place.number].insert(set.service).inserted { hasOneMore(place) }
    }

    private mutating func hasOneMore(_ place: Place) {
        stage.missing[place.number] -= 1
        guard stage.missing[place.number] == 0 else { return }
        stage.unready -= 1
        if stage.unready == 0 { begin() }
    }

    private mutating func begin() {
        let beginning = now + RunPatience.lead
        stage.began = beginning
        (nodeWork, wakes) = (.zero, 0)
        stage.known = []
        for number in nodes.indices.dropFirst() { enqueue(.began(beginning), at: Place(number: number)) }
        observe(.began, at: beginning)
        for (number, partition) in plan.topology.network.partitions.enumerated() {
            timetable.add(.parts(partition: number), at: beginning + partition.begins)
            if let ends = partition.ends { timetable.add(.heals(partition: number), at: beginning + ends) }
        }
        for (number, change) in plan.topology.network.changes.enumerated() {
            timetable.add(.changes(change: number), at: beginning + change.begins)
            if let ends = change.ends { timetable.add(.changesBack(change: number), at: beginning + ends) }
        }
        for (number, node) in nodes.enumerated() {
            for fault in node.plans where fault.behaviour == .powerLoss {
                timetable.add(.losesPower(Place(number: number)), at: beginning + fault.delay)
            }
        }
        ledger.crashes.began(beginning)
        scheduleLedgerCrash()
        stage.deadline = beginning + patience.timeLimit
        timetable.add(.reviewed, at: stage.deadline!)
        timetable.add(.isDueInTimeline, at: beginning)
    }

    // MARK: Processes

    private mutating func launch(_ place: Place) {
        let node = nodes[place.number]
        forgetPastCrashes(of: node)
        let role = NodeRole(
            of: node.party, in: plan.topology, faults: node.plans.filter { !$0.behaviour.isDrivers }, seed: plan.seed,
            hasRunBefore: node.incarnation > 0)
        node.role = role
        node.machine = role.makeMachine(genesis: genesis)!
        node.incarnation += 1
        node.life += 1
        observe(.started(node.party, incarnation: node.incarnation))
        audit.add("start", place.number, at: now)
        enqueue(.started(recorded: node.disk.recorded), at: place)
    }

    /// Who is dead cannot die: its next process is told of none that would be over by now.
    func forgetPastCrashes(of node: SimulatedNode) {
        guard let began = stage.began else { return }
        node.plans.removeAll { $0.behaviour.isCrash && $0.isOver(at: now - began) }
    }

    mutating func restart(_ place: Place) {
        let node = nodes[place.number]
        guard !node.isAlive else { return }
        node.disk.become(node.restartDisk)
        if let disk = Intervention.Disk(rawValue: node.restartDisk.rawValue), disk != .keep {
            interventions.append(
                Intervention(at: now, party: node.party, incarnation: node.incarnation + 1, act: .restarted(disk)))
        }
        launch(place)
        // A guard that is written and not synced promises nothing beyond its host's power.
        if nodes[place.number].hasOlderDisk { intervene(nodes[place.number].party, .restarted(.older)) }
        nodes[place.number].hasOlderDisk = false
        disclaimConnections(of: place)
        if let began = stage.began { enqueue(.began(began), at: place) }
    }

    /// Whoever is dead already has nothing left to lose.
    mutating func losePower(_ place: Place) {
        let node = nodes[place.number]
        guard let index = node.plans.firstIndex(where: { $0.behaviour == .powerLoss && isDue($0) }) else { return }
        let fault = node.plans.remove(at: index)
        guard node.isAlive else { return }
        node.entries.append(.note(at: now, .injected(Injection(behaviour: fault.behaviour.rawValue))))
        die(place, of: fault, losingPower: true)
    }

    private func isDue(_ fault: FaultPlan) -> Bool { stage.began.map { now >= $0 + fault.delay } ?? false }

    /// Its adversary has it die, with everything before this done and nothing after it.
    mutating func crash(_ place: Place) {
        let fault = dueCrash(of: place).map { nodes[place.number].plans.remove(at: $0) }
        if let next = fault?.aftermath { nodes[place.number].plans.append(next) }
        die(place, of: fault, losingPower: false)
    }

    private mutating func die(_ place: Place, of fault: FaultPlan?, losingPower: Bool) {
        let node = nodes[place.number]
        audit.add("die", place.number, at: now)
        #if DEBUG
            node.gathered = GatheredEntries()
        #endif
        let lost = node.disk.die(at: now, losingPower: losingPower)
        closeRecord(place, ending: .cut)
        node.machine = nil
        node.turn = nil
        node.isAsleep = true
        node.leftOver = []
        node.inbox.removeAll()
        node.wakeTime = nil
        node.pausedUntil = nil
        node.hasFinished = false
        node.life += 1
        observe(.died(node.party, lostEntries: lost))
        disconnectAll(of: place, losingPower: losingPower)
        guard case .duration(let rest) = fault?.lasts else {
            node.isGoneForGood = true
            return settleIfFinished()
        }
        node.restartDisk = fault?.parameters.disk ?? .keep
        node.hasOlderDisk = losingPower && lost > 0 && plan.topology.guardMode == .written
        timetable.add(.restarts(place), at: now + rest)
    }

    /// Which of its crashes killed a node: of those that can have begun, the first. A crash at a task orders by its
    /// number; when it is due in time is not known here.
    private func dueCrash(of place: Place) -> Int? {
        guard let began = stage.began else { return nil }
        func rank(_ plan: FaultPlan) -> (Int, UInt64)? {
            guard plan.behaviour.isCrash, !plan.behaviour.isDrivers, !plan.parameters.hasDied else { return nil }
            return switch plan.begins {
            case .start: (0, 0)
            case .after(let delay): now >= began + delay ? (1, (began + delay).nanoseconds) : nil
            case .task(let sequence): (2, sequence.number)
            }
        }
        let plans = nodes[place.number].plans
        return plans.indices.compactMap { index in rank(plans[index]).map { (rank: $0, index: index) } }
            .min { $0.rank < $1.rank }?.index
    }

    // MARK: The end

    /// A coordinator is done.
    mutating func finished(_ place: Place) {
        nodes[place.number].hasFinished = true
        settleIfFinished()
    }

    mutating func settleIfFinished() {
        let coordinators = nodes.indices.filter { wiring.parties[$0].isCoordinator }
        guard !stage.isSettling, stage.began != nil, ledger.isAlive, timeline.schedule.isDone, timeline.orders.isEmpty,
            !timeline.isWaiting,
            coordinators.allSatisfy({ nodes[$0].hasFinished || nodes[$0].isGoneForGood })
        else { return }
        stage.isSettling = true
        let isAlone = coordinators.contains { nodes[$0].isGoneForGood }
        stage.deadline = now + (isAlone ? patience.settlingAlone : RunPatience.settling)
        timetable.add(.reviewed, at: stage.deadline!)
    }

    /// A task was certified or has expired: a closed loop goes on.
    mutating func progressed() {
        guard !stage.isSettling, let patience = patience.progress, let present = stage.deadline else { return }
        let later = now + patience
        guard later > present else { return }
        stage.deadline = later
    }

    mutating func review() {
        guard let deadline = stage.deadline else { return }
        guard now >= deadline else { return timetable.add(.reviewed, at: deadline) }
        guard !stage.isSettling else {
            stage.ending = .completed
            return
        }
        stage.ending = .timedOut(
            waitingFor: nodes.indices.filter { wiring.parties[$0].isCoordinator }
                .filter { !nodes[$0].hasFinished && !nodes[$0].isGoneForGood }.map { nodes[$0].name })
    }

    // MARK: Ground truth

    mutating func cutOff(_ number: Int) {
        let partition = plan.topology.network.partitions[number]
        for (party, side) in partition.sides { intervene(party, .cutOff(partition: UInt32(number), side: side)) }
    }

    /// - Parameter number: among the changes; the records count on from the partitions.
    mutating func slow(_ number: Int) {
        let change = plan.topology.network.changes[number]
        let name = UInt32(plan.topology.network.partitions.count + number)
        let delay = conditions.delay(under: change)
        for (party, side) in change.sides { intervene(party, .slowed(change: name, side: side, delay: delay)) }
    }

    mutating func restore(_ number: Int) {
        let change = plan.topology.network.changes[number]
        let name = UInt32(plan.topology.network.partitions.count + number)
        for (party, _) in change.sides { intervene(party, .restored(change: name)) }
    }

    mutating func rejoin(_ number: Int) {
        let partition = plan.topology.network.partitions[number]
        for (party, _) in partition.sides { intervene(party, .rejoined(partition: UInt32(number))) }
    }

    private mutating func intervene(_ party: Party, _ act: Intervention.Act) {
        let incarnation = max(1, nodes[wiring.place(of: party).number].incarnation)
        interventions.append(Intervention(at: now, party: party, incarnation: incarnation, act: act))
    }
}

extension FaultPlan {
    /// From the run's beginning; of what does not wait for a task.
    fileprivate var delay: Duration { if case .after(let delay) = begins { delay } else { .zero } }
}
