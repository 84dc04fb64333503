import Cryptography
import Faults
import Messages
import Primitives
import Services

@testable import Attesting

/// Machines of one AVS's operators and its coordinator in virtual time, with real keys and a ledger stand-in.
///
/// Frames take a random time, so they overtake each other; a link that drops loses what is under way. Each machine's
/// invariants are checked after every step, and so is what no honest operator may ever do.
final class TestNetwork {
    static let beginning = Instant(nanoseconds: 2_000_000_000)
    static let coordinator = Party.coordinator(ServiceID(0))

    let genesis: Genesis
    private(set) var ledger: LedgerStandIn
    private(set) var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var notes: [(at: Instant, by: Party, observation: Observation, incarnation: Int)] = []
    private(set) var ledgerNotes: [(at: Instant, observation: Observation)] = []
    /// What each node's guard holds.
    private(set) var guards: [Party: [GuardEntry]] = [:]
    private(set) var sent: [(frame: Frame, from: Party, to: Party)] = []
    private(set) var hasFinished = false
    /// Signatures that machines have had checked.
    private(set) var checks: [(at: Instant, by: Party, request: VerificationRequest)] = []
    /// What each machine was given, and the digest of what it answered.
    private(set) var handled: [(by: Party, event: NodeEvent, at: Instant, effects: Digest)] = []
    /// Broken rules, in words.
    private(set) var breaches: [String] = []
    /// All effects of all machines, in order.
    private(set) var trace = Digest.zero

    /// How long a frame takes; left out: up to 2 ms at random.
    var latency: ((_ from: Party, _ to: Party) -> Duration)?
    /// Dies between its next record in the guard and the signature.
    var diesAfterPersisting: Party?

    private let keys: [Party: SigningKey]
    private var roles: [Party: NodeRole]
    private var faulty: Set<Party>
    private var machines: [Party: any NodeMachine] = [:]
    private(set) var incarnations: [Party: Int] = [:]
    /// What has come for whoever is paused.
    private var held: [Party: [NodeEvent]] = [:]
    private var links: [Link: Int] = [:]
    private var generation = 0
    private var wakes: [Party: Instant] = [:]
    private var agenda = Agenda<(due: Instant, Item)>()
    private var random: SeededRandom
    private var issuedUnder: [VoteKey: TaskHeader] = [:]
    private var signedFor: [Party: [VoteKey: Statement]] = [:]

    private struct Link: Hashable {
        let low: Party
        let high: Party
        init(_ one: Party, _ other: Party) { (low, high) = one < other ? (one, other) : (other, one) }
    }

    private enum Item: Sendable {
        case event(NodeEvent, for: Party, incarnation: Int)
        case frame(Frame, from: Party, to: Party, link: Int)
        case wake(Party, Instant)
    }

    init(
        stakes: [UInt64] = [100, 100, 100, 100, 100], dissemination: Dissemination = .mesh, tasks: UInt64 = 1,
        pacing: TaskLoad.Pacing = .open(interval: .milliseconds(20), .fixed), faults: [FaultPlan] = [],
        seed: UInt64 = 1, isLive: Bool = false, latency: ((_ from: Party, _ to: Party) -> Duration)? = nil
    ) {
        self.latency = latency
        let signers = stakes.indices.map { Party.signer(OperatorIndex(UInt32($0))) }
        let parties = signers + [Self.coordinator, .ledger]
        let keys = Dictionary(
            uniqueKeysWithValues: parties.enumerated().map { number, party in
                (party, SigningKey(seed: FixedBytes32(Array(repeating: UInt8(number + 1), count: 32))!))
            })
        self.keys = keys
        genesis = .test(
            signers: signers.map { keys[$0]!.publicKey }, keys[Self.coordinator]!.publicKey, dissemination,
            stakes: stakes)
        ledger = LedgerStandIn(genesis: genesis, stakes: stakes)
        let load = TaskLoad(tasks: tasks, pacing: pacing, seed: seed)
        var roles: [Party: NodeRole] = [
            Self.coordinator: .coordinator(
                ServiceID(0), load, faults: faults.filter { $0.party == Self.coordinator }, seed: seed,
                isLive: isLive)
        ]
        for case .signer(let index) in signers {
            roles[.signer(index)] = .signer(
                index, faults: faults.filter { $0.party == .signer(index) }, seed: seed, isLive: isLive)
        }
        self.roles = roles
        faulty = Set(faults.map(\.party))
        random = SeededRandom(seed: seed, purpose: "test network")
        ledgerNotes.append((now, .operatorSetOpened(ledger.current)))
        for party in roles.keys.sorted() { start(party) }
        connectEverybody()
        for party in roles.keys.sorted() {
            agenda.add((Self.beginning, .event(.began(Self.beginning), for: party, incarnation: 1)), at: Self.beginning)
        }
    }

