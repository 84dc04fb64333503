import Faults
import Links
import Messages
import Primitives
import Simulation
import Staging
import TopologyFormat

/// One way to make a plan smaller or plainer: all that it proposes, the boldest first.
struct Reduction: Sendable {
    let name: String
    let proposals: @Sendable (SimulationPlan) -> [SimulationPlan]

    /// In the order in which they are tried: first what real runs do not have, then what weighs most.
    static let all: [Reduction] = [
        plainCosts, realSignatures, removal("partitions", of: \.network.partitions),
        removal("link changes", of: \.network.changes), plainLinks, services, doubledTasks,
        removal("faults", of: \.faults), removal("timeline", of: \.timeline), operators, mergedOperators,
        restakers, delegations, deposits, assets, plainAssets, baseValidators, tasks, plainLoads, plainTerms,
        plainRules,
        plainLedger, partitionTimes, plainChanges, faultTimes, earlierFaults, plainTimeline, earlierTimeline, stakes,
    ]

    // MARK: Parts

    /// Halves, quarters... then one by one.
    private static func removal<Element>(
        _ name: String, of path: any WritableKeyPath<Topology, [Element]> & Sendable
    ) -> Reduction {
        ofTopology(name) { topology in
            let count = topology[keyPath: path].count
            var proposals: [Topology] = []
            var size = count
            while size > 0 {
                for start in stride(from: 0, to: count, by: size) {
                    var proposal = topology
                    proposal[keyPath: path].removeSubrange(start..<min(start + size, count))
                    proposals.append(proposal)
                }
                size /= 2
            }
            return proposals
        }
    }

    private static let services = ofTopology("services") { topology in
        topology.services.count > 1 ? topology.services.indices.map(topology.withoutService) : []
    }

    private static let restakers = ofTopology("restakers") { topology in
        topology.restakers.indices.reversed().map(topology.withoutRestaker)
    }

    /// From the last, so that those who stay keep their names' order.
    private static let operators = ofTopology("operators") { topology in
        topology.operators.count > 1 ? topology.operators.indices.reversed().map(topology.withoutOperator) : []
    }

    /// Where it matters what stands against what, one with the stake of two is as good as both.
    private static let mergedOperators = ofTopology("merged operators") { topology in
        topology.operators.indices.reversed().flatMap { gone in
            topology.operators.indices.filter { $0 != gone }.map { heir in
                var proposal = topology
                proposal.operators[heir].stake += topology.operators[gone].stake
                return proposal.withoutOperator(gone)
            }
        }
    }

    /// A coordinator that equivocates goes together with those who collude with it.
    private static let doubledTasks = ofTopology("double tasks") { topology in
        topology.services.indices.map { index in
            var proposal = topology
            let service = ServiceID(UInt32(index))
            proposal.faults.removeAll {
                $0.service == service && ($0.behaviour == .coordinatorEquivocates || $0.behaviour == .collusion)
            }
            return proposal
        } + collusions(of: topology)
    }

    private static func collusions(of topology: Topology) -> [Topology] {
        topology.faults.indices.filter { topology.faults[$0].behaviour == .collusion }.map { index in
            var proposal = topology
            let gone = proposal.faults.remove(at: index)
            for place in proposal.faults.indices where proposal.faults[place].service == gone.service {
                proposal.faults[place].accomplices.removeAll { .signer($0) == gone.party }
            }
            return proposal
        }
    }

    private static let delegations = ofTopology("delegations") { topology in
        topology.restakers.indices.flatMap { restaker in
            topology.restakers[restaker].delegations.indices.map { index in
                var proposal = topology
                proposal.restakers[restaker].delegations.remove(at: index)
                return proposal
            }
        }
    }

    /// Of what a restaker has in several assets.
    private static let deposits = ofTopology("deposits") { topology in
        topology.restakers.indices.flatMap { restaker in
            topology.restakers[restaker].deposits.map { deposit in
                var proposal = topology
                proposal.restakers[restaker].deposits.removeAll { $0.asset == deposit.asset }
                proposal.restakers[restaker].delegations.removeAll { $0.asset == deposit.asset }
                return proposal
            }
        }
    }

