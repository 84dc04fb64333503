import Faults
import Messages
import Node
import Primitives
import Records
import TopologyFormat

/// Puts what the processes of a live network tell into the words of a `ClusterStatus`.
struct StatusWriter: Sendable {
    let name: String
    let runDirectory: String
    let topology: Topology
    let clock: @Sendable () -> Instant
    private let started: Instant

    init(name: String, runDirectory: String, topology: Topology, clock: @escaping @Sendable () -> Instant) {
        self.name = name
        self.runDirectory = runDirectory
        self.topology = topology
        self.clock = clock
        started = clock()
    }

    func status(of views: [NodeView], _ links: [LinkFaultView] = []) -> ClusterStatus {
        let now = clock()
        let sets = views.compactMap { view -> OperatorSet? in
            if case .coordinator(let status) = view.status?.role { status.operatorSet } else { nil }
        }
        return ClusterStatus(
            name: name, phase: "up", runDirectory: runDirectory, uptimeMs: (now - started).inMilliseconds,
            operators: views.compactMap { view in
                if case .signer(let signer) = view.party { account(of: view, signer, sets, at: now) } else { nil }
            },
            services: views.compactMap { view in
                if case .coordinator(let service) = view.party { account(of: view, service) } else { nil }
            },
            ledger: ledger(views.first { $0.party == .ledger }),
            faults: views.flatMap { view in view.faults.map { fault(view.name, $0) } },
            network: links.map(linkFault))
    }

    // MARK: Operators

    private func account(
        of view: NodeView, _ signer: OperatorIndex, _ sets: [OperatorSet], at now: Instant
    ) -> ClusterStatus.Operator {
        let stakes = topology.stakesAtGenesis
        let stake = stakes[Int(signer.number)]
        let total = stakes.reduce(Lamports.zero, +)
        var result = ClusterStatus.Operator(
            name: view.name, stakeLamports: "\(stake.number)", sharePercent: Self.percent(stake, of: total),
            state: Self.word(view.state), remarks: remarks(on: view, seatless: seatless(signer, sets)),
            answered: view.status != nil, incarnation: view.incarnation)
        result.residentBytes = view.usage?.residentBytes
        result.cpuMs = view.usage?.cpu.inMilliseconds
        guard case .signer(let status) = view.status?.role else { return result }
        result.votes = status.votes
        result.lastVote = status.lastVote.map { vote in
            ClusterStatus.Vote(
                service: topology.name(of: vote.service), sequence: vote.sequence.number,
                agoMs: (now - vote.at).inMilliseconds, delayMs: vote.delay.inMilliseconds)
        }
        return result
    }

    /// The services that it was an operator of at genesis, and has no seat in any more: slashed or jailed, or its stake is gone.
    private func seatless(_ signer: OperatorIndex, _ sets: [OperatorSet]) -> [String] {
        sets.filter { set in
            topology.services[Int(set.service.number)].operators.contains(signer)
                && topology.stakesAtGenesis[Int(signer.number)] > .zero
                && !set.members.contains { $0.signer == signer }
        }.map { topology.name(of: $0.service) }
    }

    private func remarks(on view: NodeView, seatless: [String] = []) -> [String] {
        var remarks: [String] = []
        switch view.state {
        case .dead(let why): remarks.append(why)
        case .resting(let rest): remarks.append("back in \(rest.inSeconds)")
        case .up where view.status == nil && view.party != .ledger: remarks.append("does not answer")
        default: break
        }
        if !seatless.isEmpty { remarks.append("no seat in \(seatless.joined(separator: ", "))") }
        if case .coordinator(let status) = view.status?.role, status.isRevoked {
            remarks.append("revoked: nobody votes on its tasks")
        }
        if case .signer(let status) = view.status?.role, let refusal = status.refusal {
            remarks.append("does not sign: \(refusal)")
        }
        let on = view.faults.filter { $0.stage == .on }.map(\.plan.behaviour.rawValue)
        if !on.isEmpty { remarks.append("fault on: \(on.joined(separator: ", "))") }
        if view.incarnation > 1 { remarks.append("process \(view.incarnation)") }
        return remarks
    }

    // MARK: Services and the ledger