    // MARK: Time

    /// Counted from the beginning of the run.
    func run(until time: Duration) {
        let end = Self.beginning + time
        while let (due, item) = agenda.next(upTo: end) {
            now = max(now, due)
            carryOut(item)
        }
        now = end
    }

    private func carryOut(_ item: Item) {
        switch item {
        case .event(let event, let party, let incarnation):
            if incarnations[party] == incarnation { handle(event, by: party) }
        case .frame(let frame, let from, let to, let link):
            if links[Link(from, to)] == link { deliver(frame, from: from, to: to) }
        case .wake(let party, let instant):
            guard wakes[party] == instant else { return }
            wakes[party] = nil
            handle(.woke, by: party)
        }
    }

    // MARK: Processes and links

    private func start(_ party: Party) {
        machines[party] = roles[party]!.makeMachine(genesis: genesis)!
        incarnations[party, default: 0] += 1
        handle(.started(recorded: guards[party] ?? []), by: party)
    }

    func isAlive(_ party: Party) -> Bool { machines[party] != nil }

    func isPaused(_ party: Party) -> Bool { held[party] != nil }

    /// It hears and does nothing; its connections stay up.
    func pause(_ party: Party) { if isAlive(party), !isPaused(party) { held[party] = [] } }

    func resume(_ party: Party) {
        for event in held.removeValue(forKey: party) ?? [] { handle(event, by: party) }
    }

    /// Whatever somebody asks of a live cluster's node.
    func tell(_ event: NodeEvent, to party: Party) { handle(event, by: party) }

    func inject(_ plan: FaultPlan) {
        if plan.behaviour.isProvable { faulty.insert(plan.party) }
        tell(.perturbed(Perturbation.inject(plan).borsh), to: plan.party)
    }

    func crash(_ party: Party) {
        machines[party] = nil
        held[party] = nil
        wakes[party] = nil
        for other in roles.keys.sorted() + [.ledger] where other != party { disconnect(party, other) }
    }

    /// - Parameter lost: how many of the guard's last records are gone from the disk.
    func restart(_ party: Party, lost: Int = 0) {
        let recorded = guards[party] ?? []
        guards[party] = recorded.dropLast(min(lost, recorded.count))
        roles[party] = roles[party]?.asLaterProcess
        start(party)
        connectEverybody()
        handle(.began(Self.beginning), by: party)
    }

    func connectEverybody() {
        let parties = roles.keys.sorted() + [.ledger]
        for (place, one) in parties.enumerated() {
            for other in parties[(place + 1)...] { connect(one, other) }
        }
    }

    func connect(_ one: Party, _ other: Party) {
        let isAlive = [one, other].allSatisfy { $0 == .ledger || machines[$0] != nil }
        guard isAlive, links[Link(one, other)] == nil else { return }
        generation += 1
        links[Link(one, other)] = generation
        for (party, peer) in [(one, other), (other, one)] where party != .ledger {
            handle(.connected(peer), by: party)
            guard peer == .ledger else { continue }
            for notice in ledger.greeting(for: keys[party]!.publicKey) { send(.notice(notice), from: peer, to: party) }
        }
    }

    func disconnect(_ one: Party, _ other: Party) {
        guard links.removeValue(forKey: Link(one, other)) != nil else { return }
        for (party, peer) in [(one, other), (other, one)] where machines[party] != nil {
            handle(.disconnected(peer), by: party)
        }
    }

    func isConnected(_ one: Party, _ other: Party) -> Bool { links[Link(one, other)] != nil }

