import Cryptography
import Messages
import Primitives
import Records
import Restaking
import Services
import SystemPackage
import Verdicts

/// A run of which there is nothing but the ledger's record: a real ledger, and what it notes.
///
/// Four operators with 400, 300, 200 and 100 lamports of their own; bob has 1,000, of which 300 are with op-1 and 200 with
/// op-2; two AVSs with both assets. An epoch has 10 slots, unbonding takes 2 epochs.
struct LedgerRun {
    static let clock = key(1)
    static let signers = (0..<4).map { key(10 + $0) }
    static let bob = key(30)
    static let coordinators = [key(50), key(51)]
    static let mSOL = AssetID(1 as UInt32)

    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: FixedBytes32(Array(repeating: number, count: 32))!)
    }

    let genesis: Genesis
    private(set) var ledger: Ledger
    private(set) var instructions: [SignedInstruction] = []
    private var notes: [NodeRecord.Note] = []

    static func genesis() -> Genesis {
        func own(_ signer: Int, _ amount: UInt64) -> Genesis.Restaker {
            Genesis.Restaker(
                name: "op-\(signer + 1)", key: signers[signer].publicKey, deposit: Lamports(amount),
                delegations: [.init(signer: OperatorIndex(UInt32(signer)), amount: Lamports(amount))])
        }
        let bobs = Genesis.Restaker(
            name: "bob", key: bob.publicKey, deposit: Lamports(1_000),
            delegations: [
                .init(signer: OperatorIndex(0), amount: Lamports(300)),
                .init(signer: OperatorIndex(1), amount: Lamports(200)),
            ])
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(
                slotDuration: .milliseconds(50), slotsPerEpoch: 10, unbondingEpochs: 2, badEvidenceFee: Lamports(30),
                disputes: DisputeRules(bond: Lamports(50), votingEpochs: 1)),
            clock: clock.publicKey,
            assets: [
                .native(authority: clock.publicKey),
                AssetTerms(
                    name: "mSOL", authority: clock.publicKey, rate: ExchangeRate(2_000_000_000)!,
                    weight: BasisPoints(5_000)!),
            ],
            signers: signers.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
            restakers: [400, 300, 200, 100].enumerated().map(own) + [bobs],
            services: coordinators.enumerated().map { place, key in
                Genesis.Service(
                    name: "s-\(place)", module: "squaring", coordinator: key.publicKey, threshold: .twoThirds,
                    dissemination: .mesh, deadline: .seconds(1), evidenceWindow: .seconds(2),
                    optedIn: (0..<4).map(OperatorIndex.init),
                    slash: SlashTerms(equivocation: .basisPoints(1_000), wrongResult: .basisPoints(2_000)))
            })
    }

    init(_ change: (inout Genesis) -> Void = { _ in }) {
        var genesis = Self.genesis()
        change(&genesis)
        self.genesis = genesis
        ledger = try! Ledger(genesis: genesis)
        for set in ledger.operatorSets { note(.operatorSetOpened(set)) }
    }

    private mutating func note(_ observation: Observation) {
        notes.append(NodeRecord.Note(at: Instant(nanoseconds: 1), observation: observation))
    }

    @discardableResult
    mutating func apply(_ instruction: Instruction, by key: SigningKey) -> Outcome {
        let nonce = ledger.nextNonce(of: key.publicKey) ?? 0
        let bytes = SignedInstruction.signedBytes(
            network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        let signed = SignedInstruction(
            network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
        var changes: [Ledger.Change] = []
        let outcome = ledger.apply(signed, changes: &changes)
        instructions.append(signed)
        note(.applied(sequence: ledger.sequence, slot: ledger.slot, signed, outcome))
        for change in changes {
            switch change {
            case .slashed(let record): note(.slashed(record))
            case .operatorSetOpened(let set): note(.operatorSetOpened(set))
            case .event(let event): note(.restaking(event))
            default: break
            }
        }
        return outcome
    }

    mutating func bob(_ instruction: Instruction) -> Outcome { apply(instruction, by: Self.bob) }

    mutating func open(epoch: UInt64) { apply(.advance(to: Slot(epoch * 10)), by: Self.clock) }

    func set(_ service: UInt32 = 0) -> OperatorSet { ledger.operatorSets.last { $0.service == ServiceID(service) }! }

    func equivocation(by signer: Int, _ set: OperatorSet, isForged: Bool = false) -> Instruction {
        let votes = ([1, 2] as [UInt8]).map { result in
            let statement = Statement(
                voteKey: VoteKey(network: set.network, service: set.service, subject: Subject(number: 900)),
                operatorSet: set.digest, epoch: set.epoch, task: .zero, result: Domain.resultDigest.digest([result]))
            let key = isForged && result == 2 ? Self.clock : Self.signers[signer]
            return Attestation(
                statement: statement, signer: Self.signers[signer].publicKey,
                signature: key.sign(statement.signedBytes))
        }
        return .submitEvidence(.equivocation(Equivocation(votes[0], votes[1])!))
    }

    /// All of the set sign that the square of 7 is this; or somebody in their place.
    @discardableResult
    mutating func certify(
        _ number: UInt64, result: [UInt8], of service: UInt32 = 0, isForged: Bool = false
    ) -> (task: ServiceTask, statement: Statement, outcome: Outcome) {
        let set = set(service)
        let task = ServiceTask(
            network: ledger.network, service: set.service, sequence: TaskSequence(number), epoch: set.epoch,
            operatorSet: set.digest, payload: Self.seven, issued: Instant(nanoseconds: 1),
            deadline: Instant(nanoseconds: 2))
        let statement = Statement(for: task, digest: task.digest, result: result)
        var signers = SignerSet(size: set.members.count)
        for place in set.members.indices { signers.insert(MemberIndex(place)) }
        let certificate = Certificate(
            statement: statement, signers: signers,
            signatures: set.members.map { member in
                let key = isForged ? Self.clock : Self.signers[Int(member.signer.number)]
                return key.sign(statement.signedBytes)
            })!
        let outcome = apply(
            .submitCertificate(certificate, participation: signers), by: Self.coordinators[Int(service)])
        return (task, statement, outcome)
    }

    /// As the module `squaring` takes and gives numbers.
    static let seven: [UInt8] = [7, 0, 0, 0, 0, 0, 0, 0]

    static var right: [UInt8] {
        guard case .inProcess(let execute) = ModuleCatalogue.module(named: "squaring")!.execution,
            case .result(let result) = execute(seven)
        else { preconditionFailure("squaring squares 7") }
        return result
    }

    /// - Parameters:
    ///   - left: an instruction that the record has not.
    ///   - outcome: what the record says of the instruction `claimed`, whatever came of it.
    func history(without left: Int? = nil, claiming outcome: Outcome? = nil, of claimed: Int? = nil) -> RunHistory {
        let header = RecordHeader(
            node: "ledger", party: .ledger, incarnation: 1, network: genesis.network, configuration: [])
        var entries = notes.map { RecordEntry.note(at: $0.at, $0.observation) }
        let places = notes.indices.filter { if case .applied = notes[$0].observation { true } else { false } }
        if let claimed, let outcome,
            case .applied(let sequence, let slot, let signed, _) = notes[places[claimed]].observation
        {
            let lie = Observation.applied(sequence: sequence, slot: slot, signed, outcome)
            entries[places[claimed]] = .note(at: notes[places[claimed]].at, lie)
        }
        if let left { entries.remove(at: places[left]) }
        return RunHistory(
            RunRecords(
                genesis: genesis,
                nodes: [
                    NodeRecord(
                        path: FilePath(header.fileName), header: header, entries: entries,
                        ending: .closed(at: Instant(nanoseconds: 9)))
                ]))
    }
}
