import Attesting
import Cryptography
import Messages
import Primitives

/// An adversary: the honest operator, with what it hears and some of its effects exchanged for others by a row of
/// ``Adversary`` values around it.
///
/// What it does wrong it writes to the records, which makes them the ground truth that verdicts are held against.
package struct FaultyOperator: PerturbableMachine {
    private var honest: OperatorMachine
    private let genesis: Genesis
    private let me: OperatorIndex
    private let key: PublicKey
    private var board: FaultBoard
    /// From the innermost to the outermost.
    private var adversaries: [any Adversary]
    private var pairs = VotePairs()
    private var killPoints = KillPoints(.crash)
    private var clock = SkewedClock()
    private var sets: OperatorSetBook
    private var connected: Set<Party> = []
    private var requests = OwnRequests()
    /// The earliest time at which an adversary has asked to be woken, since it was last.
    private var wake: Instant?
    private var isDead = false

    package init(
        _ honest: OperatorMachine, genesis: Genesis, signer: OperatorIndex, plans: [FaultPlan], seed: UInt64
    ) {
        self.honest = honest
        self.genesis = genesis
        me = signer
        key = genesis.signers[Int(signer.number)].key
        sets = OperatorSetBook(unbondingEpochs: genesis.parameters.unbondingEpochs)
        board = FaultBoard(
            services: genesis.services.indices.filter { genesis.services[$0].optedIn.contains(signer) }
                .map { ServiceID(UInt32($0)) }, seed: seed)
        // Crashes come last, so that the others draw the same with or without them.
        for plan in plans.filter({ !$0.behaviour.isCrash }) + plans.filter(\.behaviour.isCrash) { board.add(plan) }
        adversaries = [
            FalseResults(), Withholding(), SlowVoting(), ForgedVotes(seed: seed), DoubleVoting(), ForgedCertificates(),
            FalseAccusations(seed: seed), Flood(), HostileBytes(),
        ]
        // These are what the process is, from its start.
        if plans.contains(where: { $0.behaviour == .twin }) {
            adversaries.insert(Twin(genesis: genesis, signer: signer), at: 0)
        }
        if plans.contains(where: { $0.behaviour == .amnesia && $0.parameters.hasDied }) {
            adversaries.insert(Amnesia(), at: 0)
        }
    }

    package var faultStates: [FaultState] { board.states }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        guard !isDead else { return }
        learn(event)
        follow(event, at: now, effects: &effects)
        guard !isDead else { return }
        if board.isEmpty {
            honest.handle(event, at: now, effects: &effects)
            return askForWakes(effects: &effects)
        }
        if killPoints.dies(hearing: event, board) { return die(of: .crash, effects: &effects) }
        clock.follow(board, at: now)

        var scene = Scene(
            genesis: genesis, me: me, key: key, now: now, shown: clock.reading(at: now), board: board, sets: sets,
            connected: connected, requests: requests)
        // Those that others have of it, an earlier process has sent.
        if case .received(.ownVotes(let votes), let party) = event {
            for vote in votes { saw(vote, with: [party], effects: &effects) }
        }
        var heard: NodeEvent? = event
        // What an adversary does by itself passes those further out.
        var own: [[NodeEffect]] = Array(repeating: [], count: adversaries.count)
        for index in adversaries.indices.reversed() {
            guard let present = heard else { break }
            heard = adversaries[index].hear(present, &scene)
            swap(&own[index], &scene.effects)
        }
        var stream: [NodeEffect] = []
        if let heard { honest.handle(heard, at: scene.shown, effects: &stream) }
        for index in adversaries.indices {
            for effect in stream { adversaries[index].pass(effect, &scene) }
            stream = own[index] + scene.effects
            scene.effects = []
        }
        for instruction in scene.submissions { honest.submit(instruction, effects: &stream) }
        (board, requests) = (scene.board, scene.requests)
        for effect in stream where !isDead { carryOut(effect, effects: &effects) }
        askForWakes(effects: &effects)
    }

    package func checkInvariants() {
        honest.checkInvariants()
        for adversary in adversaries { adversary.checkInvariants() }
        pairs.checkInvariants()
    }

    private mutating func carryOut(_ effect: NodeEffect, effects: inout [NodeEffect]) {
        let death = killPoints.death(by: effect, board, own: { $0.signer == key })
        if death == .before { return die(of: .crash, effects: &effects) }
        switch effect {
        case .wake(let instant): effects.append(.wake(at: clock.time(of: instant)))
        case .send(.attestation(let vote), let recipients):
            effects.append(effect)
            saw(vote, with: recipients, effects: &effects)
        case .send(.certificate(let certificate), let recipients):
            effects.append(effect)
            saw(certificate, with: recipients, effects: &effects)
        case .send(.submit(let signed), _):
            effects.append(effect)
            if case .submitCertificate(let certificate, _) = signed.instruction {
                saw(certificate, with: [.ledger], effects: &effects)
            }
        default: effects.append(effect)
        }
        if death == .after { die(of: .crash, effects: &effects) }
    }

    /// Behind all adversaries, where nothing keeps back a vote any more.
    private mutating func saw(_ vote: Attestation, with holders: [Party], effects: inout [NodeEffect]) {
        guard vote.signer == key,
            let behaviour = adversaries.lazy.compactMap({ $0.votesTwice(on: vote.statement.voteKey) }).first,
            let injection = pairs.sent(vote, to: holders, by: behaviour)
        else { return }
        effects.append(.note(.injected(injection)))
    }

    private mutating func saw(_ certificate: Certificate, with holders: [Party], effects: inout [NodeEffect]) {
        guard let set = sets.set(certificate.statement.operatorSet) else { return }
        for vote in certificate.attestations(in: set) ?? [] { saw(vote, with: holders, effects: &effects) }
    }

    private mutating func learn(_ event: NodeEvent) {
        switch event {
        case .received(.notice(.operatorSet(let set)), _): _ = sets.add(set)
        case .connected(let party): connected.insert(party)
        case .disconnected(let party): connected.remove(party)
        case .woke: wake = nil
        default: break
        }
    }

    // MARK: Schedules

    private mutating func follow(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        note(board.follow(event, at: now), at: now, effects: &effects)
        if !isDead, case .received(.task(let signed), let party) = event, party.isCoordinator {
            note(board.saw(signed.task, at: now), at: now, effects: &effects)
        }
    }

    /// What is done task by task is noted when it is done.
    private mutating func note(
        _ changes: (begun: [Int], ended: [(Int, ServiceID?)]), at now: Instant, effects: inout [NodeEffect]
    ) {
        for (index, service) in changes.ended {
            let plan = board.plan(index)
            guard !plan.behaviour.isTaskByTask, !plan.behaviour.isCrash else { continue }
            effects.append(.note(.recovered(behaviour: plan.behaviour.rawValue, service: service)))
        }
        for index in changes.begun where !isDead {
            begin(board.plan(index), rest: board.rest(of: index, at: now), effects: &effects)
        }
    }

    private mutating func begin(_ plan: FaultPlan, rest: Duration?, effects: inout [NodeEffect]) {
        switch plan.behaviour {
        case _ where plan.behaviour.isTaskByTask: break
        // Of its next process nothing is noted but what it signs.
        case .amnesia where plan.parameters.hasDied: break
        case .crash where plan.point != nil: break
        case .crash, .amnesia: die(of: plan.behaviour, effects: &effects)
        case .powerLoss:
            effects.append(.losePower)
            die(of: .powerLoss, effects: &effects)
        default:
            effects.append(.note(.injected(Injection(behaviour: plan.behaviour.rawValue, service: plan.service))))
            if plan.behaviour == .diskFull { effects.append(.fillDisk) }
            if plan.behaviour == .pause, let rest { effects.append(.pause(for: rest)) }
        }
    }

    private mutating func die(of behaviour: Behaviour, effects: inout [NodeEffect]) {
        isDead = true
        let service = board.present([behaviour]).compactMap { board.plan($0).service }.first
        effects.append(.note(.injected(Injection(behaviour: behaviour.rawValue, service: service))))
        effects.append(.crash)
    }

    private mutating func askForWakes(effects: inout [NodeEffect]) {
        effects += board.takeWakes().map { .wake(at: $0) }
        guard let next = adversaries.compactMap(\.nextWake).min(), wake.map({ next < $0 }) ?? true else { return }
        wake = next
        effects.append(.wake(at: next))
    }
}
