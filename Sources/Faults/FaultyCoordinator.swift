import Attesting
import Cryptography
import Messages
import Primitives

/// A coordinator that cheats or dies: the honest one, with some of its effects exchanged for others on their way out, and
/// some of what it would find out kept from it.
///
/// What it does wrong it writes to the records, which makes them the ground truth that verdicts are held against.
package struct FaultyCoordinator: PerturbableMachine {
    private var honest: CoordinatorMachine
    private let service: ServiceID
    private let genesis: Genesis
    private var board: FaultBoard
    private var killPoints = KillPoints(.coordinatorCrash)
    /// By schedule.
    private var halves: [Int: Halves] = [:]
    private var isDead = false

    private var doubles: [VoteKey: DoubleTask] = [:]
    private var doubleOrder: [VoteKey] = []
    private var doubleRequests: [RequestID: VoteKey] = [:]
    private var requests = OwnRequests()

    private static let doubleLimit = 4_096

    /// Two tasks under one number.
    private struct DoubleTask: Sendable {
        let schedule: Int
        let first: Digest
        let second: ServiceTask
        let secondDigest: Digest
        var firstSigned: SignedTask?
        var secondSigned: SignedTask?
        /// Everyone whom the honest machine sends its task to.
        var audience: [Party] = []
    }

    package init(
        _ honest: CoordinatorMachine, genesis: Genesis, service: ServiceID, plans: [FaultPlan], seed: UInt64
    ) {
        self.honest = honest
        self.service = service
        self.genesis = genesis
        board = FaultBoard(services: [service], seed: seed)
        for plan in plans { board.add(plan) }
    }

    package var faultStates: [FaultState] { board.states }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        guard !isDead else { return }
        note(board.follow(event, at: now), at: now, effects: &effects)
        guard !isDead else { return }
        if killPoints.dies(hearing: event, board) { return die(effects: &effects) }
        var intended: [NodeEffect] = []
        switch event {
        case .signed(let id, let signature) where doubleRequests[id] != nil:
            signedSecond(doubleRequests.removeValue(forKey: id)!, signature, effects: &effects)
        case .received(.attestation(let vote), _) where isHidden(vote): break
        default: honest.handle(event, at: now, effects: &intended)
        }
        for effect in intended where !isDead { carryOut(effect, at: now, effects: &effects) }
        effects += board.takeWakes().map { .wake(at: $0) }
    }

    package func checkInvariants() {
        honest.checkInvariants()
        precondition(doubles.count == doubleOrder.count, "double tasks are counted")
        precondition(doubles.count <= Self.doubleLimit, "double tasks are limited")
    }

    // MARK: Schedules

    private mutating func note(
        _ changes: (begun: [Int], ended: [(Int, ServiceID?)]), at now: Instant, effects: inout [NodeEffect]
    ) {
        for (index, service) in changes.ended where isLasting(board.plan(index).behaviour) {
            effects.append(.note(.recovered(behaviour: board.plan(index).behaviour.rawValue, service: service)))
        }
        for index in changes.begun where !isDead {
            let plan = board.plan(index)
            if plan.behaviour == .coordinatorCrash, plan.point == nil { return die(effects: &effects) }
            guard isLasting(plan.behaviour) else { continue }
            effects.append(.note(.injected(Injection(behaviour: plan.behaviour.rawValue, service: service))))
            if plan.behaviour == .pause, let rest = board.rest(of: index, at: now) {
                effects.append(.pause(for: rest))
            }
        }
    }

    private func isLasting(_ behaviour: Behaviour) -> Bool { behaviour == .coordinatorCensors || behaviour == .pause }

    private mutating func die(effects: inout [NodeEffect]) {
        isDead = true
        let behaviour = Behaviour.coordinatorCrash.rawValue
        effects.append(.note(.injected(Injection(behaviour: behaviour, service: service))))
        effects.append(.crash)
    }

    // MARK: Effects

    private mutating func carryOut(_ effect: NodeEffect, at now: Instant, effects: inout [NodeEffect]) {
        if case .sign(_, .task(let task)) = effect {
            note(board.saw(task, at: now), at: now, effects: &effects)
            guard !isDead else { return }
        }
        let death = killPoints.death(by: effect, board, own: { _ in false })
        if death != .before { pass(effect, effects: &effects) }
        if death != nil { die(effects: &effects) }
    }

    private mutating func pass(_ effect: NodeEffect, effects: inout [NodeEffect]) {
        switch effect {
        case .sign(_, .task(let task)):
            effects.append(effect)
            signSecond(besides: task, effects: &effects)
        case .send(.task(let signed), let recipients): sendTask(signed, to: recipients, effects: &effects)
        default: effects.append(effect)
        }
    }

    /// Asks for a signature on another task under the same number, past the record of what was issued.
    private mutating func signSecond(besides task: ServiceTask, effects: inout [NodeEffect]) {
        let voteKey = task.voteKey
        guard doubles[voteKey] == nil, let index = board.first(of: [.coordinatorEquivocates], for: voteKey) else {
            return
        }
        var second = task
        second.payload = honest.otherPayload(
            than: task.payload, for: task.sequence,
            seed: SeededRandom.draw(seed: board.seed, purpose: "second task", task.sequence.number))
        board.use(index)
        if halves[index] == nil {
            halves[index] = Halves(of: service, in: genesis, accomplices: board.plan(index).accomplices)
        }
        doubles[voteKey] = DoubleTask(
            schedule: index, first: task.digest, second: second, secondDigest: second.digest)
        doubleOrder.append(voteKey)
        if doubleOrder.count > Self.doubleLimit { doubles[doubleOrder.removeFirst()] = nil }
        let id = requests.take()
        doubleRequests[id] = voteKey
        effects.append(.sign(id, .task(second)))
    }

    private mutating func signedSecond(_ voteKey: VoteKey, _ signature: Signature, effects: inout [NodeEffect]) {
        guard var double = doubles[voteKey] else { return }
        let signed = SignedTask(task: double.second, signature: signature)
        double.secondSigned = signed
        doubles[voteKey] = double
        send(signed, to: shown(double.secondDigest, in: double), effects: &effects)
        noteIfBothSent(double, effects: &effects)
    }

    private mutating func sendTask(_ signed: SignedTask, to recipients: [Party], effects: inout [NodeEffect]) {
        guard var double = doubles[signed.task.voteKey] else {
            return effects.append(.send(.task(signed), to: recipients))
        }
        let isFirst = double.firstSigned == nil
        if isFirst {
            double.firstSigned = signed
            double.audience = recipients
            doubles[signed.task.voteKey] = double
        }
        let first = shown(double.first, in: double)
        send(signed, to: recipients.filter(first.contains), effects: &effects)
        // Sent again later, each half gets what it got before.
        if let second = double.secondSigned {
            let others = shown(double.secondDigest, in: double)
            send(second, to: recipients.filter(others.contains), effects: &effects)
        }
        if isFirst { noteIfBothSent(double, effects: &effects) }
    }

    private func send(_ signed: SignedTask, to recipients: [Party], effects: inout [NodeEffect]) {
        if !recipients.isEmpty { effects.append(.send(.task(signed), to: recipients)) }
    }

    /// Whom a task of the two is for: its half, and the accomplices.
    private func shown(_ task: Digest, in double: DoubleTask) -> [Party] {
        let other = task == double.first ? double.secondDigest : double.first
        let halves = halves[double.schedule]!
        return double.audience.filter { halves.isAccomplice($0) || halves.isShown(task, insteadOf: other, $0) }
    }

    private func noteIfBothSent(_ double: DoubleTask, effects: inout [NodeEffect]) {
        guard let first = double.firstSigned, let second = double.secondSigned else { return }
        effects.append(
            .note(
                .injected(
                    Injection(
                        behaviour: board.plan(double.schedule).behaviour.rawValue, service: service,
                        subject: first.task.voteKey.subject,
                        tasks: [
                            Injection.SentTask(first, recipients: shown(double.first, in: double)),
                            Injection.SentTask(second, recipients: shown(double.secondDigest, in: double)),
                        ]))))
    }

    /// The honest machine never issued the second task: what is voted on it would give its accomplices away. And it does
    /// not hear of those whom it censors.
    private func isHidden(_ vote: Attestation) -> Bool {
        if doubles[vote.statement.voteKey]?.secondDigest == vote.statement.task { return true }
        guard let index = board.first(of: [.coordinatorCensors], for: vote.statement.voteKey) else { return false }
        return board.plan(index).parameters.chosen.contains {
            genesis.signers[Int($0.number)].key == vote.signer
        }
    }
}
