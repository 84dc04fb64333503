import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// A small network with the keys of everyone in it, and the words that tests speak to its ledger.
///
/// Four operators weigh 400, 300, 200 and 100; restaker 0 has delegated all of it but for the self-delegation of 50 of
/// operator 3; restaker 1 is there with 1,000 idle. Both AVSs take 5 % and 100 % for an equivocation. Epochs have 10
/// slots, unbonding takes 2 epochs.
struct LedgerFixture {
    static let clockKey = key(1)
    static let operatorKeys = (0..<4).map { key(10 + $0) }
    static let restakerKeys = [key(30), key(31), key(13)]  // the third is operator 3
    static let coordinatorKeys = [key(50), key(51)]
    static let stranger = key(99)

    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: FixedBytes32(Array(repeating: number, count: 32))!)
    }

    static func genesis(slashes: [Fraction] = [.basisPoints(500), .one], run: UInt8 = 7) -> Genesis {
        func delegation(_ signer: UInt32, _ amount: UInt64) -> Genesis.Delegation {
            Genesis.Delegation(signer: OperatorIndex(signer), amount: Lamports(amount))
        }
        return Genesis(
            runID: Digest(Array(repeating: run, count: 32))!,
            parameters: LedgerParameters(
                slotDuration: .milliseconds(50), slotsPerEpoch: 10, unbondingEpochs: 2, badEvidenceFee: Lamports(30)),
            clock: clockKey.publicKey,
            signers: operatorKeys.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
            restakers: [
                Genesis.Restaker(
                    name: "r-1", key: restakerKeys[0].publicKey, deposit: Lamports(950),
                    delegations: [delegation(0, 400), delegation(1, 300), delegation(2, 200), delegation(3, 50)]),
                Genesis.Restaker(
                    name: "r-2", key: restakerKeys[1].publicKey, deposit: Lamports(1_000), delegations: []),
                Genesis.Restaker(
                    name: "op-4", key: restakerKeys[2].publicKey, deposit: Lamports(50),
                    delegations: [delegation(3, 50)]),
            ],
            services: slashes.enumerated().map { place, slash in
                Genesis.Service(
                    name: "s-\(place)", module: "squaring", coordinator: coordinatorKeys[place].publicKey,
                    threshold: .twoThirds, dissemination: .mesh, deadline: .seconds(1),
                    evidenceWindow: .seconds(2), optedIn: (0..<4).map(OperatorIndex.init),
                    slash: SlashTerms(equivocation: slash))
            })
    }

    var ledger: Ledger
    var log: [SignedInstruction] = []

    init(_ genesis: Genesis = genesis()) { ledger = try! Ledger(genesis: genesis) }

    func sign(_ instruction: Instruction, by key: SigningKey, nonce: UInt64? = nil) -> SignedInstruction {
        Self.sign(
            instruction, by: key, nonce: nonce ?? ledger.nextNonce(of: key.publicKey) ?? 0, network: ledger.network)
    }

    static func sign(
        _ instruction: Instruction, by key: SigningKey, nonce: UInt64, network: Digest
    ) -> SignedInstruction {
        let bytes = SignedInstruction.signedBytes(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        return SignedInstruction(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
    }

    /// Applies it, with everything checked afterwards.
    mutating func apply(_ signed: SignedInstruction) -> Outcome {
        let outcome = ledger.apply(signed)
        #expect(OutcomeList.lists(outcome, of: signed.instruction), "\(outcome) is no answer to \(signed.instruction)")
        if outcome.takesNonce { log.append(signed) }
        do { try ledger.checkEverything() } catch { Issue.record("after \(signed.instruction): \(error)") }
        return outcome
    }

    mutating func apply(_ instruction: Instruction, by key: SigningKey) -> Outcome {
        apply(sign(instruction, by: key))
    }

    /// By restaker 0, 1 or 2.
    mutating func restaker(_ place: Int, _ instruction: Instruction) -> Outcome {
        apply(instruction, by: Self.restakerKeys[place])
    }

    mutating func open(epoch: UInt64) {
        #expect(apply(.advance(to: Slot(epoch * 10)), by: Self.clockKey) == .applied)
    }

    func set(_ service: UInt32 = 0, epoch: UInt64? = nil) -> OperatorSet {
        ledger.operatorSets.last {
            $0.service == ServiceID(service) && $0.epoch.number == epoch ?? ledger.epoch.number
        }!
    }

    /// Of native SOL, after the last instruction.
    var books: Books { ledger.books[0] }

    func stake(_ signer: Int, of asset: Int = 0) -> OperatorStake { ledger.stakes[asset][signer] }

    func weights(_ service: UInt32 = 0) -> [UInt32: UInt64] {
        Dictionary(uniqueKeysWithValues: set(service).members.map { ($0.signer.number, $0.weight.number) })
    }

    // MARK: Votes

    static func statement(
        _ set: OperatorSet, subject: UInt64 = 0, result: UInt8 = 1, network: Digest? = nil
    ) -> Statement {
        Statement(
            voteKey: VoteKey(network: network ?? set.network, service: set.service, subject: Subject(number: subject)),
            operatorSet: set.digest, epoch: set.epoch, task: .zero,
            result: Digest(Array(repeating: result, count: 32))!)
    }

    static func vote(_ statement: Statement, by key: SigningKey) -> Attestation {
        Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
    }

    /// Operator `signer` has said two things about one subject.
    static func equivocation(
        by signer: Int, _ set: OperatorSet, and other: OperatorSet? = nil, subject: UInt64 = 0,
        results: (UInt8, UInt8) = (1, 2)
    ) -> Instruction {
        let one = vote(statement(set, subject: subject, result: results.0), by: operatorKeys[signer])
        let two = vote(statement(other ?? set, subject: subject, result: results.1), by: operatorKeys[signer])
        return .submitEvidence(.equivocation(Equivocation(one, two)!))
    }

    static func certificate(_ set: OperatorSet, subject: UInt64 = 0, signers: [Int], result: UInt8 = 1) -> Certificate {
        let statement = statement(set, subject: subject, result: result)
        var bits = SignerSet(size: set.members.count)
        var signatures: [Signature] = []
        for (place, member) in set.members.enumerated() where signers.contains(Int(member.signer.number)) {
            bits.insert(MemberIndex(place))
            signatures.append(operatorKeys[Int(member.signer.number)].sign(statement.signedBytes))
        }
        return Certificate(statement: statement, signers: bits, signatures: signatures)!
    }

    mutating func settle(_ certificate: Certificate, participation: SignerSet? = nil) -> Outcome {
        apply(
            .submitCertificate(certificate, participation: participation ?? certificate.signers),
            by: Self.coordinatorKeys[Int(certificate.statement.service.number)])
    }
}

extension Lamports: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(value) }
}

extension Units: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(value) }
}

extension VaultShares: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(value) }
}
