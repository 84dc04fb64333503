import Faults
import Messages
import Node
import Primitives
import Records

/// Orders that wait for what nodes tell.
extension Conductor {
    struct PendingOrder {
        let ticket: UInt64
        var awaited: Awaited
        /// When patience with it is over.
        var expires: Instant

        enum Awaited: Hashable {
            /// - Parameter missing: in the order of the children.
            case status(missing: [Party], statuses: [Party: NodeStatus], usage: ProcessUsage?)
            case task(coordinator: Int, isIssued: Bool)
            /// - Parameters:
            ///   - asked: the one that was asked last.
            ///   - others: who is asked next.
            case result(task: Digest, asked: OperatorIndex, others: ArraySlice<OperatorIndex>)
            case end(of: Int)
            case start(of: Int)
        }
    }

    mutating func wait(
        for awaited: PendingOrder.Awaited, _ ticket: UInt64, patience: Duration, at now: Instant,
        _ effects: inout [Effect]
    ) {
        pending.append(PendingOrder(ticket: ticket, awaited: awaited, expires: now + patience))
        effects.append(.wake(now + patience))
    }

    /// Those that wait for nothing else than this.
    mutating func settle(_ awaited: PendingOrder.Awaited, with last: NetworkAnswer, _ effects: inout [Effect]) {
        for order in pending where order.awaited == awaited { answer(order.ticket, last, &effects) }
        pending.removeAll { $0.awaited == awaited }
    }

    // MARK: Status

    mutating func askForStatus(_ ticket: UInt64, at now: Instant, _ effects: inout [Effect]) {
        let asked = children.filter { $0.isAlive && !$0.isPaused }.map(\.party)
        for party in asked { effects.append(.tell(party, party == .ledger ? .measure : .tellStatus)) }
        wait(
            for: .status(missing: asked, statuses: [:], usage: nil), ticket, patience: settings.answerPatience,
            at: now, &effects)
        answerWhoHasAll(at: now, &effects)
    }

    mutating func answered(_ status: NodeStatus, by party: Party, at now: Instant, _ effects: inout [Effect]) {
        for place in pending.indices {
            guard case .status(var missing, var statuses, let usage) = pending[place].awaited,
                let index = missing.firstIndex(of: party)
            else { continue }
            missing.remove(at: index)
            statuses[party] = status
            pending[place].awaited = .status(missing: missing, statuses: statuses, usage: usage)
        }
        answerWhoHasAll(at: now, &effects)
    }

    /// - Returns: whether somebody has asked for it.
    mutating func answered(
        _ usage: ProcessUsage, by party: Party, at now: Instant, _ effects: inout [Effect]
    ) -> Bool {
        guard party == .ledger else { return false }
        var isAwaited = false
        for place in pending.indices {
            guard case .status(var missing, let statuses, _) = pending[place].awaited,
                let index = missing.firstIndex(of: party)
            else { continue }
            isAwaited = true
            missing.remove(at: index)
            pending[place].awaited = .status(missing: missing, statuses: statuses, usage: usage)
        }
        answerWhoHasAll(at: now, &effects)
        return isAwaited
    }

    private mutating func answerWhoHasAll(at now: Instant, _ effects: inout [Effect]) {
        for order in pending {
            guard case .status(let missing, let statuses, let usage) = order.awaited, missing.isEmpty else { continue }
            answer(order.ticket, .status(views(statuses, usage, at: now), links: linkViews(at: now)), &effects)
        }
        pending.removeAll { if case .status(let missing, _, _) = $0.awaited { missing.isEmpty } else { false } }
    }

    private func views(_ statuses: [Party: NodeStatus], _ usage: ProcessUsage?, at now: Instant) -> [NodeView] {
        children.map { child in
            let state: NodeView.State =
                switch child.state {
                case .idle: .dead(why: "not started yet")
                case .launched: .starting
                case .ready, .finished: child.isPaused ? .paused : .up
                case .resting(let until): .resting(until - now)
                case .ended: .dead(why: child.epitaph)
                }
            let status = statuses[child.party]
            return NodeView(
                party: child.party, name: child.name, incarnation: child.incarnation, state: state, status: status,
                usage: child.party == .ledger ? usage : status?.usage,
                earlierTasks: child.earlierTasks, faults: faults(of: child, by: status))
        }
    }

    /// A node tells of what its present process knows, in the same order.
    private func faults(of child: Child, by status: NodeStatus?) -> [FaultView] {
        var told = (status?.faults ?? [])[...]
        return child.faults.map { fault in
            var stage: FaultView.Stage
            switch fault.state {
            case .happened: stage = .over
            case .gone: stage = .gone
            case .cleared: stage = .cleared
            case .present:
                // The ledger tells of none: its crash happens, or is still to come.
                stage = child.isAlive && child.party != .ledger ? .unknown : .waiting
                if let place = told.firstIndex(where: { $0.plan == fault.plan }) {
                    switch told[place].stage {
                    case .waiting: stage = .waiting
                    case .on: stage = .on
                    case .over: stage = .over
                    }
                    told = told[(place + 1)...]
                }
            }
            return FaultView(plan: fault.plan, isInjected: fault.injected != nil, stage: stage)
        }
    }

