import Cryptography
import Messages
import Primitives
import Testing

/// One value of a type, with its bytes and the way back, whatever the type.
struct Specimen: Sendable, CustomTestStringConvertible {
    let type: String
    let name: String
    let bytes: [UInt8]
    /// Decodes as the specimen's type, and encodes again.
    let recode: @Sendable ([UInt8]) throws(BorshError) -> [UInt8]
    /// Whether decoding the specimen's own bytes gives the specimen's value.
    let comesBack: @Sendable () throws(BorshError) -> Bool

    var testDescription: String { "\(type).\(name)" }

    init<V: BorshCodable & Equatable>(_ name: String, _ value: V) {
        type = String(reflecting: V.self).split(separator: ".").dropFirst().joined(separator: ".")
        self.name = name
        bytes = value.borsh
        recode = { (bytes) throws(BorshError) in try V(borsh: bytes).borsh }
        comesBack = { () throws(BorshError) in try V(borsh: value.borsh) == value }
    }

    /// A frame with its header, as on the wire.
    init(wire name: String, _ frame: Frame) {
        type = "Wire"
        self.name = name
        bytes = frame.wireBytes
        recode = { (bytes) throws(BorshError) in try Wire.frame(in: bytes).wireBytes }
        comesBack = { () throws(BorshError) in try Wire.frame(in: frame.wireBytes) == frame }
    }
}

/// Reads a whole frame as a connection would: header, limit, payload.
enum Wire {
    static func frame(in bytes: [UInt8]) throws(BorshError) -> Frame {
        var decoder = BorshDecoder(bytes)
        let length = Int(try decoder.decode(UInt32.self))
        guard length == decoder.remaining, length > 0 else {
            throw .invalid(type: "Wire", reason: "length \(length), \(decoder.remaining) bytes follow")
        }
        let value: UInt8 = try decoder.decode()
        guard let kind = Frame.Kind(rawValue: value) else { throw .unknownCase(type: "Frame", value: value) }
        return try Frame(kind: kind, payload: Array(bytes.dropFirst(Frame.headerSize)))
    }
}

/// Values from fixed seeds: at least one of every type, and one of every case.
enum Fixed {
    static func digest(_ byte: UInt8) -> Digest { Digest([UInt8](repeating: byte, count: 32))! }
    static func key(_ byte: UInt8) -> SigningKey { SigningKey(seed: digest(byte).storage) }

    static let network = digest(0xaa)
    static let signers = [key(1), key(2), key(3)]
    static let coordinator = key(0x10)
    static let accused = signers[1]

    static let voteKey = VoteKey(network: network, service: ServiceID(3), subject: Subject(number: 137))

    static let operatorSet = try! OperatorSet(
        network: network, service: ServiceID(3), epoch: Epoch(5), revision: Revision(1), threshold: .twoThirds,
        members: zip(signers, [300, 200, 50] as [UInt64]).enumerated().map { index, member in
            OperatorSet.Member(
                signer: OperatorIndex(UInt32(2 * index)), key: member.0.publicKey,
                weight: Lamports(member.1 * Lamports.perSOL))
        })

    static let task = ServiceTask(
        network: network, service: ServiceID(3), sequence: TaskSequence(137), epoch: Epoch(5),
        operatorSet: operatorSet.digest, payload: [12, 0, 0, 0, 0, 0, 0, 0],
        issued: Instant(nanoseconds: 1_000_000_000), deadline: Instant(nanoseconds: 2_000_000_000))

    static func statement(result: UInt8 = 144) -> Statement {
        Statement(for: task, digest: task.digest, result: [result])
    }

    static func vote(_ signer: SigningKey, _ statement: Statement = statement()) -> Attestation {
        Attestation(
            statement: statement, signer: signer.publicKey, signature: signer.sign(statement.signedBytes))
    }

    static let quorum = SignerSet(size: 3, bits: [0b011])!

    static let certificate = Certificate(
        statement: statement(), signers: quorum, signatures: signers.prefix(2).map { vote($0).signature })!

    static let equivocation = Equivocation(vote(accused), vote(accused, statement(result: 145)))!

    static func signed(_ task: ServiceTask) -> SignedTask {
        SignedTask(task: task, signature: coordinator.sign(task.signedBytes))
    }