    private static let assets = ofTopology("assets") { topology in
        topology.assets.indices.reversed().map { topology.withoutAsset(AssetID($0 + 1)) }
    }

    private static let plainAssets = ofTopology("assets' terms") { topology in
        topology.assets.indices.map { place in
            var proposal = topology
            let name = topology.assets[place].name
            proposal.assets[place] = AssetPlan(name: name, points: AssetPlan.standardPoints(of: name))
            return proposal
        }
    }

    private static let baseValidators = ofTopology("base validators") { topology in
        var none = topology
        none.nativePool = NativePoolPlan()
        none.timeline.removeAll { if case .setYield = $0.act { true } else { false } }
        return [none]
    }

    // MARK: Loads and terms

    /// One, half, one less; faults that would come after the last come with it.
    private static let tasks = ofEachService("tasks") { service in
        let count = service.load.tasks
        return [1, 2, count / 2, count - 1].filter { (1..<count).contains($0) }.map { tasks in
            var proposal = service
            proposal.load.tasks = tasks
            return proposal
        }
    }

    private static let plainLoads = ofEachService("loads") { service in
        let steady = Rate(count: 10, period: .seconds(1))
        return [.open(steady, .fixed), service.load.rate.map { .open($0, .fixed) }].compactMap { $0 }.map {
            (pacing: LoadPlan.Pacing) in
            var proposal = service
            proposal.load.pacing = pacing
            return proposal
        }
    }

    /// A deadline is never made so short that the time which everything takes alone would violate it: that would show
    /// something else.
    private static let plainTerms = Reduction(name: "terms") { plan in
        let floor = max(ScenarioPace.answer(in: plan), .seconds(1))
        return eachService(of: plan) { service in
            let times: [(Duration, Duration)] = [
                (.seconds(1), .seconds(2)), (service.deadline, service.deadline),
                (rounded(service.deadline / 2), rounded(service.evidenceWindow / 2)),
                (service.deadline, rounded(service.evidenceWindow / 2)),
            ]
            var proposals = times.filter {
                ($0.0 == service.deadline || $0.0 < service.deadline && $0.0 >= floor) && $0.1 >= $0.0
                    && $0.1 <= service.evidenceWindow
            }.map { deadline, window in
                var proposal = service
                (proposal.deadline, proposal.evidenceWindow) = (deadline, window)
                return proposal
            }
            var usual = service
            usual.slash = SlashPlan()
            (usual.threshold, usual.wantsAccountability) = (.twoThirds, true)
            proposals.append(usual)
            return proposals
        }
    }

    /// All of the restaking rules of an AVS as they are when nothing is said, then one after the other.
    private static let plainRules = ofEachService("rules") { service in
        let plain: [(inout ServicePlan) -> Void] = [
            { $0.slash = SlashPlan(equivocation: $0.slash.equivocation) }, { $0.slash.policy = .fixed },
            { $0.slash.destination = .burn }, { $0.slash.cap = SlashPlan().cap },
            { $0.slash.wrongResult = SlashPlan().wrongResult }, { $0.assetWeights = [] }, { $0.reward = RewardTerms() },
            { $0.jail = JailTerms() }, { $0.isOpen = true }, { $0.disputes = .void },
        ]
        let all = { (service: inout ServicePlan) in for change in plain { change(&service) } }
        return ([all] + plain).map { change in
            var proposal = service
            change(&proposal)
            return proposal
        }
    }

    private static let plainLedger = ofTopology("ledger") { topology in
        var proposals: [Topology] = []
        func propose(_ change: (inout Topology) -> Void) {
            var proposal = topology
            change(&proposal)
            if proposal.ledger.allocation == .shared { proposal.leaveOutAllocations() }
            proposals.append(proposal)
        }
        propose { $0.ledger = .fast }
        propose { $0.guardMode = .synced }
        propose { $0.ledger.allocation = .shared }
        propose { $0.ledger.vetoSlots = 0 }
        propose {
            let clock = LedgerPlan(
                preset: $0.ledger.preset, slotDuration: $0.ledger.slotDuration, slotsPerEpoch: $0.ledger.slotsPerEpoch,
                unbondingEpochs: $0.ledger.unbondingEpochs)
            let (veto, allocation) = ($0.ledger.vetoSlots, $0.ledger.allocation)
            $0.ledger = clock
            ($0.ledger.vetoSlots, $0.ledger.allocation) = (veto, allocation)
        }
        propose { for place in $0.operators.indices { $0.operators[place].commission = .zero } }
        return proposals
    }