    private func account(of view: NodeView, _ service: ServiceID) -> ClusterStatus.Service {
        let plan = topology.services[Int(service.number)]
        var result = ClusterStatus.Service(
            name: plan.name, state: Self.word(view.state), remarks: remarks(on: view), answered: view.status != nil,
            incarnation: view.incarnation, threshold: "\(plan.threshold)")
        result.residentBytes = view.usage?.residentBytes
        result.cpuMs = view.usage?.cpu.inMilliseconds
        guard case .coordinator(let status) = view.status?.role else { return result }
        let tasks = view.earlierTasks + status.tasks
        (result.issued, result.certified, result.expired) = (tasks.issued, tasks.certified, tasks.expired)
        guard let set = status.operatorSet else { return result }
        let quorum = set.threshold.quorum(of: set.total)
        result.epoch = set.epoch.number
        result.revision = UInt64(set.revision.number)
        result.seats = set.members.count
        result.totalLamports = "\(set.total.number)"
        result.quorumLamports = "\(quorum.number)"
        // The task may be an older set's, with those in it who have lost their seats since.
        guard let answered = status.answered.map({ min($0, set.total) }) else { return result }
        let isMore = answered >= quorum
        let margin = (isMore ? answered.subtracting(quorum) : quorum.subtracting(answered)) ?? .zero
        result.answeredLamports = "\(answered.number)"
        result.marginLamports = (isMore ? "" : "-") + "\(margin.number)"
        result.marginPercent = (isMore ? 1 : -1) * Self.percent(margin, of: set.total)
        return result
    }

    private func ledger(_ view: NodeView?) -> ClusterStatus.Ledger {
        var result = ClusterStatus.Ledger(
            state: view.map { Self.word($0.state) } ?? "dead", answered: view?.usage != nil)
        result.residentBytes = view?.usage?.residentBytes
        result.cpuMs = view?.usage?.cpu.inMilliseconds
        return result
    }

    // MARK: Words

    private func fault(_ party: String, _ view: FaultView) -> ClusterStatus.Fault {
        ClusterStatus.Fault(
            party: party, behaviour: view.plan.behaviour.rawValue, begins: view.plan.begins.text,
            lasts: view.plan.lasts.text, service: view.plan.service.map { topology.name(of: $0) },
            origin: view.isInjected ? "injected" : "topology", stage: view.stage.rawValue)
    }

    private func linkFault(_ view: LinkFaultView) -> ClusterStatus.LinkFault {
        var result = ClusterStatus.LinkFault(
            number: view.number, kind: "partition", extent: view.extent,
            sides: view.kind.spells.map { spell in
                ClusterStatus.Sides(
                    between: spell.between.map(topology.nodeName), and: spell.and.map(topology.nodeName),
                    isOneWay: spell.isOneWay)
            },
            terms: [:], origin: view.isOrdered ? "ordered" : "topology", stage: "on")
        if case .slow(let plan) = view.kind {
            result.kind = "slow"
            result.terms = Dictionary(uniqueKeysWithValues: plan.change.terms.map { ($0.key, $0.value) })
        }
        switch view.stage {
        case .waiting(let time):
            result.stage = "waiting"
            result.beginsInMs = time.inMilliseconds
        case .on(let left): result.endsInMs = left?.inMilliseconds
        }
        return result
    }

    private static func word(_ state: NodeView.State) -> String {
        switch state {
        case .starting: "connecting"
        case .up: "up"
        case .paused: "paused"
        case .resting: "restarting"
        case .dead: "dead"
        }
    }

    /// To a hundredth.
    private static func percent(_ part: Lamports, of total: Lamports) -> Double {
        guard total > .zero else { return 0 }
        return (Double(part.number) / Double(total.number) * 10_000).rounded() / 100
    }
}

extension FaultPlan.Beginning {
    fileprivate var text: String {
        switch self {
        case .start: "start"
        case .task(let sequence): "task \(sequence)"
        case .after(let delay): DurationText.of(delay)
        }
    }
}

extension FaultPlan.Extent {
    fileprivate var text: String {
        switch self {
        case .tasks(1): "1 task"
        case .tasks(let count): "\(count) tasks"
        case .duration(let duration): DurationText.of(duration)
        case .untilTheEnd: "the end"
        }
    }
}