    static let taskEquivocation: TaskEquivocation = {
        var other = task
        other.payload = [13, 0, 0, 0, 0, 0, 0, 0]
        return TaskEquivocation(signed(task), signed(other), by: coordinator.publicKey)!
    }()

    static let revocation = Revocation(
        offence: Evidence.taskEquivocation(taskEquivocation).offence, accused: coordinator.publicKey,
        service: ServiceID(3), voteKey: voteKey, reporter: signers[0].publicKey, slot: Slot(43))

    static let proofs: [(String, Proof)] = [
        ("equivocation", .evidence(.equivocation(equivocation))),
        ("taskEquivocation", .evidence(.taskEquivocation(taskEquivocation))),
        ("certificate", .certificate(certificate, of: operatorSet)),
        ("account", .account(accountProof)),
    ]

    static let accountProof = AccountProof(
        root: operatorSet.digest,
        openings: [
            AccountProof.Opening(index: 0, leaf: [1, 2, 3], path: [network, operatorSet.digest]),
            AccountProof.Opening(index: 4, leaf: [], path: []),
        ])

    static func signed(_ instruction: Instruction) -> SignedInstruction {
        let authority = signers[0]
        return SignedInstruction(
            network: network, authority: authority.publicKey, nonce: 9, instruction: instruction,
            signature: authority.sign(
                SignedInstruction.signedBytes(
                    network: network, authority: authority.publicKey, nonce: 9, instruction: instruction)))
    }

    static let endpoint = Endpoint(signer: OperatorIndex(2), address: Endpoint.loopback, port: 40_123)

    static let settlement = Settlement(
        voteKey: voteKey, statement: statement().digest, operatorSet: operatorSet.digest,
        participation: SignerSet(size: 3, bits: [0b111])!)

    static let notices: [(String, LedgerNotice)] = [
        ("account", .account(nextNonce: 9)),
        ("clock", .clock(Slot(42), Epoch(5), stateRoot: Domain.stateRoot.digest([]))),
        ("operatorSet", .operatorSet(operatorSet)),
        ("directory", .directory([endpoint, Endpoint(signer: OperatorIndex(4), address: 0x0a00_0102, port: 1)])),
        ("slashed", .slashed(slash)),
        ("settled", .settled(settlement)),
        ("revoked", .revoked(revocation)),
    ]

    static let receipt = Receipt(instruction: digest(0xbb), outcome: .alreadySlashed, slot: Slot(42))

    static let hello = Hello(network: network, party: .signer(OperatorIndex(2)), key: accused.publicKey)
    static let certifiedNotice = CertifiedNotice(statement: statement(), certificate: certificate.digest)
    static let summaryEntry = VoteSummary.Entry(
        voteKey: voteKey, statement: statement().digest, operatorSet: operatorSet.digest, signers: quorum)
    static let voteRequest = VoteRequest(
        voteKey: voteKey, statement: statement().digest, signer: accused.publicKey)

    static let frames: [(String, Frame)] =
        [
            ("hello", .hello(hello)),
            ("task", .task(signed(task))),
            ("attestation", .attestation(vote(signers[0]))),
            ("certified", .certified(certifiedNotice)),
            ("certificateRequest", .certificateRequest(voteKey, statement: statement().digest)),
            ("certificate", .certificate(certificate)),
            ("summary", .summary(VoteSummary(entries: [summaryEntry]))),
            ("voteRequest", .voteRequest(voteRequest)),
            ("ownVotesRequest", .ownVotesRequest),
            ("ownVotes", .ownVotes([vote(accused), vote(accused, statement(result: 145))])),
            ("taskRequest", .taskRequest(voteKey, task: task.digest)),
            ("submit", .submit(signed(.withdraw(.native, Units(7))))),
            ("receipt", .receipt(receipt)),
        ] + notices.map { ("notice-\($0.0)", .notice($0.1)) }

    static let injection = Injection(
        behaviour: "equivocate", service: ServiceID(3), subject: voteKey.subject,
        votes: [
            Injection.SentVote(
                attestation: vote(accused), recipients: [.signer(OperatorIndex(0)), .coordinator(ServiceID(3))]),
            Injection.SentVote(attestation: vote(accused, statement(result: 145)), recipients: [.ledger]),
        ])