    // MARK: Tasks

    mutating func submit(
        _ payload: [UInt8], to service: ServiceID, _ ticket: UInt64, at now: Instant, _ effects: inout [Effect]
    ) {
        guard let place = places[.coordinator(service)] else { return }
        let child = children[place]
        guard child.isAlive else {
            return answer(
                ticket, .refused("\(child.name) is dead (\(child.epitaph)); quorate restart \(child.name)"), &effects)
        }
        effects.append(.tell(child.party, .submit(ticket: ticket, payload: payload)))
        wait(
            for: .task(coordinator: place, isIssued: false), ticket, patience: settings.drainPatience ?? .zero, at: now,
            &effects)
    }

    mutating func answered(_ report: TaskReport, by place: Int, _ effects: inout [Effect]) {
        guard let order = pending.firstIndex(where: { $0.ticket == report.ticket }),
            case .task(place, _) = pending[order].awaited
        else { return }
        answer(report.ticket, .task(report.stage), &effects)
        if NetworkAnswer.task(report.stage).isLast {
            pending.remove(at: order)
        } else {
            pending[order].awaited = .task(coordinator: place, isIssued: true)
        }
    }

    /// The first of them that can be asked.
    mutating func ask(
        _ signers: ArraySlice<OperatorIndex>, for task: Digest, _ ticket: UInt64, at now: Instant,
        _ effects: inout [Effect]
    ) {
        let able = signers.drop { signer in
            places[.signer(signer)].map { !children[$0].isAlive || children[$0].isPaused } ?? true
        }
        guard let signer = able.first else { return answer(ticket, .result(nil), &effects) }
        effects.append(.tell(.signer(signer), .tellResult(task: task)))
        wait(
            for: .result(task: task, asked: signer, others: able.dropFirst()), ticket,
            patience: settings.answerPatience, at: now, &effects)
    }

    mutating func answered(
        _ result: [UInt8]?, of task: Digest, by signer: OperatorIndex, at now: Instant, _ effects: inout [Effect]
    ) {
        let orders = pending.filter {
            if case .result(task, signer, _) = $0.awaited { true } else { false }
        }
        pending.removeAll { order in orders.contains { $0.ticket == order.ticket } }
        for order in orders {
            if let result {
                answer(order.ticket, .result(result), &effects)
            } else {
                giveUp(order, at: now, &effects)
            }
        }
    }

    // MARK: What does not come

    mutating func started(_ place: Int, _ effects: inout [Effect]) {
        settle(.start(of: place), with: .done(startAccount(of: place)), &effects)
    }

    private func startAccount(of place: Int) -> String {
        "\(children[place].name) is started again, as its process \(children[place].incarnation)"
    }

    mutating func expireOrders(at now: Instant, _ effects: inout [Effect]) {
        let expired = pending.filter { $0.expires <= now }
        pending.removeAll { $0.expires <= now }
        for order in expired { giveUp(order, at: now, &effects) }
    }

    /// A process has ended that was expected to answer.
    mutating func abandon(_ place: Int, at now: Instant, _ effects: inout [Effect]) {
        let (party, name) = (children[place].party, children[place].name)
        var orphaned: [PendingOrder] = []
        for (index, order) in pending.enumerated().reversed() {
            switch order.awaited {
            case .status(var missing, let statuses, let usage):
                missing.removeAll { $0 == party }
                pending[index].awaited = .status(missing: missing, statuses: statuses, usage: usage)
            case .start(of: place) where children[place].restart != nil: continue
            case .task(place, _), .start(of: place):
                orphaned.insert(pending.remove(at: index), at: 0)
            case .result(_, let asked, _) where .signer(asked) == party:
                orphaned.insert(pending.remove(at: index), at: 0)
            default: continue
            }
        }
        for order in orphaned {
            if case .start = order.awaited {
                let reason = children[place].account ?? children[place].epitaph
                answer(order.ticket, .lost("\(name) did not start: \(reason)"), &effects)
            } else {
                giveUp(order, at: now, &effects)
            }
        }
        answerWhoHasAll(at: now, &effects)
    }

    private mutating func giveUp(_ order: PendingOrder, at now: Instant, _ effects: inout [Effect]) {
        let last: NetworkAnswer
        switch order.awaited {
        case .status(_, let statuses, let usage):
            last = .status(views(statuses, usage, at: now), links: linkViews(at: now))
        case .task(let place, let isIssued):
            let name = children[place].name
            last = .lost(
                children[place].isAlive
                    ? "\(name) does not say what became of the task"
                    : "\(name) died; \(isIssued ? "the task is issued" : "whether the task was issued is not known")")
        case .result(let task, _, let others): return ask(others, for: task, order.ticket, at: now, &effects)
        case .end(let place): last = .lost("\(children[place].name) was killed, and is not gone yet")
        case .start(let place):
            let isLedger = children[place].party == .ledger
            last = .done(
                startAccount(of: place)
                    + (isLedger ? "; it is still reading its log" : "; it is not connected with everyone yet"))
        }
        answer(order.ticket, last, &effects)
    }
}
