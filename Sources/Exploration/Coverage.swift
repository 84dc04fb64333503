import Faults
import Links
import Messages
import Primitives
import Records
import Simulation
import Staging
import TopologyFormat
import Verdicts

/// In how many runs of an exploration each thing happened, so that it is known what it has said nothing about.
package struct Coverage: Hashable, Sendable {
    package struct Item: Hashable, Comparable, Sendable {
        package var group: Group
        package var name: String

        package static func < (left: Self, right: Self) -> Bool { (left.group, left.name) < (right.group, right.name) }
    }

    /// In the order in which they are shown.
    package enum Group: String, CaseIterable, Hashable, Comparable, Sendable {
        /// In how many scenarios an adversary was drawn, and in how many it did anything.
        case drawn
        case acted
        case killPoint = "kill-point"
        case network
        /// Of the restaking state.
        case rule
        /// What timelines ask for, and what of it was applied at least once.
        case planned
        case carriedOut = "carried-out"
        /// The oracles that had something to judge, and found it good or bad.
        case judged
        case happened
        case restaking
        /// What the ledger refused.
        case refused
        /// What nodes refused of each other.
        case rejected

        package static func < (left: Self, right: Self) -> Bool {
            allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
        }
    }

    /// In how many runs.
    package private(set) var counts: [Item: UInt64] = [:]
    package private(set) var runs: UInt64 = 0

    package init() {}

    package subscript(group: Group, name: String) -> UInt64 { counts[Item(group: group, name: name), default: 0] }

    package mutating func add(_ other: Coverage) {
        counts.merge(other.counts, uniquingKeysWith: +)
        runs += other.runs
    }

    /// All that can occur, by name; of rejections only what did.
    package var lines: [(item: Item, count: UInt64)] {
        Set(counts.keys).union(Self.known).sorted().map { ($0, counts[$0, default: 0]) }
    }

    package var absent: [Item] { lines.filter { $0.count == 0 }.map(\.item) }

    private static let known: [Item] = {
        func items(_ group: Group, _ names: [String]) -> [Item] { names.map { Item(group: group, name: $0) } }
        let behaviours = Behaviour.allCases.map(\.rawValue)
        return items(.drawn, behaviours) + items(.acted, behaviours)
            + items(
                .killPoint,
                Behaviour.allCases.flatMap { behaviour in
                    behaviour.points.map { Self.name(of: $0, behaviour) }
                })
            + items(.network, Circumstance.allCases.map(\.rawValue)) + items(.rule, Rule.allCases.map(\.rawValue))
            + items(.planned, StakeChange.allCases.map(\.rawValue))
            // The clock moves on by no instruction of its own.
            + items(.carriedOut, StakeChange.allCases.filter { $0 != .clock }.map(\.rawValue))
            + items(.judged, Oracle.allCases.map(\.rawValue)) + items(.happened, Happening.allCases.map(\.rawValue))
            + items(.restaking, StakeEvent.allCases.map(\.rawValue))
            + items(.refused, Outcome.allCases.filter { $0 != .applied }.map { "\($0)" })
    }()

    // MARK: One run

    package enum Circumstance: String, CaseIterable, Sendable {
        case latency, jitter, loss, duplication, reordering, bandwidth, regions, partition, star, mesh
        case oneWay = "one-way partition"
        case ring = "ring of operators"
        case linkChange = "links that change"
        case sharedCores = "shared cores"
        case modelledSignatures = "modelled signatures"
        case checkedInvariants = "invariants checked"
    }

    package enum Happening: String, CaseIterable, Sendable {
        case restart, expiry, slash, revocation, claim, queue
        case refusedToSign = "refused to sign"
        case epochTurn = "epoch turn"
        case revision = "new revision within an epoch"
        case conflict = "two certificates for one task"
        case recovery = "certified though a fault began while it was open"
        case partitionedNode = "node cut off"
        case slowedNode = "node with slow links"
        case lostFrames = "frames lost"
    }

    package init(of plan: SimulationPlan, _ result: TrialResult) {
        runs = 1
        note(plan)
        let history = result.history
        for behaviour in Set(history.injections.map(\.injection.behaviour)) { note(.acted, behaviour) }
        for fault in plan.topology.faults where isActed(fault, plan.topology, history) {
            if let point = fault.point { note(.killPoint, Self.name(of: point, fault.behaviour)) }
        }
        for finding in result.findings where finding.verdict == .holds || finding.verdict == .violated {
            note(.judged, finding.oracle.rawValue)
        }
        note(result, history)
        for event in Self.stakeEvents(of: result) { note(.restaking, event.rawValue) }
        for instruction in history.applied where instruction.outcome == .applied {
            if let change = StakeChange(instruction.signed.instruction) { note(.carriedOut, change.rawValue) }
        }
        for outcome in Set(history.applied.map(\.outcome)) where outcome != .applied { note(.refused, "\(outcome)") }
        let notes = result.run.records.nodes.flatMap(\.notes)
        for case .rejected(_, let reason) in notes.map(\.observation) { note(.rejected, reason) }
    }

    static func name(of point: KillPoint, _ behaviour: Behaviour) -> String {
        "\(behaviour.rawValue) \(point.rawValue)"
    }

    /// Of a scenario that was not simulated.
    init(ofRefused plan: SimulationPlan) {
        runs = 1
        note(plan)
    }

    private mutating func note(_ group: Group, _ name: String) { counts[Item(group: group, name: name)] = 1 }
    private mutating func note(_ happening: Happening, if happened: Bool) {
        if happened { note(.happened, happening.rawValue) }
    }

    private mutating func note(_ plan: SimulationPlan) {
        let (topology, link) = (plan.topology, plan.topology.network.link)
        for behaviour in Set(topology.faults.map(\.behaviour)) { note(.drawn, behaviour.rawValue) }
        for rule in Self.rules(of: topology) { note(.rule, rule.rawValue) }
        for plan in topology.timeline { note(.planned, StakeChange(plan.act).rawValue) }
        let circumstances: [(Circumstance, Bool)] = [
            (.latency, link.latency != .zero), (.jitter, link.jitter != .zero), (.loss, link.loss != .zero),
            (.duplication, link.duplication != .zero), (.reordering, link.reordering != .zero),
            (.bandwidth, link.bandwidth != nil), (.regions, topology.network.regions != nil),
            (.partition, !topology.network.partitions.isEmpty),
            (.oneWay, topology.network.partitions.contains(where: \.isOneWay)),
            (.ring, LinkDraw.hasRing(topology)), (.linkChange, !topology.network.changes.isEmpty),
            (.star, topology.network.dissemination == .star), (.mesh, topology.network.dissemination == .mesh),
            (.sharedCores, plan.cores != .perNode), (.modelledSignatures, plan.signatures == .modelled),
            (.checkedInvariants, plan.checksInvariants),
        ]
        for (circumstance, isGiven) in circumstances where isGiven { note(.network, circumstance.rawValue) }
    }

    /// Whether a crash is this one's and no other's.
    private func isActed(_ fault: FaultPlan, _ topology: Topology, _ history: RunHistory) -> Bool {
        topology.faults.count { $0.party == fault.party && $0.behaviour == fault.behaviour } == 1
            && history.injections.contains {
                $0.party == fault.party && $0.injection.behaviour == fault.behaviour.rawValue
            }
    }

    private mutating func note(_ result: TrialResult, _ history: RunHistory) {
        let observations = result.run.records.nodes.flatMap(\.notes).map(\.observation)
        let sets = history.openings.map(\.set)
        note(.restart, if: result.run.records.nodes.contains { $0.incarnation > 1 })
        note(.expiry, if: observations.contains { if case .taskExpired = $0 { true } else { false } })
        note(.slash, if: !history.slashes.isEmpty)
        note(.revocation, if: !history.revocations.isEmpty)
        note(
            .claim,
            if: history.applied.contains {
                if case .claimParticipation = $0.signed.instruction { $0.outcome == .applied } else { false }
            })
        note(.queue, if: result.run.figures.deepestQueue > 100)
        note(.refusedToSign, if: observations.contains { if case .refusedToSign = $0 { true } else { false } })
        note(.epochTurn, if: sets.contains { $0.epoch > Epoch(0) })
        note(.revision, if: sets.contains { $0.revision > Revision(0) })
        note(.conflict, if: !history.conflicts.isEmpty)
        note(.recovery, if: history.tasks.contains { Self.isRecovered($0, history) })
        note(
            .partitionedNode,
            if: result.run.records.interventions.contains { if case .cutOff = $0.act { true } else { false } })
        note(
            .slowedNode,
            if: result.run.records.interventions.contains { if case .slowed = $0.act { true } else { false } })
        note(.lostFrames, if: result.run.figures.lost > 0)
    }

    private static func isRecovered(_ task: RunHistory.IssuedTask, _ history: RunHistory) -> Bool {
        guard task.certifiedInTime, let certified = task.certified else { return false }
        return history.faultIntervals.contains {
            $0.service == task.task.service && $0.start >= task.task.issued && $0.start < certified
                && $0.end.map { $0 < certified } ?? false
        }
    }
}
