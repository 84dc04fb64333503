import Cryptography
import Messages
import Primitives
import Services

/// The honest coordinator of one AVS. Its duties:
///
/// 1. issue the tasks of its load, at their times or one for each that is done, pinned to the present operator set;
/// 2. verify and tally the votes, and certify what strictly more than the threshold of stake has signed;
/// 3. send unresolved tasks again, by timer and on reconnect;
/// 4. listen on until the evidence window closes, compare the mesh's summaries, ask for the votes that conflict;
/// 5. submit evidence at once, and at the close of each window the certificate with all who took part;
/// 6. after a restart go on where it stopped: no number is issued twice, be its guard an older copy, and evidence without a
///    receipt is submitted again;
/// 7. in a live cluster: issue what is submitted, in the same series of numbers, and stay open until it is asked to drain.
package struct CoordinatorMachine: NodeMachine {
    let genesis: Genesis
    let network: Digest
    let service: ServiceID
    let terms: Genesis.Service
    let load: TaskLoad
    /// Whether it does not finish before it is asked to drain.
    let isLive: Bool
    let module: any ServiceModule

    var sets: OperatorSetBook
    /// As the ledger last told it, which it does before it tells the epoch's operator sets.
    var epoch = Epoch(0)
    var box: BallotBox
    var account: LedgerAccount
    var ids = RequestCounter()
    var agenda = Agenda<Errand>()
    var requests: [RequestID: Request] = [:]

    /// When the next task is due at the earliest; nil before the beginning and after the last.
    var nextIssue: Instant?
    /// Tasks neither certified nor expired, those whose signature is awaited included.
    var inFlight: UInt64 = 0
    /// A closed loop's time is up: it issues nothing more.
    var isTimeUp = false
    var nextSequence = TaskSequence(0)
    /// How many of the numbers so far have gone to submitted tasks.
    var submissions: UInt64 = 0
    /// Nothing more is issued.
    var isDraining = false
    var open: [VoteKey: OpenTask] = [:]
    /// As they formed; what came in later counts as participation.
    var certificates: [VoteKey: Certificate] = [:]
    /// Not verified, and not counted for anything.
    var deferred = DeferredVotes()
    /// Of tasks that expired, by signer.
    var newestUnverified: [PublicKey: Attestation] = [:]
    var claims = ClaimBook()
    var offences: Set<Digest> = []
    /// Whoever has been slashed is tombstoned: further evidence against them changes nothing.
    var tombstoned: Set<PublicKey> = []
    /// Tasks of an earlier process whose windows are open, until their operator sets are here.
    var recovering: [SignedTask] = []
    /// Of a later process: whether its guard has every number that operators were shown.
    var readiness: Readiness?
    var hasAsked = false
    /// The ledger takes nothing from this key any more, nor do operators.
    var isRevoked = false
    var isFinished = false

    enum Errand: Sendable {
        case issue
        case endLoad
        case resend(VoteKey, attempts: Int)
        case expire(VoteKey)
        case close(VoteKey)
    }

    enum Request: Sendable {
        case signTask(ServiceTask, Origin)
        case verifyVote(Attestation, from: Party)
        /// At the close of the window.
        case verifyLastVote(Attestation, from: Party)
        /// Of this coordinator's own, which an operator remembers.
        case verifyOwnTask(ServiceTask)

        var vote: Attestation? {
            switch self {
            case .verifyVote(let vote, _), .verifyLastVote(let vote, _): vote
            case .signTask, .verifyOwnTask: nil
            }
        }
    }

    enum Origin: Hashable, Sendable {
        case load
        case submission
        /// An earlier process issued it, and may have certified it: it has no deadline any more.
        case recovery
    }

    struct OpenTask: Sendable {
        let signed: SignedTask
        let digest: Digest
        let operatorSet: OperatorSet
        let origin: Origin
        var isCertified = false
        /// Its deadline came first: it stays without a certificate.
        var isExpired = false
        /// Votes to be verified before it is settled; nil until its window closes.
        var lastVotes: Int?
        /// What those weigh whose signatures are being checked, by result.
        var pending: [Digest: Lamports] = [:]

        var isRecovered: Bool { origin == .recovery }

        /// Whether a vote for this counts towards its certificate. A result for something that was never issued under
        /// this number, or by a set that once was the AVS's, is nobody's certificate, whoever signs it.
        func isAbout(_ statement: Statement) -> Bool {
            statement.task == digest && statement.operatorSet == operatorSet.digest
        }
    }

    /// - Parameters:
    ///   - isLive: whether it stays open for submissions until it is asked to drain.
    ///   - hasRunBefore: whether an earlier process has had this key, so that operators may have seen more than is on record.
    /// - Returns: nil when this build has no such module.
    package init?(
        genesis: Genesis, service: ServiceID, load: TaskLoad, isLive: Bool = false, hasRunBefore: Bool = false
    ) {
        if hasRunBefore { readiness = Readiness() }
        terms = genesis.services[Int(service.number)]
        guard let module = ModuleCatalogue.module(named: terms.module) else { return nil }
        self.genesis = genesis
        self.service = service
        self.load = load
        self.isLive = isLive
        self.module = module
        network = genesis.network
        sets = OperatorSetBook(unbondingEpochs: genesis.parameters.unbondingEpochs)
        box = BallotBox(network: network)
        account = LedgerAccount(network: network, authority: terms.coordinator)
    }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        switch event {
        case .started(let recorded): restore(recorded, at: now, effects: &effects)
        case .began(let beginning): began(beginning)
        case .connected(let party): connected(party, at: now, effects: &effects)
        case .disconnected(let party):
            if party == .ledger { account.disconnected() } else { claims.forget(holder: party) }
            readiness?.lost(party)
        case .received(let frame, let party): receive(frame, from: party, at: now, effects: &effects)
        case .verified(let id, let valid): verified(id, valid: valid, at: now, effects: &effects)
        case .signed(let id, let signature): signed(id, signature, at: now, effects: &effects)
        case .woke: agenda.woken()
        case .submitted(let ticket, let payload): submit(payload, ticket: ticket, at: now, effects: &effects)
        case .draining:
            isDraining = true
            nextIssue = nil
        case .executed, .perturbed: break
        }
        while let errand = agenda.next(upTo: now) { run(errand, at: now, effects: &effects) }
        finishIfDone(effects: &effects)
        if let due = agenda.wakeToAsk(at: now) { effects.append(.wake(at: due)) }
    }

    private mutating func receive(_ frame: Frame, from party: Party, at now: Instant, effects: inout [NodeEffect]) {
        switch frame {
        case .attestation(let vote): receiveVote(vote, from: party, effects: &effects)
        case .summary(let summary): compare(summary, from: party, effects: &effects)
        case .certificateRequest(let voteKey, let statement):
            guard let certificate = certificates[voteKey], certificate.statement.digest == statement else { return }
            effects.append(.send(.certificate(certificate), to: [party]))
        case .ownVotesRequest:
            effects.append(.send(.ownVotes(ownVotes(of: party)), to: [party]))
        case .notice(let notice):
            guard party == .ledger else { return reject(party, "a ledger's notice", effects: &effects) }
            receiveNotice(notice, at: now, effects: &effects)
        case .receipt(let receipt):
            guard party == .ledger else { return reject(party, "a ledger's receipt", effects: &effects) }
            guard let answered = account.answered(by: receipt, ids: &ids, effects: &effects) else { return }
            if case .submitEvidence(let evidence) = answered {
                effects.append(.persist(.answered(offence: evidence.offence)))
            }
            effects.append(.note(.receiptArrived(receipt)))
        case .task(let signed): receiveOwnTask(signed, from: party, effects: &effects)
        case .ownVotes: answered(by: party, at: now, effects: &effects)
        case .certificate: break
        case .hello, .taskRequest, .certified, .voteRequest, .submit:
            reject(party, "a \(frame.kind) frame, which is not for a coordinator", effects: &effects)
        }
    }

    private mutating func receiveNotice(_ notice: LedgerNotice, at now: Instant, effects: inout [NodeEffect]) {
        switch notice {
        case .account(let nonce):
            if let reason = account.rollback(expecting: nonce) { return reject(.ledger, reason, effects: &effects) }
            account.connected(expecting: nonce, ids: &ids, effects: &effects)
        case .operatorSet(let set):
            guard set.network == network, sets.add(set) else { return }
            if set.service == service, sets.current(of: service) == set {
                effects.append(.note(.operatorSetAdopted(service, set.digest)))
            }
            reopen(tasksOf: set, at: now, effects: &effects)
            for delivery in box.unpark(set.digest) {
                receiveVote(delivery.vote, from: delivery.party, effects: &effects)
            }
            for told in claims.unpark(set.digest) { compare(told.summary, from: told.holder, effects: &effects) }
            issueDue(at: now, effects: &effects)
        case .slashed(let record): tombstoned.insert(record.accused)
        case .revoked(let revocation):
            tombstoned.insert(revocation.accused)
            guard revocation.service == service else { return }
            isRevoked = true
            nextIssue = nil
        case .clock(let slot, let present, _):
            if let reason = account.rollback(at: slot) { return reject(.ledger, reason, effects: &effects) }
            epoch = present
        case .settled(let settlement): compareNumbering(with: settlement, effects: &effects)
        case .directory: break
        }
    }

    private mutating func run(_ errand: Errand, at now: Instant, effects: inout [NodeEffect]) {
        switch errand {
        case .issue: issueDue(at: now, effects: &effects)
        case .endLoad:
            isTimeUp = true
            nextIssue = nil
        case .resend(let voteKey, let attempts): resend(voteKey, attempts, at: now, effects: &effects)
        case .expire(let voteKey):
            guard let task = open[voteKey], !task.isCertified else { return }
            open[voteKey]?.isExpired = true
            effects.append(.note(.taskExpired(service, task.signed.task.sequence)))
            decided(task, at: now, effects: &effects)
        case .close(let voteKey): close(voteKey, effects: &effects)
        }
    }

    private mutating func finishIfDone(effects: inout [NodeEffect]) {
        guard !isFinished, issuesNothingMore, open.isEmpty, recovering.isEmpty, account.isSettled, !hasUnsignedTasks
        else { return }
        isFinished = true
        effects.append(.finished)
    }

    private var issuesNothingMore: Bool {
        isDraining || !isLive && (isTimeUp || isRevoked || isOutdated || loadIndex == load.tasks)
    }

    var hasUnsignedTasks: Bool {
        requests.values.contains { if case .signTask = $0 { true } else { false } }
    }

    /// What the load puts into the task with this number.
    func payload(for sequence: TaskSequence) -> [UInt8] {
        module.payload(for: sequence, seed: load.seed, templates: load.payloads)
    }

    /// For adversaries: what might as well have stood in this task. Where neither another seed nor another number makes a
    /// difference to the payload, a space behind it does.
    package func otherPayload(than payload: [UInt8], for sequence: TaskSequence, seed: UInt64) -> [UInt8] {
        let others = [sequence, sequence.next].map {
            module.payload(for: $0, seed: seed, templates: load.payloads)
        }
        return others.first { $0 != payload } ?? payload + [UInt8(ascii: " ")]
    }

    mutating func reject(_ party: Party, _ reason: String, effects: inout [NodeEffect]) {
        effects.append(.note(.rejected(from: party, reason: reason)))
        effects.append(.disconnect(party, reason: reason))
    }
}
