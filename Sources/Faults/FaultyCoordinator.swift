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
    private let seed: UInt64
    private var schedules: [FaultSchedule]
    private var halves: [Halves]
    private let genesis: Genesis
    private var began: Instant?
    private var asksForWakes = false
    /// Tasks doubled so far, by schedule.
    private var used: [UInt64]
    private var isDead = false

    private var doubles: [VoteKey: DoubleTask] = [:]
    private var doubleOrder: [VoteKey] = []
    private var doubleRequests: [RequestID: VoteKey] = [:]
    private var nextRequest: UInt64 = Self.ownRequests
    /// Submitted evidence, by the digest of its instruction.
    private var submissions: Set<Digest> = []

    /// Requests of the adversary itself are numbered from here, those of the honest machine from 1.
    private static let ownRequests: UInt64 = 1 << 63
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
        self.seed = seed
        self.genesis = genesis
        (schedules, used, halves) = ([], [], [])
        for plan in plans { add(plan) }
    }

    private mutating func add(_ plan: FaultPlan, injected: Instant? = nil) {
        guard schedules.count < FaultSchedule.limit else { return }
        schedules.append(FaultSchedule(plan, seed: seed &+ UInt64(schedules.count), injected: injected))
        used.append(0)
        halves.append(Halves(of: service, in: genesis, accomplices: plan.accomplices))
    }

    package var faultStates: [FaultState] {
        schedules.indices.map { schedules[$0].state(used: used[$0], in: [service]) }
    }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        guard !isDead else { return }
        follow(event, at: now, effects: &effects)
        var intended: [NodeEffect] = []
        switch event {
        case _ where isDead: return
        case .signed(let id, let signature) where doubleRequests[id] != nil:
            signedSecond(doubleRequests.removeValue(forKey: id)!, signature, effects: &effects)
        case .received(.attestation(let vote), _) where isHidden(vote.statement): break
        default: honest.handle(event, at: now, effects: &intended)
        }
        for effect in intended where !isDead { pass(effect, at: now, effects: &effects) }
        askForWakes(effects: &effects)
    }

    package func checkInvariants() {
        honest.checkInvariants()
        precondition(doubles.count == doubleOrder.count, "double tasks are counted")
        precondition(doubles.count <= Self.doubleLimit, "double tasks are limited")
    }

    // MARK: Schedules

    private mutating func follow(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        switch event {
        case .began(let instant):
            began = instant
            asksForWakes = true
        case .woke: asksForWakes = true
        case .perturbed(let bytes): perturb(bytes, at: now)
        case .received(.receipt(let receipt), .ledger) where submissions.contains(receipt.instruction):
            die(at: .acknowledge, effects: &effects)
        default: break
        }
        guard !isDead else { return }
        for index in schedules.indices where schedules[index].passed(to: now, began: began) {
            hasBegun(index, effects: &effects)
        }
    }

    private mutating func perturb(_ bytes: [UInt8], at now: Instant) {
        asksForWakes = true
        switch try? Perturbation(borsh: bytes) {
        case .inject(let plan): add(plan, injected: now)
        case .clear:
            for index in schedules.indices { schedules[index].end(in: [service]) }
        case nil: break
        }
    }

    private mutating func hasBegun(_ index: Int, effects: inout [NodeEffect]) {
        asksForWakes = true
        let plan = schedules[index].plan
        guard plan.behaviour == .coordinatorCrash, plan.point == nil else { return }
        die(effects: &effects)
    }

    private mutating func die(at point: KillPoint, effects: inout [NodeEffect]) {
        guard schedules.contains(where: { $0.plan.point == point && $0.isOn }) else { return }
        die(effects: &effects)
    }

    private mutating func die(effects: inout [NodeEffect]) {
        guard !isDead else { return }
        isDead = true
        let behaviour = Behaviour.coordinatorCrash.rawValue
        effects.append(.note(.injected(Injection(behaviour: behaviour, service: service))))
        effects.append(.crash)
    }

    private mutating func askForWakes(effects: inout [NodeEffect]) {
        guard asksForWakes else { return }
        asksForWakes = false
        for schedule in schedules {
            if let due = schedule.nextChange(began: began) { effects.append(.wake(at: due)) }
        }
    }

    // MARK: Effects

    private mutating func pass(_ effect: NodeEffect, at now: Instant, effects: inout [NodeEffect]) {
        switch effect {
        case .persist(.evidence):
            die(at: .detect, effects: &effects)
            guard !isDead else { return }
            effects.append(effect)
            die(at: .persist, effects: &effects)
        case .send(.submit(let signed), _) where signed.instruction.isEvidence:
            effects.append(effect)
            submissions.insert(signed.digest)
            die(at: .submit, effects: &effects)
        case .sign(_, .task(let task)):
            for index in schedules.indices where schedules[index].saw(task, at: now) {
                hasBegun(index, effects: &effects)
            }
            guard !isDead else { return }
            effects.append(effect)
            signSecond(besides: task, effects: &effects)
        case .send(.task(let signed), let recipients): sendTask(signed, to: recipients, effects: &effects)
        default: effects.append(effect)
        }
    }

    /// Asks for a signature on another task under the same number, past the record of what was issued.
    private mutating func signSecond(besides task: ServiceTask, effects: inout [NodeEffect]) {
        let voteKey = task.voteKey
        guard doubles[voteKey] == nil,
            let index = schedules.indices.first(where: {
                schedules[$0].plan.behaviour == .coordinatorEquivocates
                    && schedules[$0].applies(to: service, voteKey.subject, used: used[$0])
            })
        else { return }
        var second = task
        second.payload = honest.otherPayload(
            than: task.payload, for: task.sequence,
            seed: SeededRandom.draw(seed: seed, purpose: "second task", task.sequence.number))
        used[index] += 1
        doubles[voteKey] = DoubleTask(
            schedule: index, first: task.digest, second: second, secondDigest: second.digest)
        doubleOrder.append(voteKey)
        if doubleOrder.count > Self.doubleLimit { doubles[doubleOrder.removeFirst()] = nil }
        let id = RequestID(nextRequest)
        nextRequest += 1
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
        let halves = halves[double.schedule]
        return double.audience.filter { halves.isAccomplice($0) || halves.isShown(task, insteadOf: other, $0) }
    }

    private func noteIfBothSent(_ double: DoubleTask, effects: inout [NodeEffect]) {
        guard let first = double.firstSigned, let second = double.secondSigned else { return }
        effects.append(
            .note(
                .injected(
                    Injection(
                        behaviour: schedules[double.schedule].plan.behaviour.rawValue, service: service,
                        subject: first.task.voteKey.subject,
                        tasks: [
                            Injection.SentTask(first, recipients: shown(double.first, in: double)),
                            Injection.SentTask(second, recipients: shown(double.secondDigest, in: double)),
                        ]))))
    }

    /// The honest machine never issued the second task: what is voted on it would give its accomplices away.
    private func isHidden(_ statement: Statement) -> Bool { doubles[statement.voteKey]?.secondDigest == statement.task }
}

extension Instruction {
    fileprivate var isEvidence: Bool { if case .submitEvidence = self { true } else { false } }
}