    // MARK: Network and work

    private static let plainLinks = ofTopology("links") { topology in
        let plain: [(inout LinkTerms) -> Void] = [
            { $0 = .none }, { $0.loss = .zero }, { $0.duplication = .zero }, { $0.reordering = .zero },
            { $0.bandwidth = nil }, { $0.jitter = .zero }, { $0.latency = min($0.latency, .milliseconds(1)) },
        ]
        let nowhere = topology.network.regions.map { _ in
            var proposal = topology
            proposal.network.regions = nil
            return proposal
        }
        return (nowhere.map { [$0] } ?? [])
            + plain.map { change in
                var proposal = topology
                change(&proposal.network.link)
                return proposal
            }
    }

    /// From the plainest: what simulations take when nothing else is said, and what takes no time at all.
    private static let plainCosts = Reduction(name: "costs") { plan in
        let plainest: [(costs: CostModel, cores: Cores)] = [
            (.standard, .perNode), (.none, .perNode), (plan.costs, .perNode),
        ]
        let present = plainest.firstIndex { $0 == (plan.costs, plan.cores) } ?? plainest.endIndex
        return plainest[..<present].map { costs, cores in
            var proposal = plan
            (proposal.costs, proposal.cores) = (costs, cores)
            return proposal
        }
    }

    private static let realSignatures = Reduction(name: "signatures") { plan in
        var proposal = plan
        proposal.signatures = .ed25519
        return [proposal]
    }

    private static let partitionTimes = ofTopology("partitions' times") { topology in
        smaller(topology, \.network.partitions) { _ in [] }
    }

    private static let plainChanges = ofTopology("link changes' terms") { topology in
        smaller(topology, \.network.changes) { plan in
            let plain: [(inout LinkChange) -> Void] = [
                { $0.loss = nil }, { $0.duplication = nil }, { $0.reordering = nil }, { $0.bandwidth = nil },
                { $0.jitter = nil }, { $0.latency = nil },
            ]
            return plain.map { simplify in
                var proposal = plan
                simplify(&proposal.change)
                return proposal
            }.filter { !$0.change.isEmpty }
        }
    }

    /// One of them after the other with fewer nodes, or shorter; and as `further` has it.
    private static func smaller<Spell: LinkSpell>(
        _ topology: Topology, _ path: WritableKeyPath<Topology, [Spell]>, further: (Spell) -> [Spell]
    ) -> [Topology] {
        topology[keyPath: path].indices.flatMap { index -> [Topology] in
            let spell = topology[keyPath: path][index]
            var proposals = further(spell)
            for change: (inout Spell) -> Void in [
                { $0.isOneWay = false }, { $0.begins = .zero }, { $0.lasts = $0.lasts.map { rounded($0 / 2) } },
                { $0.begins = rounded($0.begins / 2) },
            ] {
                var proposal = spell
                change(&proposal)
                proposals.append(proposal)
            }
            for side in [\Spell.between, \.and] where !spell.isAmongAll && spell[keyPath: side].count > 1 {
                for place in spell[keyPath: side].indices {
                    var proposal = spell
                    proposal[keyPath: side].remove(at: place)
                    proposals.append(proposal)
                }
            }
            return proposals.map { proposal in
                var changed = topology
                changed[keyPath: path][index] = proposal
                return changed
            }
        }
    }

    // MARK: Faults

    private static let faultTimes = ofEachFault("faults' times") { fault in
        var proposals: [FaultPlan] = []
        func propose(_ change: (inout FaultPlan) -> Void) {
            var proposal = fault
            change(&proposal)
            proposals.append(proposal)
        }
        if fault.behaviour.isProvable {
            propose { $0.lasts = .tasks(1) }
            propose { $0.probability = .one }
        } else {
            if fault.behaviour != .ledgerCrash { propose { $0.lasts = .untilTheEnd } }
            if case .duration(let span) = fault.lasts { propose { $0.lasts = .duration(rounded(span / 2)) } }
            if case .tasks(let count) = fault.lasts { propose { $0.lasts = .tasks(max(1, count / 2)) } }
        }
        if fault.behaviour == .equivocateSplit { propose { $0.behaviour = .equivocate } }
        if fault.point != nil { propose { $0.point = nil } }
        if fault.party.isSigner { propose { $0.service = nil } }
        return proposals
    }

