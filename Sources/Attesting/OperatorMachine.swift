import Cryptography
import Messages
import Primitives
import Services

/// The honest operator. Its duties:
///
/// 1. make sure on starting that its guard is not older than what others hold of it;
/// 2. execute each task of its AVSs, have the guard record the statement, sign it, send it;
/// 3. in a mesh: tally its peers' votes and form the certificate itself;
/// 4. listen on until the evidence window closes, tell the coordinator which votes it holds, hand over those asked for;
/// 5. see to it that whoever contradicts themselves is slashed, through the coordinator or without it;
/// 6. claim a participation that the coordinator left out;
/// 7. in a mesh, when the coordinator cannot be relied on: compare with the peers what was issued and voted, and submit
///    what it holds itself.
package struct OperatorMachine: NodeMachine {
    let genesis: Genesis
    let network: Digest
    let me: OperatorIndex
    let key: PublicKey

    var sets: OperatorSetBook
    var box: BallotBox
    var guardBook = SigningGuard()
    var account: LedgerAccount
    var ids = RequestCounter()
    var agenda = Agenda<Errand>()
    var requests: [RequestID: Request] = [:]

    var readiness = Readiness()
    var tasks: [Digest: OpenTask] = [:]
    /// Of each coordinator, the one with the highest number: it asks for it when it is started again.
    var newestTasks: [ServiceID: SignedTask] = [:]
    /// Tasks whose operator set the ledger has not published here yet.
    var parkedTasks: [SignedTask] = []
    var ownVotes: [VoteKey: Attestation] = [:]
    /// Votes come to be held since the last summary, by AVS.
    var unsummarised: [[HeldVote]]
    var offences: [Digest: OpenOffence] = [:]
    /// Whoever has been slashed is tombstoned, or revoked: further evidence against them changes nothing.
    var tombstoned: Set<PublicKey> = []

    /// The task that came first under its number, once its signature is verified.
    var firstTasks: [VoteKey: Digest] = [:]
    /// Whom it has asked for another task under a number.
    var taskQuestions: [VoteKey: [Party: TaskQuestion]] = [:]
    /// What peers say they hold, where the coordinator is not relied on.
    var claims = ClaimBook()
    /// Coordinators that have signed two tasks under one number: nothing is signed for them any more.
    var distrusted: Set<ServiceID> = []
    /// Coordinators that have been gone for a while.
    var abandoned: Set<ServiceID> = []
    /// Since when coordinators are gone.
    var absences: [ServiceID: Instant] = [:]
    /// Open vote keys that the ledger has settled.
    var settled: Set<VoteKey> = []
    /// Certificates whose window has closed and that the ledger has not settled yet.
    var unsettled: [VoteKey: Certificate] = [:]

    /// What is due at some time.
    enum Errand: Sendable {
        case resendVote(VoteKey, until: Instant, attempts: Int)
        case summarise(ServiceID)
        case closeBallot(VoteKey)
        case forgetVote(VoteKey)
        case forgetTask(Digest)
        case submitEvidence(offence: Digest)
        case checkReadiness
        case abandon(ServiceID)
        case settle(VoteKey)
        case forgetUnsettled(VoteKey)
    }

    /// What an answer from outside is about.
    enum Request: Sendable {
        case verifyTask(SignedTask, Digest)
        case verifyPeersTask(SignedTask, from: Party)
        case verifyVote(Attestation, from: Party)
        case verifyOwnVote(Attestation)
        case signStatement(Statement)
    }

    struct OpenTask: Sendable {
        let signed: SignedTask
        var isVerified = false
        /// Its execution has come to nothing that is signed or waits to be: sent again, it is executed again.
        var hasLapsed = false

        var task: ServiceTask { signed.task }
    }

    enum TaskQuestion: Sendable { case open, answered }

    struct HeldVote: Sendable {
        let voteKey: VoteKey
        let statement: Digest
        let operatorSet: Digest
        let member: MemberIndex
    }

    struct OpenOffence: Sendable {
        let evidence: Evidence
        var isSubmitted = false
    }

    static let openTaskLimit = 100_000
    static let parkedTaskLimit = 512
    /// Pairs that wait for somebody to be slashed; more are left to others.
    static let offenceLimit = 4_096
    /// Of these, by one culprit: the first to be slashed settles them all.
    static let offencesPerCulprit = 4

    package init(genesis: Genesis, signer: OperatorIndex) {
        self.genesis = genesis
        network = genesis.network
        me = signer
        key = genesis.signers[Int(signer.number)].key
        sets = OperatorSetBook(unbondingEpochs: genesis.parameters.unbondingEpochs)
        box = BallotBox(network: network)
        account = LedgerAccount(network: network, authority: key)
        unsummarised = Array(repeating: [], count: genesis.services.count)
    }

    package mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        switch event {
        case .started(let recorded): start(recorded, at: now)
        case .began: break
        case .connected(let party): connected(party, at: now, effects: &effects)
        case .disconnected(let party): disconnected(party, at: now)
        case .received(let frame, let party): receive(frame, from: party, at: now, effects: &effects)
        case .verified(let id, let valid): verified(id, valid: valid, at: now, effects: &effects)
        case .signed(let id, let signature): signed(id, signature, at: now, effects: &effects)
        case .executed(let task, let outcome): executed(task, outcome, at: now, effects: &effects)
        case .woke: agenda.woken()
        case .submitted, .draining, .perturbed: break
        }
        while let errand = agenda.next(upTo: now) { run(errand, at: now, effects: &effects) }
        if let due = agenda.wakeToAsk(at: now) { effects.append(.wake(at: due)) }
    }

    /// Has the ledger asked for something in this operator's name, beside what the machine itself asks for.
    package mutating func submit(_ instruction: Instruction, effects: inout [NodeEffect]) {
        account.submit(instruction, ids: &ids, effects: &effects)
    }

    private mutating func receive(_ frame: Frame, from party: Party, at now: Instant, effects: inout [NodeEffect]) {
        switch frame {
        case .task(let signed): receiveTask(signed, from: party, at: now, effects: &effects)
        case .taskRequest(let voteKey, let task): answerTaskRequest(voteKey, task, from: party, effects: &effects)
        case .summary(let summary): compare(summary, from: party, effects: &effects)
        case .attestation(let attestation): receiveVote(attestation, from: party, effects: &effects)
        case .certificate(let certificate):
            // A certificate is worth the votes in it.
            guard let set = sets.set(certificate.statement.operatorSet),
                let votes = certificate.attestations(in: set)
            else { return }
            for vote in votes { admit(vote, from: party, effects: &effects) }
        case .certified(let notice): receiveCertified(notice, from: party, effects: &effects)
        case .voteRequest(let request): answer(request, to: party, effects: &effects)
        case .certificateRequest(let voteKey, let statement):
            guard let choice = box[voteKey]?.certifiedChoice, choice.digest == statement else { return }
            effects.append(.send(.certificate(choice.certificate), to: [party]))
        case .ownVotesRequest:
            answerOwnVotesRequest(from: party, effects: &effects)
        case .ownVotes(let votes): receiveOwnVotes(votes, from: party, at: now, effects: &effects)
        case .notice(let notice):
            guard party == .ledger else { return reject(party, "a ledger's notice", effects: &effects) }
            receiveNotice(notice, at: now, effects: &effects)
        case .receipt(let receipt):
            guard party == .ledger else { return reject(party, "a ledger's receipt", effects: &effects) }
            guard let answered = account.answered(by: receipt, ids: &ids, effects: &effects) else { return }
            // Slashed or refused: either way it is settled.
            if case .submitEvidence(let evidence) = answered { offences[evidence.offence] = nil }
            effects.append(.note(.receiptArrived(receipt)))
        case .hello, .submit:
            reject(party, "a \(frame.kind) frame, which is not for an operator", effects: &effects)
        }
    }

    private mutating func verified(_ id: RequestID, valid: Bool, at now: Instant, effects: inout [NodeEffect]) {
        switch requests.removeValue(forKey: id) {
        case .verifyTask(let signed, let digest):
            verifiedTask(signed, digest, valid: valid, at: now, effects: &effects)
        case .verifyPeersTask(let signed, let party):
            verifiedPeersTask(signed, from: party, valid: valid, at: now, effects: &effects)
        case .verifyVote(let vote, let party):
            box.endVerifying(vote)
            guard valid else { return reject(party, "a vote with a signature that is not valid", effects: &effects) }
            count(vote, at: now, effects: &effects)
        case .verifyOwnVote(let vote): verifiedOwnVote(vote, valid: valid, at: now, effects: &effects)
        case .signStatement, nil: break
        }
    }

    private mutating func signed(
        _ id: RequestID, _ signature: Signature, at now: Instant, effects: inout [NodeEffect]
    ) {
        if account.signed(id, signature, effects: &effects) { return }
        guard case .signStatement(let statement) = requests.removeValue(forKey: id) else { return }
        signedVote(Attestation(statement: statement, signer: key, signature: signature), at: now, effects: &effects)
    }

    private mutating func run(_ errand: Errand, at now: Instant, effects: inout [NodeEffect]) {
        switch errand {
        case .resendVote(let voteKey, let until, let attempts):
            resendVote(voteKey, until: until, attempts, at: now, effects: &effects)
        case .summarise(let service): summarise(service, effects: &effects)
        case .closeBallot(let voteKey): closeBallot(voteKey, at: now)
        case .forgetVote(let voteKey): ownVotes[voteKey] = nil
        case .forgetTask(let digest): forgetTask(digest)
        case .submitEvidence(let offence): submitEvidence(offence, effects: &effects)
        case .checkReadiness: checkReadiness(at: now, effects: &effects)
        case .abandon(let service): abandonIfAbsent(service, at: now, effects: &effects)
        case .settle(let voteKey): settle(voteKey, effects: &effects)
        case .forgetUnsettled(let voteKey): unsettled[voteKey] = nil
        }
    }

    mutating func reject(_ party: Party, _ reason: String, effects: inout [NodeEffect]) {
        effects.append(.note(.rejected(from: party, reason: reason)))
        effects.append(.disconnect(party, reason: reason))
    }

    func service(_ id: ServiceID) -> Genesis.Service? {
        Int(id.number) < genesis.services.count ? genesis.services[Int(id.number)] : nil
    }
}
