import Attesting
import Cryptography
import Messages
import Primitives
import Services

/// An adversary: the honest operator, with some of its effects exchanged for others on their way out.
///
/// What it does wrong it writes to the records, which makes them the ground truth that verdicts are held against.
package struct FaultyOperator: PerturbableMachine {
    private var honest: OperatorMachine
    private let genesis: Genesis
    private let me: OperatorIndex
    private let key: PublicKey
    private var schedules: [FaultSchedule]
    private var began: Instant?
    private var asksForWakes = false
    /// Tasks falsified so far, by schedule.
    private var used: [UInt64]

    /// Executions under way, to make a second result from the honest one.
    private var executions: [Digest: Execution] = [:]
    private var executionOrder: [Digest] = []
    private var doubles: [VoteKey: DoubleVote] = [:]
    private var doubleOrder: [VoteKey] = []
    private var doubleRequests: [RequestID: VoteKey] = [:]
    private var nextRequest: UInt64 = Self.ownRequests
    private var collusions: [VoteKey: Collusion] = [:]
    /// Second tasks that are being executed.
    private var secondTasks: [Digest: VoteKey] = [:]
    private var halves: [Halves?]
    /// Those that it has opted in to.
    private let services: [ServiceID]
    private let seed: UInt64

    /// Requests of the adversary itself are numbered from here, those of the honest machine from 1.
    private static let ownRequests: UInt64 = 1 << 63
    private static let executionLimit = 4_096
    private static let doubleLimit = 4_096

    private struct Execution: Sendable {
        let service: ServiceID
        /// The digest of another result than its own; nil while there is none.
        var altered: Digest?
    }

    /// A number under which it will be shown two tasks.
    private struct Collusion: Sendable {
        let schedule: Int
        /// The task that the honest machine knows.
        let first: Digest
        /// The other one, once it has come.
        var second: ServiceTask?
        /// The vote on it waits for the other task: only then is it known which half is to see it.
        var held: (vote: Attestation, recipients: [Party])?
    }

    /// One operator's two votes for one vote key.
    private struct DoubleVote: Sendable {
        let schedule: Int
        let second: Statement
        var firstSent: Attestation?
        var firstRecipients: [Party] = []
        var secondSigned: Attestation?
        var secondRecipients: [Party] = []
        var isNoted = false
    }

    package init(
        _ honest: OperatorMachine, genesis: Genesis, signer: OperatorIndex, plans: [FaultPlan], seed: UInt64
    ) {
        self.honest = honest
        self.genesis = genesis
        me = signer
        key = genesis.signers[Int(signer.number)].key
        self.seed = seed
        services = genesis.services.indices.filter { genesis.services[$0].optedIn.contains(signer) }
            .map { ServiceID(UInt32($0)) }
        (schedules, used, halves) = ([], [], [])
        // Crashes come last, so that the others draw the same with or without them.
        for plan in plans.filter({ !$0.behaviour.isCrash }) + plans.filter(\.behaviour.isCrash) { add(plan) }
    }

    private mutating func add(_ plan: FaultPlan, injected: Instant? = nil) {
        guard schedules.count < FaultSchedule.limit else { return }
        schedules.append(FaultSchedule(plan, seed: seed &+ UInt64(schedules.count), injected: injected))
        used.append(0)
        if plan.behaviour == .collusion, let service = plan.service, Int(service.number) < genesis.services.count {
            halves.append(Halves(of: service, in: genesis, accomplices: plan.accomplices))
        } else {
            halves.append(nil)
        }
    }

    package var faultStates: [FaultState] {
        schedules.indices.map { schedules[$0].state(used: used[$0], in: services) }
    }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        if follow(event, at: now, effects: &effects) { return }
        var intended: [NodeEffect] = []
        switch event {
        case .signed(let id, let signature) where doubleRequests[id] != nil:
            signedSecond(doubleRequests.removeValue(forKey: id)!, signature, effects: &effects)
        case .received(.notice(.settled(let settlement)), _) where isSilent(in: settlement.voteKey):
            // Silent is silent: not even afterwards does it ask for its part.
            break
        case .received(let frame, _) where isHidden(frame, effects: &effects): break
        case .executed(let task, let outcome) where secondTasks[task] != nil:
            executedSecond(secondTasks.removeValue(forKey: task)!, task, outcome, effects: &effects)
        case .executed(let task, .result(let result)):
            rememberAltered(result, of: task)
            honest.handle(event, at: now, effects: &intended)
        default: honest.handle(event, at: now, effects: &intended)
        }
        for effect in intended { pass(effect, effects: &effects) }
        askForWakes(effects: &effects)
    }

    package func checkInvariants() {
        honest.checkInvariants()
        precondition(executions.count == executionOrder.count, "remembered executions are counted")
        precondition(executions.count <= Self.executionLimit, "remembered executions are limited")
        precondition(secondTasks.values.allSatisfy { collusions[$0]?.second != nil }, "second tasks are of collusions")
        precondition(doubles.count == doubleOrder.count, "double votes are counted")
        precondition(doubles.count <= Self.doubleLimit, "double votes are limited")
    }

    /// Keeps the schedules. - Returns: true when the process is to die.
    private mutating func follow(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) -> Bool {
        switch event {
        case .began(let instant):
            began = instant
            asksForWakes = true
        case .woke: asksForWakes = true
        case .perturbed(let bytes): perturb(bytes, at: now)
        default: break
        }
        for index in schedules.indices {
            var hasBegun = false
            if schedules[index].passed(to: now, began: began) { hasBegun = true }
            if case .received(.task(let signed), _) = event, schedules[index].saw(signed.task, at: now) {
                hasBegun = true
            }
            if hasBegun {
                asksForWakes = true
                let plan = schedules[index].plan
                if !plan.behaviour.isProvable {
                    let injection = Injection(behaviour: plan.behaviour.rawValue, service: plan.service)
                    effects.append(.note(.injected(injection)))
                }
                if plan.behaviour == .crash {
                    effects.append(.crash)
                    return true
                }
            }
            noteEnds(of: index, effects: &effects)
        }
        return false
    }

    private mutating func perturb(_ bytes: [UInt8], at now: Instant) {
        asksForWakes = true
        switch try? Perturbation(borsh: bytes) {
        case .inject(let plan): add(plan, injected: now)
        case .clear:
            for index in schedules.indices { schedules[index].end(in: services) }
        case nil: break
        }
    }

    /// Who was silent speaks again. Of the others' faults nothing ends here: a double vote stays what it is, and who has
    /// crashed is another process when it comes back.
    private mutating func noteEnds(of index: Int, effects: inout [NodeEffect]) {
        let behaviour = schedules[index].plan.behaviour
        for service in schedules[index].takeEnds() where behaviour == .silent {
            effects.append(.note(.recovered(behaviour: behaviour.rawValue, service: service)))
        }
    }

    /// The beginnings and ends that are still to come. Each wake uses up all that was asked for before.
    private mutating func askForWakes(effects: inout [NodeEffect]) {
        guard asksForWakes else { return }
        asksForWakes = false
        for schedule in schedules {
            if let due = schedule.nextChange(began: began) { effects.append(.wake(at: due)) }
        }
    }

    private mutating func pass(_ effect: NodeEffect, effects: inout [NodeEffect]) {
        switch effect {
        case .execute(let execution):
            if !schedules.isEmpty { remember(execution) }
            effects.append(effect)
        case .sign(_, .statement(let statement)):
            effects.append(effect)
            signSecond(besides: statement, effects: &effects)
        case .send(.attestation(let vote), let recipients) where vote.signer == key:
            sendVote(vote, to: recipients, effects: &effects)
        default: effects.append(effect)
        }
    }

    private mutating func remember(_ execution: TaskExecution) {
        guard executions.updateValue(Execution(service: execution.service), forKey: execution.task) == nil else {
            return
        }
        executionOrder.append(execution.task)
        if executionOrder.count > Self.executionLimit { executions[executionOrder.removeFirst()] = nil }
    }

    private mutating func rememberAltered(_ result: [UInt8], of task: Digest) {
        guard let service = executions[task]?.service, let module = module(of: service) else { return }
        executions[task]?.altered = Domain.resultDigest.digest(module.altered(result))
    }

    private func module(of service: ServiceID) -> (any ServiceModule)? {
        ModuleCatalogue.module(named: genesis.services[Int(service.number)].module)
    }

    /// Asks for a signature on another result for the same vote key, past the guard.
    private mutating func signSecond(besides statement: Statement, effects: inout [NodeEffect]) {
        let voteKey = statement.voteKey
        guard doubles[voteKey] == nil, collusions[voteKey] == nil,
            let altered = executions[statement.task]?.altered,
            let index = schedules.indices.first(where: {
                schedules[$0].plan.behaviour.isProvable && schedules[$0].plan.behaviour != .collusion
                    && schedules[$0].applies(to: statement.service, voteKey.subject, used: used[$0])
            })
        else { return }
        used[index] += 1
        var second = statement
        second.result = altered
        sign(second, schedule: index, effects: &effects)
    }

    private mutating func sign(_ second: Statement, schedule: Int, effects: inout [NodeEffect]) {
        let voteKey = second.voteKey
        doubles[voteKey] = DoubleVote(schedule: schedule, second: second)
        forgetOldestDouble(before: voteKey)
        let id = RequestID(nextRequest)
        nextRequest += 1
        doubleRequests[id] = voteKey
        effects.append(.sign(id, .statement(second)))
    }

    private mutating func forgetOldestDouble(before newest: VoteKey) {
        doubleOrder.append(newest)
        guard doubleOrder.count > Self.doubleLimit else { return }
        let oldest = doubleOrder.removeFirst()
        doubles[oldest] = nil
        endCollusion(oldest)
    }

    private mutating func sendVote(_ vote: Attestation, to recipients: [Party], effects: inout [NodeEffect]) {
        let voteKey = vote.statement.voteKey
        guard !isSilent(in: voteKey) else { return }
        guard var double = doubles[voteKey] else {
            guard let collusion = collusions[voteKey] else {
                return effects.append(.send(.attestation(vote), to: recipients))
            }
            // Some may have connected since it was held first.
            let earlier = collusion.held?.recipients ?? []
            collusions[voteKey]?.held = (vote, earlier + recipients.filter { !earlier.contains($0) })
            return
        }
        let first = recipients.filter { isShown(vote.statement.task, double, isFirst: true, $0) }
        let second = recipients.filter { isShown(double.second.task, double, isFirst: false, $0) }
        double.firstSent = double.firstSent ?? vote
        if !double.isNoted {
            // It may take a while until either vote has gone to somebody.
            double.firstRecipients += first.filter { !double.firstRecipients.contains($0) }
            double.secondRecipients += second.filter { !double.secondRecipients.contains($0) }
        }
        doubles[voteKey] = double
        if !first.isEmpty { effects.append(.send(.attestation(vote), to: first)) }
        // Sent again later, each half gets what it got before.
        if let signed = double.secondSigned, !second.isEmpty {
            effects.append(.send(.attestation(signed), to: second))
        }
        noteIfBothSent(voteKey, effects: &effects)
    }

    private func isSilent(in voteKey: VoteKey) -> Bool {
        schedules.contains {
            $0.plan.behaviour == .silent && $0.applies(to: voteKey.service, voteKey.subject, used: 0)
        }
    }

    private mutating func signedSecond(_ voteKey: VoteKey, _ signature: Signature, effects: inout [NodeEffect]) {
        guard var double = doubles[voteKey] else { return }
        let vote = Attestation(statement: double.second, signer: key, signature: signature)
        double.secondSigned = vote
        doubles[voteKey] = double
        guard double.firstSent != nil else { return }
        if !double.secondRecipients.isEmpty {
            effects.append(.send(.attestation(vote), to: double.secondRecipients))
        }
        noteIfBothSent(voteKey, effects: &effects)
    }

    /// What went to nobody is no double vote: in a star, a split shows the coordinator one vote alone.
    private mutating func noteIfBothSent(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let double = doubles[voteKey], !double.isNoted, let first = double.firstSent,
            let second = double.secondSigned, !double.firstRecipients.isEmpty, !double.secondRecipients.isEmpty
        else { return }
        doubles[voteKey]?.isNoted = true
        effects.append(
            .note(
                .injected(
                    Injection(
                        behaviour: schedules[double.schedule].plan.behaviour.rawValue, service: voteKey.service,
                        subject: voteKey.subject,
                        votes: [
                            Injection.SentVote(attestation: first, recipients: double.firstRecipients),
                            Injection.SentVote(attestation: second, recipients: double.secondRecipients),
                        ]))))
    }

    /// Whether a vote of the two is for this party. In a collusion the coordinator gets both, and conceals one.
    private func isShown(_ task: Digest, _ double: DoubleVote, isFirst: Bool, _ party: Party) -> Bool {
        switch schedules[double.schedule].plan.behaviour {
        case .equivocateSplit: return isInOtherHalf(party) != isFirst
        case .collusion:
            guard let first = collusions[double.second.voteKey]?.first, let halves = halves[double.schedule] else {
                return false
            }
            return party.isCoordinator
                || halves.isShown(task, insteadOf: isFirst ? double.second.task : first, party)
        default: return true
        }
    }

    /// The peers in the upper half of genesis order get the second vote; the coordinator never does.
    private func isInOtherHalf(_ party: Party) -> Bool {
        guard case .signer(let index) = party else { return false }
        return Int(index.number) * 2 >= genesis.signers.count
    }

    // MARK: Collusion

    /// Keeps from the honest machine what would make it a witness: the second task, the votes on it, and the question for
    /// it.
    private mutating func isHidden(_ frame: Frame, effects: inout [NodeEffect]) -> Bool {
        switch frame {
        case .task(let signed): return isSecond(signed, effects: &effects)
        case .attestation(let vote):
            return collusions[vote.statement.voteKey].map { $0.first != vote.statement.task } ?? false
        case .taskRequest(let voteKey, _): return collusions[voteKey] != nil
        default: return false
        }
    }

    /// - Returns: whether it is the other task under a number that it colludes about; that one it signs itself.
    private mutating func isSecond(_ signed: SignedTask, effects: inout [NodeEffect]) -> Bool {
        let (voteKey, digest) = (signed.task.voteKey, signed.task.digest)
        guard let collusion = collusions[voteKey] else {
            if collusions.count < Self.doubleLimit,
                let index = schedules.indices.first(where: {
                    schedules[$0].plan.behaviour == .collusion
                        && schedules[$0].applies(to: signed.task.service, voteKey.subject, used: used[$0])
                })
            {
                used[index] += 1
                collusions[voteKey] = Collusion(schedule: index, first: digest)
                noteCollusion(in: voteKey, effects: &effects)
            }
            return false
        }
        guard digest != collusion.first else { return false }
        guard doubles[voteKey] == nil, collusion.second == nil else { return true }
        collusions[voteKey]?.second = signed.task
        secondTasks[digest] = voteKey
        effects.append(.execute(TaskExecution(of: signed.task, digest: digest)))
        return true
    }

    private mutating func executedSecond(
        _ voteKey: VoteKey, _ digest: Digest, _ outcome: ExecutionOutcome, effects: inout [NodeEffect]
    ) {
        guard let collusion = collusions[voteKey], let second = collusion.second else { return }
        switch outcome {
        case .result(let result):
            sign(
                Statement(for: second, digest: digest, result: result), schedule: collusion.schedule, effects: &effects)
        case .refused:
            // Without two results there is nothing to collude about: it votes like everybody else.
            endCollusion(voteKey)
        }
        if let held = collusion.held {
            collusions[voteKey]?.held = nil
            sendVote(held.vote, to: held.recipients, effects: &effects)
        }
    }

    /// Already now, whatever comes of it: the other task may never come, and then its vote never goes.
    private func noteCollusion(in voteKey: VoteKey, effects: inout [NodeEffect]) {
        let behaviour = Behaviour.collusion.rawValue
        effects.append(
            .note(
                .injected(Injection(behaviour: behaviour, service: voteKey.service, subject: voteKey.subject))))
    }

    private mutating func endCollusion(_ voteKey: VoteKey) {
        collusions[voteKey] = nil
        for (task, key) in secondTasks where key == voteKey { secondTasks[task] = nil }
    }
}