    private static let earlierFaults = ofEachFault("earlier faults") { fault in
        let beginnings: [FaultPlan.Beginning] =
            switch fault.begins {
            case .start: []
            case .task(let sequence):
                [.start] + [0, 1, sequence.number / 2].filter { $0 < sequence.number }.map { .task(TaskSequence($0)) }
            case .after(let delay) where fault.behaviour == .ledgerCrash: [.start, .after(rounded(delay / 2))]
            case .after(let delay): [.start, .task(TaskSequence(0)), .after(rounded(delay / 2))]
            }
        return beginnings.map { begins in
            var proposal = fault
            proposal.begins = begins
            return proposal
        }
    }

    // MARK: Timeline

    /// Once, and all that there is.
    private static let plainTimeline = ofEachEntry("timeline entries") { entry in
        var proposals: [TimelinePlan] = []
        if let repetition = entry.repetition {
            for times in [1, 2, repetition.times / 2] where times < repetition.times && times > 0 {
                var proposal = entry
                proposal.repetition = times == 1 ? nil : .init(every: repetition.every, times: times)
                proposals.append(proposal)
            }
        }
        if let act = entry.act.ofAll {
            var proposal = entry
            proposal.act = act
            proposals.append(proposal)
        }
        return proposals
    }

    private static let earlierTimeline = ofEachEntry("earlier timeline") { entry in
        let moments: [TimelinePlan.Moment] =
            switch entry.at {
            case .epoch(let epoch):
                [.after(.zero)]
                    + [1, epoch.number - min(epoch.number, 1)].filter { $0 < epoch.number }.map { .epoch(Epoch($0)) }
            case .task(let service, let sequence):
                [.after(.zero)]
                    + [0, sequence.number / 2].filter { $0 < sequence.number }.map { .task(service, TaskSequence($0)) }
            case .after(let delay):
                delay == .zero ? [] : [.after(.zero)] + (delay > .milliseconds(1) ? [.after(rounded(delay / 2))] : [])
            }
        return moments.map { moment in
            var proposal = entry
            proposal.at = moment
            // What repeats, repeats in the unit of its moment.
            if case .after(.zero) = moment, case .after = entry.at {
            } else if case .after = moment {
                proposal.repetition = nil
            }
            return proposal
        }
    }

    private static func ofEachEntry(
        _ name: String, _ proposals: @escaping @Sendable (TimelinePlan) -> [TimelinePlan]
    ) -> Reduction {
        ofTopology(name) { topology in
            topology.timeline.indices.flatMap { index in
                proposals(topology.timeline[index]).map { entry in
                    var proposal = topology
                    proposal.timeline[index] = entry
                    return proposal
                }
            }
        }
    }

    // MARK: Stakes

    /// The same for all; in proportion, the largest of ten; in whole SOL.
    private static let stakes = ofTopology("stakes") { topology in
        var proposals: [Topology] = []
        func propose(_ stake: (Int) -> UInt64) {
            var proposal = topology
            for index in proposal.operators.indices { proposal.operators[index].stake = Lamports(stake(index)) }
            proposals.append(proposal)
        }
        let present = topology.operators.map(\.stake.number)
        let areWhole = present.allSatisfy { $0.isMultiple(of: Lamports.perSOL) && $0 > 0 }
        guard !areWhole || present.contains(where: { $0 != Lamports.perSOL }) else { return [] }
        propose { _ in Lamports.perSOL }
        let largest = present.max() ?? 1
        if !areWhole || largest > 10 * Lamports.perSOL {
            propose { max(1, UInt64(UInt128(present[$0]) * 10 / UInt128(max(1, largest)))) * Lamports.perSOL }
        }
        if !areWhole { propose { max(1, present[$0] / Lamports.perSOL) * Lamports.perSOL } }
        return proposals
    }