    static let taskInjection = Injection(
        behaviour: "coordinator-equivocates", service: ServiceID(3), subject: voteKey.subject,
        tasks: [Injection.SentTask(signed(task), recipients: [.signer(OperatorIndex(0))])])

    static let observations: [(String, Observation)] = [
        ("taskIssued", .taskIssued(task)),
        ("taskSubmitted", .taskSubmitted(ServiceID(3), TaskSequence(137), ticket: 7)),
        ("submissionRefused", .submissionRefused(ticket: 7, reason: "draining")),
        ("taskExpired", .taskExpired(ServiceID(3), TaskSequence(137))),
        ("certified", .certified(certificate)),
        ("evidenceFound", .evidenceFound(.equivocation(equivocation))),
        ("receiptArrived", .receiptArrived(receipt)),
        ("attested", .attested(vote(signers[0]))),
        ("refusedToSign", .refusedToSign(reason: "the guard is older than what others hold")),
        ("rejected", .rejected(from: .coordinator(ServiceID(3)), reason: "größer als erlaubt")),
        ("injected", .injected(injection)),
        (
            "applied",
            .applied(sequence: 8, slot: Slot(42), signed(.submitEvidence(.equivocation(equivocation))), .applied)
        ),
        ("slashed", .slashed(slash)),
        ("operatorSetOpened", .operatorSetOpened(operatorSet)),
        ("books", .books(books)),
        ("recovered", .recovered(behaviour: "silent", service: ServiceID(3))),
        ("recoveredEverywhere", .recovered(behaviour: "silent", service: nil)),
        ("operatorSetAdopted", .operatorSetAdopted(ServiceID(3), operatorSet.digest)),
        ("revoked", .revoked(revocation)),
        (
            "notExecuted",
            .notExecuted(ServiceID(3), TaskSequence(137), reason: "the program gave no answer within 500ms")
        ),
        ("stalled", .stalled(.milliseconds(1_250))),
        ("ledgerOpened", .ledgerOpened(after: 41)),
        ("restaking", .restaking(.yieldBooked(Epoch(5), gross: Units(9), fee: Units(1), commissions: Units(2)))),
    ]

    static let genesis = Genesis(
        runID: digest(0xcc),
        parameters: LedgerParameters(slotDuration: .milliseconds(100), slotsPerEpoch: 50, unbondingEpochs: 2),
        clock: key(0x20).publicKey,
        signers: signers.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
        restakers: [
            Genesis.Restaker(
                name: "r-1", key: key(0x30).publicKey, deposit: Lamports(550 * Lamports.perSOL),
                delegations: [
                    Genesis.Delegation(signer: OperatorIndex(0), amount: Lamports(300 * Lamports.perSOL)),
                    Genesis.Delegation(signer: OperatorIndex(2), amount: Lamports(50 * Lamports.perSOL)),
                ])
        ],
        services: [
            Genesis.Service(
                name: "squares", module: "squaring", coordinator: coordinator.publicKey, threshold: .twoThirds,
                dissemination: .star, deadline: .seconds(1),
                evidenceWindow: .seconds(2), optedIn: [OperatorIndex(0), OperatorIndex(2)], slash: slashTerms)
        ])
}

extension Specimen {
    static let all: [Specimen] = primitives + votes + proofs + ledger + restaking + records + frames

    private static let primitives = [
        Specimen("ascending", Digest(Array(UInt8(0)..<32))!),
        Specimen("ofSeed1", Fixed.key(1).publicKey),
        Specimen("ofEmptyMessage", Fixed.key(1).sign([])),
        Specimen("one", Lamports(1)), Specimen("most", Lamports(.max)),
        Specimen("oneSecond", Instant(nanoseconds: 1_000_000_000)),
        Specimen("last", Instant(nanoseconds: UInt64(Int64.max))),
        Specimen("halfASecond", Duration.milliseconds(500)), Specimen("longest", Duration.nanoseconds(Int64.max)),
        Specimen("twoThirds", Fraction.twoThirds),
        Specimen("ofNobody", SignerSet(size: 0)), Specimen("twoOfThree", Fixed.quorum),
        Specimen("ofNine", SignerSet(size: 9, bits: [0x81, 0x01])!),
        Specimen("index", OperatorIndex(0x0102_0304)), Specimen("index", RestakerIndex(1)),
        Specimen("index", ServiceID(3)), Specimen("index", MemberIndex(2 as UInt32)),
        Specimen("sequence", TaskSequence(0x0102_0304_0506_0708)), Specimen("five", Epoch(5)),
        Specimen("fortyTwo", Slot(42)), Specimen("one", Revision(1)),
        Specimen("index", AssetID(1 as UInt32)), Specimen("index", ValidatorIndex(2 as UInt32)),
        Specimen("index", ProposalID(3)), Specimen("index", DisputeID(4)), Specimen("one", Units(1)),
        Specimen("one", VaultShares(1)), Specimen("sevenPercent", BasisPoints(700)!),
        Specimen("half", Magnitude(500_000_000_000_000_000)!),
    ]

