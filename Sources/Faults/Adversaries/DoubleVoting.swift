import Attesting
import Cryptography
import Messages
import Primitives
import Services

/// Signs two different statements for one vote key: `equivocate`, `equivocate-split`, `equivocate-late` and `exit-race` by
/// another result for the same task, `collusion` by another task under the same number.
///
/// The second signature goes past the guard.
struct DoubleVoting: Adversary {
    private var memory = ExecutionMemory()
    private var doubles: [VoteKey: DoubleVote] = [:]
    private var order: [VoteKey] = []
    private var requests: [RequestID: VoteKey] = [:]
    private var collusions: [VoteKey: Collusion] = [:]
    /// Second tasks that are being executed.
    private var secondTasks: [Digest: VoteKey] = [:]
    /// By schedule.
    private var halves: [Int: Halves] = [:]
    /// Second votes that wait for their time, by it.
    private var late: [(due: Instant, voteKey: VoteKey)] = []

    private static let behaviours: Set<Behaviour> = [.equivocate, .equivocateSplit, .equivocateLate, .exitRace]
    private static let limit = 4_096

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
        let behaviour: Behaviour
        let second: Statement
        var hasAsked = false
        var isFirstSent = false
        var secondSigned: Attestation?
        /// Who is to have it once it is signed.
        var secondRecipients: [Party] = []
    }

    var nextWake: Instant? { late.first?.due }

    func checkInvariants() {
        memory.checkInvariants()
        precondition(secondTasks.values.allSatisfy { collusions[$0]?.second != nil }, "second tasks are of collusions")
        precondition(doubles.count == order.count, "double votes are counted")
        precondition(doubles.count <= Self.limit, "double votes are limited")
        precondition(late.count <= doubles.count, "only double votes are late")
    }

    func votesTwice(on voteKey: VoteKey) -> Behaviour? { doubles[voteKey]?.behaviour }

    mutating func hear(_ event: NodeEvent, _ scene: inout Scene) -> NodeEvent? {
        signLate(&scene)
        switch event {
        case .signed(let id, let signature):
            guard let voteKey = requests.removeValue(forKey: id) else { return event }
            signedSecond(voteKey, signature, &scene)
            return nil
        case .received(let frame, _): return isHidden(frame, &scene) ? nil : event
        case .executed(let task, let outcome):
            if let voteKey = secondTasks.removeValue(forKey: task) {
                executedSecond(voteKey, task, outcome, &scene)
                return nil
            }
            if case .result(let result) = outcome { memory.answered(task, result, in: scene.genesis) }
            return event
        default: return event
        }
    }

    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        switch effect {
        case .execute(let execution):
            memory.asked(execution)
            scene.effects.append(effect)
        case .sign(_, .statement(let statement)):
            scene.effects.append(effect)
            signSecond(besides: statement, &scene)
        case .send(.attestation(let vote), let recipients) where vote.signer == scene.key:
            send(vote, to: recipients, &scene)
        case .note(.certified(let certificate)):
            scene.effects.append(effect)
            isCertified(certificate.statement.voteKey, &scene)
        default: scene.effects.append(effect)
        }
    }

    // MARK: The second vote

    /// Asks for a signature on another result for the same vote key.
    private mutating func signSecond(besides statement: Statement, _ scene: inout Scene) {
        let voteKey = statement.voteKey
        guard doubles[voteKey] == nil, collusions[voteKey] == nil,
            let altered = memory.alteredResult(of: statement.task), altered != statement.result,
            let index = scene.board.first(of: Self.behaviours, for: voteKey)
        else { return }
        scene.board.use(index)
        var second = statement
        second.result = altered
        let behaviour = scene.board.plan(index).behaviour
        keep(second, schedule: index, by: behaviour)
        if behaviour != .equivocateLate { ask(for: voteKey, &scene) }
        if behaviour == .exitRace { leave(&scene) }
    }

    private mutating func keep(_ second: Statement, schedule: Int, by behaviour: Behaviour) {
        doubles[second.voteKey] = DoubleVote(schedule: schedule, behaviour: behaviour, second: second)
        order.append(second.voteKey)
        guard order.count > Self.limit else { return }
        let oldest = order.removeFirst()
        doubles[oldest] = nil
        late.removeAll { $0.voteKey == oldest }
        endCollusion(oldest)
    }

    private mutating func ask(for voteKey: VoteKey, _ scene: inout Scene) {
        guard let second = doubles[voteKey]?.second, doubles[voteKey]?.hasAsked == false else { return }
        doubles[voteKey]?.hasAsked = true
        let id = scene.requests.take()
        requests[id] = voteKey
        scene.effects.append(.sign(id, .statement(second)))
    }

    private mutating func signedSecond(_ voteKey: VoteKey, _ signature: Signature, _ scene: inout Scene) {
        guard var double = doubles[voteKey] else { return }
        let vote = Attestation(statement: double.second, signer: scene.key, signature: signature)
        double.secondSigned = vote
        doubles[voteKey] = double
        if double.isFirstSent, !double.secondRecipients.isEmpty {
            scene.effects.append(.send(.attestation(vote), to: double.secondRecipients))
        }
    }

    private mutating func send(_ vote: Attestation, to recipients: [Party], _ scene: inout Scene) {
        let voteKey = vote.statement.voteKey
        // One that has been made worthless on its way contradicts nothing; the right one may come later.
        guard doubles[voteKey] == nil || vote.isValid else {
            return scene.effects.append(.send(.attestation(vote), to: recipients))
        }
        guard var double = doubles[voteKey] else {
            guard let collusion = collusions[voteKey] else {
                return scene.effects.append(.send(.attestation(vote), to: recipients))
            }
            // Some may have connected since it was held first.
            let earlier = collusion.held?.recipients ?? []
            collusions[voteKey]?.held = (vote, earlier + recipients.filter { !earlier.contains($0) })
            return
        }
        let first = recipients.filter { isShown(vote.statement.task, double, isFirst: true, $0, scene) }
        let second = recipients.filter { isShown(double.second.task, double, isFirst: false, $0, scene) }
        double.isFirstSent = true
        if double.secondSigned == nil {
            double.secondRecipients += second.filter { !double.secondRecipients.contains($0) }
        }
        doubles[voteKey] = double
        if !first.isEmpty { scene.effects.append(.send(.attestation(vote), to: first)) }
        // Sent again later, each half gets what it got before.
        if let signed = double.secondSigned, !second.isEmpty {
            scene.effects.append(.send(.attestation(signed), to: second))
        }
    }

    /// Whether a vote of the two is for this party. In a collusion the coordinator gets both, and conceals one.
    private func isShown(
        _ task: Digest, _ double: DoubleVote, isFirst: Bool, _ party: Party, _ scene: Scene
    ) -> Bool {
        switch double.behaviour {
        case .equivocateSplit: return isInOtherHalf(party, scene) != isFirst
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
    private func isInOtherHalf(_ party: Party, _ scene: Scene) -> Bool {
        guard case .signer(let index) = party else { return false }
        return Int(index.number) * 2 >= scene.genesis.signers.count
    }

    // MARK: Late

    /// From here on, or after its delay, the second vote of a late equivocation is due.
    private mutating func isCertified(_ voteKey: VoteKey, _ scene: inout Scene) {
        guard let double = doubles[voteKey], !double.hasAsked, !late.contains(where: { $0.voteKey == voteKey }) else {
            return
        }
        let due = scene.now + (scene.board.plan(double.schedule).parameters.delay ?? .zero)
        guard due > scene.now else { return ask(for: voteKey, &scene) }
        let place = late.firstIndex { $0.due > due } ?? late.endIndex
        late.insert((due, voteKey), at: place)
    }

    private mutating func signLate(_ scene: inout Scene) {
        while let first = late.first, first.due <= scene.now {
            late.removeFirst()
            ask(for: first.voteKey, &scene)
        }
    }

    // MARK: Leaving

    /// With all that is its own, and for good.
    private func leave(_ scene: inout Scene) {
        for restaker in scene.genesis.restakers where restaker.key == scene.key {
            for delegation in restaker.delegations {
                scene.submissions.append(
                    .undelegate(delegation.asset, delegation.amount, from: delegation.signer))
                scene.submissions.append(.withdraw(delegation.asset, delegation.amount))
            }
        }
        scene.submissions.append(.exit)
    }

    // MARK: Collusion

    /// Keeps from the honest machine what would make it a witness: the second task, the votes on it, and the question for
    /// it. In a star, word of a certificate says that a late vote is due.
    private mutating func isHidden(_ frame: Frame, _ scene: inout Scene) -> Bool {
        switch frame {
        case .task(let signed): return isSecond(signed, &scene)
        case .attestation(let vote):
            return collusions[vote.statement.voteKey].map { $0.first != vote.statement.task } ?? false
        case .taskRequest(let voteKey, _): return collusions[voteKey] != nil
        case .certified(let notice):
            isCertified(notice.statement.voteKey, &scene)
            return false
        default: return false
        }
    }

    /// - Returns: whether it is the other task under a number that it colludes about; that one it signs itself.
    private mutating func isSecond(_ signed: SignedTask, _ scene: inout Scene) -> Bool {
        let (voteKey, digest) = (signed.task.voteKey, signed.task.digest)
        guard let collusion = collusions[voteKey] else {
            if collusions.count < Self.limit, let index = scene.board.first(of: [.collusion], for: voteKey) {
                scene.board.use(index)
                collusions[voteKey] = Collusion(schedule: index, first: digest)
                if halves[index] == nil {
                    halves[index] = Halves(
                        of: voteKey.service, in: scene.genesis, accomplices: scene.board.plan(index).accomplices)
                }
                // Already now, whatever comes of it: the other task may never come, and then its vote never goes.
                scene.note(
                    Injection(
                        behaviour: Behaviour.collusion.rawValue, service: voteKey.service, subject: voteKey.subject))
            }
            return false
        }
        guard digest != collusion.first else { return false }
        guard doubles[voteKey] == nil, collusion.second == nil else { return true }
        collusions[voteKey]?.second = signed.task
        secondTasks[digest] = voteKey
        scene.effects.append(.execute(TaskExecution(of: signed.task, digest: digest)))
        return true
    }

    private mutating func executedSecond(
        _ voteKey: VoteKey, _ digest: Digest, _ outcome: ExecutionOutcome, _ scene: inout Scene
    ) {
        guard let collusion = collusions[voteKey], let second = collusion.second else { return }
        switch outcome {
        case .result(let result):
            let statement = Statement(for: second, digest: digest, result: result)
            keep(statement, schedule: collusion.schedule, by: .collusion)
            ask(for: voteKey, &scene)
        case .refused:
            // Without two results there is nothing to collude about: it votes like everybody else.
            endCollusion(voteKey)
        }
        if let held = collusion.held {
            collusions[voteKey]?.held = nil
            send(held.vote, to: held.recipients, &scene)
        }
    }

    private mutating func endCollusion(_ voteKey: VoteKey) {
        collusions[voteKey] = nil
        for (task, key) in secondTasks where key == voteKey { secondTasks[task] = nil }
    }
}