    /// Hands a frame over at once, whoever made it.
    func deliver(_ frame: Frame, from: Party, to: Party) {
        guard to == .ledger else { return handle(.received(frame, from: from), by: to) }
        guard case .submit(let signed) = frame else { return breaches.append("\(frame.kind) for the ledger") }
        let (receipt, news) = ledger.apply(signed)
        note(receipt, signed, news)
        send(.receipt(receipt), from: .ledger, to: from)
        for notice in news {
            for party in roles.keys.sorted() { send(.notice(notice), from: .ledger, to: party) }
        }
    }

    private func note(_ receipt: Receipt, _ signed: SignedInstruction, _ news: [LedgerNotice]) {
        let sequence = UInt64(ledger.answers.count)
        ledgerNotes.append((now, .applied(sequence: sequence, slot: receipt.slot, signed, receipt.outcome)))
        for notice in news {
            switch notice {
            case .slashed(let record): ledgerNotes.append((now, .slashed(record)))
            case .revoked(let revocation): ledgerNotes.append((now, .revoked(revocation)))
            case .operatorSet(let set): ledgerNotes.append((now, .operatorSetOpened(set)))
            case .account, .clock, .directory, .settled: break
            }
        }
    }

    private func send(_ frame: Frame, from: Party, to: Party) {
        guard let link = links[Link(from, to)] else { return }
        sent.append((frame, from, to))
        // Nothing overtakes on the way to and from the ledger: one connection, whose order instructions rely on.
        let ordered = from == .ledger || to == .ledger
        let delay = latency?(from, to) ?? (ordered ? .milliseconds(1) : randomDelay())
        agenda.add((now + delay, .frame(frame, from: from, to: to, link: link)), at: now + delay)
    }

    private func randomDelay() -> Duration { .nanoseconds(Int64(random.next() % 2_000_000)) }

    // MARK: Machines

    private func handle(_ event: NodeEvent, by party: Party) {
        guard machines[party] != nil else { return }
        guard held[party] == nil else {
            held[party]!.append(event)
            return
        }
        var effects: [NodeEffect] = []
        machines[party]!.handle(event, at: now, effects: &effects)
        if !hasPlantedBug { machines[party]!.checkInvariants() }
        handled.append((party, event, now, NodeEffect.digest(of: effects)))
        var encoder = BorshEncoder()
        encoder.encode(trace)
        encoder.encode(NodeEffect.digest(of: effects))
        trace = Domain.effects.digest(encoder.bytes)
        for effect in effects where machines[party] != nil { carryOut(effect, of: party) }
    }

    /// Then an oracle is to find it, and not the machine itself.
    private var hasPlantedBug: Bool {
        #if DEBUG
            PlantedBug.current != nil
        #else
            false
        #endif
    }

    private func answer(_ event: NodeEvent, to party: Party) {
        agenda.add((now, .event(event, for: party, incarnation: incarnations[party]!)), at: now)
    }

    private func carryOut(_ effect: NodeEffect, of party: Party) {
        switch effect {
        case .persist(let entry):
            guards[party, default: []].append(entry)
            if diesAfterPersisting == party {
                diesAfterPersisting = nil
                crash(party)
            }
        case .sign(let id, let request): answer(.signed(id, sign(request, by: party)), to: party)
        case .verify(let id, let request):
            checks.append((now, party, request))
            answer(.verified(id, valid: request.isValid), to: party)
        case .execute(let execution):
            answer(.executed(task: execution.task, Squaring.execute(execution.payload)), to: party)
        case .send(let frame, let recipients):
            for recipient in recipients { send(frame, from: party, to: recipient) }
        case .disconnect(let peer, _): disconnect(party, peer)
        case .wake(let instant):
            // No more than the promise: one wake, at the earliest time.
            guard wakes[party].map({ instant < $0 }) ?? true else { return }
            wakes[party] = instant
            agenda.add((max(now, instant), .wake(party, instant)), at: max(now, instant))
        case .note(let observation): notes.append((now, party, observation, incarnations[party]!))
        case .finished: hasFinished = true
        case .crash:
            crash(party)
            roles[party] = roles[party]?.withoutCrashes
        case .sendBytes, .pause, .fillDisk, .losePower: preconditionFailure("none of its tests asks for it")
        }
    }