    private static let votes = [
        Specimen("ofTask", Subject(TaskSequence(137))), Specimen("scoped", Subject(scope: 1, number: 2)),
        Specimen("result", VoteKind.result), Specimen("plain", Fixed.voteKey),
        Specimen("plain", Fixed.task),
        Specimen("plain", Fixed.task.header), Specimen("plain", Fixed.signed(Fixed.task)),
        Specimen("plain", Fixed.statement()), Specimen("plain", Fixed.vote(Fixed.signers[0])),
        Specimen("member", Fixed.operatorSet.members[1]), Specimen("ofThree", Fixed.operatorSet),
        Specimen("twoOfThree", Fixed.certificate), Specimen("plain", Fixed.equivocation),
        Specimen("plain", Fixed.taskEquivocation),
        Specimen("equivocation", Evidence.equivocation(Fixed.equivocation)),
        Specimen("taskEquivocation", Evidence.taskEquivocation(Fixed.taskEquivocation)),
        Specimen("statement", GuardEntry.statement(Fixed.statement())),
        Specimen("task", GuardEntry.task(Fixed.task.header)),
        Specimen("evidence", GuardEntry.evidence(.equivocation(Fixed.equivocation))),
        Specimen("answered", GuardEntry.answered(offence: Fixed.slash.offence)),
        Specimen("submission", GuardEntry.submission(Fixed.task.header, payload: [1, 2], ticket: 7, count: 3)),
    ]

    private static let proofs =
        Fixed.proofs.map { Specimen($0.0, $0.1) } + Fixed.proofs.map { Specimen($0.0, ProofFile($0.1)) }

    private static let ledger =
        [
            Specimen("ofThree", Fixed.genesis), Specimen("plain", Fixed.genesis.signers[0]),
            Specimen("plain", Fixed.genesis.restakers[0]), Specimen("plain", Fixed.genesis.restakers[0].delegations[0]),
            Specimen("plain", Fixed.genesis.services[0]), Specimen("plain", Fixed.genesis.parameters),
            Specimen("mesh", Dissemination.mesh), Specimen("star", Dissemination.star),
            Specimen("plain", Fixed.endpoint), Specimen("plain", Fixed.signed(.deposit(.native, Units(1)))),
            Specimen("plain", Fixed.receipt), Specimen("plain", Fixed.slash), Specimen("plain", Fixed.settlement),
            Specimen("plain", Fixed.revocation),
        ] + Fixed.notices.map { Specimen($0.0, $0.1) }
        + Outcome.allCases.map { Specimen("\($0)", $0) }

    private static let records =
        [
            Specimen("equivocate", Fixed.injection), Specimen("bare", Injection(behaviour: "silent")),
            Specimen("ofTasks", Fixed.taskInjection), Specimen("plain", Fixed.injection.votes[0]),
            Specimen("plain", Fixed.taskInjection.tasks[0]), Specimen("plain", Fixed.books),
        ] + Fixed.observations.map { Specimen($0.0, $0.1) }

    private static let frames =
        [
            Specimen("signer", Party.signer(OperatorIndex(2))),
            Specimen("coordinator", Party.coordinator(ServiceID(3))), Specimen("ledger", Party.ledger),
            Specimen("plain", Fixed.hello), Specimen("plain", Fixed.certifiedNotice),
            Specimen("plain", Fixed.summaryEntry), Specimen("plain", Fixed.voteRequest),
        ] + Fixed.frames.map { Specimen($0.0, $0.1) } + Fixed.frames.map { Specimen(wire: $0.0, $0.1) }
}