    // MARK: Frames

    private static func ofTopology(
        _ name: String, _ proposals: @escaping @Sendable (Topology) -> [Topology]
    ) -> Reduction {
        Reduction(name: name) { plan in
            proposals(plan.topology).map { topology in
                var proposal = plan
                proposal.topology = topology
                return proposal
            }
        }
    }

    private static func ofEachService(
        _ name: String, _ proposals: @escaping @Sendable (ServicePlan) -> [ServicePlan]
    ) -> Reduction {
        Reduction(name: name) { eachService(of: $0, proposals) }
    }

    private static func eachService(
        of plan: SimulationPlan, _ proposals: (ServicePlan) -> [ServicePlan]
    ) -> [SimulationPlan] {
        plan.topology.services.indices.flatMap { index in
            proposals(plan.topology.services[index]).map { service in
                var proposal = plan
                proposal.topology.services[index] = service
                proposal.topology.keepMomentsWithinLoads()
                return proposal
            }
        }
    }

    /// Those who collude change with their coordinator.
    private static func ofEachFault(
        _ name: String, _ proposals: @escaping @Sendable (FaultPlan) -> [FaultPlan]
    ) -> Reduction {
        ofTopology(name) { topology in
            topology.faults.indices.filter { topology.faults[$0].behaviour != .collusion }.flatMap { index in
                proposals(topology.faults[index]).map { fault in
                    var proposal = topology
                    proposal.faults[index] = fault
                    guard fault.behaviour == .coordinatorEquivocates else { return proposal }
                    for place in proposal.faults.indices
                    where proposal.faults[place].behaviour == .collusion
                        && proposal.faults[place].service == fault.service
                    {
                        proposal.faults[place].begins = fault.begins
                        proposal.faults[place].lasts = fault.lasts
                        proposal.faults[place].probability = fault.probability
                    }
                    return proposal
                }
            }
        }
    }

    /// To the next lower time that reads well.
    private static func rounded(_ duration: Duration) -> Duration {
        let nanoseconds = duration.nanoseconds
        for step: Int64 in [1_000_000_000, 100_000_000, 10_000_000, 1_000_000] where nanoseconds >= step * 2 {
            return .nanoseconds(nanoseconds / step * step)
        }
        return .milliseconds(1)
    }
}

extension Topology {
    /// Where all stake secures every AVS there are no parts.
    fileprivate mutating func leaveOutAllocations() {
        for place in operators.indices { operators[place].allocations = [] }
    }

    /// What would wait for a task that is no more waits for the last.
    fileprivate mutating func keepMomentsWithinLoads() {
        for index in faults.indices {
            guard case .task(let sequence) = faults[index].begins else { continue }
            let tasks =
                services.indices.filter { place in
                    faults[index].service.map { Int($0.number) == place } ?? true
                }.map { services[$0].load.tasks }.max() ?? 1
            faults[index].begins = .task(min(sequence, TaskSequence(tasks - 1)))
        }
        for index in timeline.indices {
            guard case .task(let service, let sequence) = timeline[index].at else { continue }
            let last = services[Int(service.number)].load.tasks - 1
            timeline[index].at = .task(service, min(sequence, TaskSequence(last)))
            guard let repetition = timeline[index].repetition else { continue }
            let times = (last - min(sequence.number, last)) / repetition.every + 1
            timeline[index].repetition =
                times < 2 ? nil : .init(every: repetition.every, times: min(times, repetition.times))
        }
    }
}

extension TimelinePlan.Act {
    /// The same of all that there is; nil where it says so already, or an amount makes no difference.
    fileprivate var ofAll: Self? {
        func all(_ quantity: TimelinePlan.Quantity) -> TimelinePlan.Quantity {
            .share(.basisPoints(10_000), of: quantity.asset)
        }
        let plain: Self? =
            switch self {
            case .withdraw(let account, let quantity): .withdraw(account, all(quantity))
            case .delegate(let account, let quantity, let signer): .delegate(account, all(quantity), to: signer)
            case .undelegate(let account, let quantity, let signer): .undelegate(account, all(quantity), from: signer)
            default: nil
            }
        return plain == self ? nil : plain
    }
}
