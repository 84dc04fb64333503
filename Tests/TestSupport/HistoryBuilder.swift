import Cryptography
import Messages
import Primitives
import Records
import SystemPackage

/// A run made by hand, with real keys and signatures: four operators of 40, 30, 20 and 10 SOL, one AVS, its
/// coordinator and the ledger. Each step says what one party notes; times are in milliseconds.
package struct HistoryBuilder {
    package static let service = ServiceID(0)
    package let keys: [SigningKey]
    package let genesis: Genesis
    package let set: OperatorSet
    package var notes: [Party: [NodeRecord.Note]] = [:]
    private var instructions: UInt64 = 0
    private var books: Books
    package var endings: [Party: NodeRecord.Ending] = [:]
    package var absent: Set<Party> = []
    /// Whether processes have said what they use.
    package var isMeasured = true
    /// What these said; the others said little.
    package var usages: [Party: ProcessUsage] = [:]
    /// What the coordinator's second process notes; nil: there is none.
    package var secondCoordinator: [(at: UInt64, Observation)]?
    /// What the ledger's second process notes; nil: there is none.
    package var secondLedger: [(at: UInt64, Observation)]?
    /// What operators' second processes note.
    package var secondSigners: [UInt32: [(at: UInt64, Observation)]] = [:]
    package private(set) var interventions: [Intervention] = []

    package init(
        threshold: Fraction = .twoThirds, dissemination: Dissemination = .mesh, module: String = "squaring"
    ) throws {
        let stakes: [UInt64] = [40, 30, 20, 10].map { $0 * Lamports.perSOL }
        keys = (1...5).map { SigningKey(seed: FixedBytes32(Array(repeating: UInt8($0), count: 32))!) }
        let keys = keys
        genesis = Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .milliseconds(400), slotsPerEpoch: 100, unbondingEpochs: 2),
            clock: keys[4].publicKey,
            signers: (0..<4).map { Genesis.Signer(name: "op-\($0 + 1)", key: keys[$0].publicKey) },
            restakers: (0..<4).map { index in
                Genesis.Restaker(
                    name: "op-\(index + 1)", key: keys[index].publicKey, deposit: Lamports(stakes[index]),
                    delegations: [
                        Genesis.Delegation(signer: OperatorIndex(UInt32(index)), amount: Lamports(stakes[index]))
                    ])
            },
            services: [
                Genesis.Service(
                    name: "squares", module: module, coordinator: keys[4].publicKey, threshold: threshold,
                    dissemination: dissemination, deadline: .seconds(1),
                    evidenceWindow: .seconds(2), optedIn: (0..<4).map(OperatorIndex.init),
                    slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
        set = try OperatorSet(
            network: genesis.network, service: Self.service, epoch: Epoch(0), revision: Revision(0),
            threshold: threshold,
            members: (0..<4).map { index in
                OperatorSet.Member(
                    signer: OperatorIndex(UInt32(index)), key: keys[index].publicKey, weight: Lamports(stakes[index]))
            })
        let all = Lamports(stakes.reduce(0, +))
        let shares = VaultShares(all.number)
        books = Books(
            sequence: 0, entered: Units(all.number), vault: Units(all.number), shares: shares, delegated: shares)
        note(.ledger, at: 0, .operatorSetOpened(set))
        note(.ledger, at: 0, .books(books))
    }

    package static let coordinator = Party.coordinator(service)
    package static func signer(_ number: UInt32) -> Party { .signer(OperatorIndex(number - 1)) }
    package static func instant(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    package mutating func note(_ party: Party, at time: UInt64, _ observation: Observation) {
        notes[party, default: []].append(NodeRecord.Note(at: Self.instant(time), observation: observation))
    }

    package func task(_ number: UInt64, issued: UInt64) -> ServiceTask {
        ServiceTask(
            network: genesis.network, service: Self.service, sequence: TaskSequence(number), epoch: Epoch(0),
            operatorSet: set.digest, payload: Self.littleEndian(number), issued: Self.instant(issued),
            deadline: Self.instant(issued + 1000))
    }

    /// Result 1 is the square of the number, any other is not.
    package func statement(_ number: UInt64, result: UInt8 = 1) -> Statement {
        let task = task(number, issued: number * 10)
        let value = UInt128(number) * UInt128(number) + UInt128(result) - 1
        return Statement(for: task, digest: task.digest, result: Self.littleEndian(value))
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    /// Operators by their numbers, from 1.
    package func vote(_ number: UInt32, _ statement: Statement) -> Attestation {
        let key = keys[Int(number) - 1]
        return Attestation(
            statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
    }

    package func certificate(_ statement: Statement, by signers: [UInt32]) -> Certificate {
        var bits = SignerSet(size: 4)
        for signer in signers { bits.insert(MemberIndex(signer - 1)) }
        return Certificate(
            statement: statement, signers: bits, signatures: signers.sorted().map { vote($0, statement).signature })!
    }

    package mutating func issue(_ number: UInt64) {
        note(Self.coordinator, at: number * 10, .taskIssued(task(number, issued: number * 10)))
    }

    package mutating func certify(
        _ number: UInt64, result: UInt8 = 1, by signers: [UInt32] = [1, 2, 3], after: UInt64 = 20
    ) {
        let certificate = certificate(statement(number, result: result), by: signers)
        for party in [Self.coordinator, Self.signer(1)] {
            note(party, at: number * 10 + after, .certified(certificate))
        }
    }

    package func evidence(_ signer: UInt32, _ number: UInt64) -> Evidence {
        .equivocation(Equivocation(vote(signer, statement(number)), vote(signer, statement(number, result: 2)))!)
    }

    package mutating func equivocate(
        _ signer: UInt32, _ number: UInt64, after: UInt64 = 1, to first: [Party], and second: [Party]
    ) {
        let injection = Injection(
            behaviour: "equivocate-split", service: Self.service, subject: Subject(number: number),
            votes: [
                Injection.SentVote(attestation: vote(signer, statement(number)), recipients: first),
                Injection.SentVote(attestation: vote(signer, statement(number, result: 2)), recipients: second),
            ])
        note(Self.signer(signer), at: number * 10 + after, .injected(injection))
    }

    package func slashRecord(_ evidence: Evidence, _ signer: UInt32) -> SlashRecord {
        let slashed = set.members[Int(signer) - 1].weight.scaled(by: 5, over: 100)
        let reward = slashed.scaled(by: 5, over: 100)
        let loss = SlashRecord.Loss(
            asset: .native, shares: VaultShares(slashed.number), units: Units(slashed.number),
            rewarded: Units(reward.number))
        return SlashRecord(
            offence: evidence.offence, accused: evidence.accused, signer: OperatorIndex(signer - 1),
            voteKey: evidence.voteKey, epoch: Epoch(0), losses: [loss], slashed: slashed, reward: reward,
            reporter: keys[4].publicKey, slot: Slot(1))
    }

    /// By the coordinator's key; its signature is worth nothing.
    package func signed(_ instruction: Instruction, nonce: UInt64) -> SignedInstruction {
        SignedInstruction(
            network: genesis.network, authority: keys[4].publicKey, nonce: nonce, instruction: instruction,
            signature: keys[4].sign([]))
    }

    package mutating func apply(_ instruction: Instruction, _ outcome: Outcome, at time: UInt64) {
        instructions += 1
        let signed = signed(instruction, nonce: instructions)
        note(.ledger, at: time, .applied(sequence: instructions, slot: Slot(1), signed, outcome))
    }

    /// The ledger takes the evidence; `burning` lamports of it vanish from the books.
    package mutating func slash(_ signer: UInt32, on evidence: Evidence, at time: UInt64, losing lost: UInt64 = 0) {
        let record = slashRecord(evidence, signer)
        apply(.submitEvidence(evidence), .applied, at: time)
        note(.ledger, at: time, .slashed(record))
        books.sequence = instructions
        books.vault -= Units(record.slashed.number)
        books.shares -= VaultShares(record.slashed.number)
        books.delegated -= VaultShares(record.slashed.number)
        books.earned += Units(record.reward.number)
        books.burned += Units((record.slashed - record.reward).number - lost)
        note(.ledger, at: time, .books(books))
    }

    /// Three tasks, of which op-4 equivocates in the second before everyone.
    package static func sound() throws -> HistoryBuilder {
        var builder = try HistoryBuilder()
        for number in 1...3 as ClosedRange<UInt64> {
            builder.issue(number)
            builder.certify(number)
        }
        builder.equivocate(4, 2, to: [coordinator, signer(1)], and: [signer(2), signer(3)])
        builder.note(coordinator, at: 62, .evidenceFound(builder.evidence(4, 2)))
        builder.slash(4, on: builder.evidence(4, 2), at: 76)
        return builder
    }

    /// Somebody's act; a process that is killed leaves a torn record.
    package mutating func intervene(
        _ party: Party, at time: UInt64, _ act: Intervention.Act, incarnation: UInt32 = 1
    ) {
        interventions.append(
            Intervention(at: Self.instant(time), party: party, incarnation: incarnation, act: act))
        if act == .killed { endings[party] = .torn(at: 100) }
    }

    private func restarted(_ party: Party, _ notes: [(at: UInt64, Observation)]) -> NodeRecord {
        let header = RecordHeader(
            node: genesis.name(of: party)!, party: party, incarnation: 2, network: genesis.network, configuration: [])
        return NodeRecord(
            path: FilePath(header.fileName), header: header,
            entries: notes.map { .note(at: Self.instant($0.at), $0.1) }, ending: .closed(at: Self.instant(9999)))
    }

    package var records: RunRecords {
        let nodes = genesis.parties.filter { !absent.contains($0) }.map { party in
            let header = RecordHeader(
                node: genesis.name(of: party)!, party: party, incarnation: 1, network: genesis.network,
                configuration: [])
            return NodeRecord(
                path: FilePath(header.fileName), header: header,
                entries: notes[party, default: []].map { .note(at: $0.at, $0.observation) },
                ending: endings[party] ?? .closed(at: Self.instant(9999)))
        }
        let second =
            (secondCoordinator.map { [restarted(Self.coordinator, $0)] } ?? [])
            + (secondLedger.map { [restarted(.ledger, $0)] } ?? [])
            + secondSigners.sorted { $0.key < $1.key }.map { restarted(Self.signer($0.key), $0.value) }
        let all = nodes + second
        return RunRecords(
            genesis: genesis, nodes: all, interventions: interventions, usages: all.compactMap { usage(of: $0) })
    }

    private func usage(of node: NodeRecord) -> NodeUsage? {
        guard isMeasured, node.isClosed else { return nil }
        let reading =
            usages[node.party]
            ?? ProcessUsage(
                at: Self.instant(9999), cpu: .zero, residentBytes: 8 << 20, peakResidentBytes: 9 << 20,
                deepestQueue: 12, durableBytes: 1_000)
        return NodeUsage(name: node.name, party: node.party, incarnation: node.incarnation, readings: [reading])
    }
}