    private func sign(_ request: SignatureRequest, by party: Party) -> Signature {
        let key = keys[party]!
        switch request {
        case .statement(let statement):
            if !faulty.contains(party) { checkHonesty(of: statement, by: party) }
            return key.sign(statement.signedBytes)
        case .task(let task):
            if !faulty.contains(party) { checkHonesty(of: task, by: party) }
            return key.sign(task.signedBytes)
        case .instruction(let instruction, let nonce):
            return key.sign(
                SignedInstruction.signedBytes(
                    network: genesis.network, authority: key.publicKey, nonce: nonce, instruction: instruction))
        }
    }

    private func checkHonesty(of task: ServiceTask, by party: Party) {
        let isRecorded = (guards[party] ?? []).contains {
            if case .submission(let header, _, _, _) = $0 { header == task.header } else { $0 == .task(task.header) }
        }
        if !isRecorded {
            breaches.append("\(party) issues what is not recorded")
        }
        let earlier = issuedUnder.updateValue(task.header, forKey: task.header.voteKey)
        if let earlier, earlier != task.header { breaches.append("\(party) issues two tasks under one number") }
    }

    private func checkHonesty(of statement: Statement, by party: Party) {
        if !(guards[party] ?? []).contains(.statement(statement)) {
            breaches.append("\(party) signs what it has not recorded")
        }
        let earlier = signedFor[party, default: [:]].updateValue(statement, forKey: statement.voteKey)
        if let earlier, earlier != statement { breaches.append("\(party) signs two statements") }
    }

    // MARK: Things to hand over

    func key(_ number: Int) -> SigningKey { keys[op(number)]! }

    func signedTask(_ sequence: UInt64, payload: UInt64 = 7, issued: Instant = beginning, set: OperatorSet? = nil)
        -> SignedTask
    {
        let set = set ?? ledger.sets[0]
        let task = ServiceTask(
            network: genesis.network, service: ServiceID(0), sequence: TaskSequence(sequence), epoch: set.epoch,
            operatorSet: set.digest, payload: Squaring.bytes(payload), issued: issued,
            deadline: issued + genesis.services[0].deadline)
        return SignedTask(task: task, signature: keys[Self.coordinator]!.sign(task.signedBytes))
    }

    func vote(_ task: ServiceTask, by number: Int, result: UInt64) -> Attestation {
        let statement = Statement(for: task, digest: task.digest, result: Squaring.bytes(UInt128(result)))
        let key = key(number)
        return Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
    }
}

extension NodeRole {
    /// As a run starts whoever has died of its fault.
    fileprivate var withoutCrashes: NodeRole {
        switch self {
        case .signer(let index, let faults, let seed, let isLive):
            .signer(index, faults: faults.filter { !$0.behaviour.isCrash }, seed: seed, isLive: isLive)
        case .coordinator(let service, let load, let faults, let seed, let isLive, _):
            .coordinator(service, load, faults: faults.filter { !$0.behaviour.isCrash }, seed: seed, isLive: isLive)
        }
    }

    fileprivate var asLaterProcess: NodeRole {
        guard case .coordinator(let service, let load, let faults, let seed, let isLive, _) = self else { return self }
        return .coordinator(service, load, faults: faults, seed: seed, isLive: isLive, hasRunBefore: true)
    }
}

func op(_ number: Int) -> Party { .signer(OperatorIndex(UInt32(number))) }

extension Genesis {
    static func test(
        signers: [PublicKey], _ coordinator: PublicKey, _ dissemination: Dissemination = .mesh, stakes: [UInt64] = []
    ) -> Genesis {
        let service = Service(
            name: "squares", module: Squaring.name, coordinator: coordinator, threshold: .twoThirds,
            dissemination: dissemination, deadline: .seconds(1),
            evidenceWindow: .seconds(2), optedIn: signers.indices.map { OperatorIndex(UInt32($0)) },
            slash: SlashTerms(equivocation: .basisPoints(500)))
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .milliseconds(400), slotsPerEpoch: 10, unbondingEpochs: 2),
            clock: coordinator, signers: signers.enumerated().map { Signer(name: "op-\($0)", key: $1) },
            restakers: zip(signers, stakes).enumerated().map { number, staked in
                Restaker(
                    name: "op-\(number)", key: staked.0, deposit: Lamports(staked.1),
                    delegations: [Delegation(signer: OperatorIndex(UInt32(number)), amount: Lamports(staked.1))])
            }, services: [service])
    }
}
