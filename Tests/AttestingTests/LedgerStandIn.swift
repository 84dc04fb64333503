import Attesting
import Cryptography
import Messages
import Primitives

/// As much of a ledger as the machines can tell apart from a real one: nonces, operator sets, one slash or revocation an offence,
/// the first certificate of a subject, claims.
struct LedgerStandIn {
    let genesis: Genesis
    private(set) var sets: [OperatorSet]
    private var nonces: [PublicKey: UInt64] = [:]
    private(set) var slashes: [SlashRecord] = []
    private(set) var revocations: [Revocation] = []
    private(set) var settlements: [VoteKey: Settlement] = [:]
    private(set) var claims: [Attestation] = []
    private(set) var answers: [(authority: PublicKey, instruction: Instruction, outcome: Outcome)] = []

    init(genesis: Genesis, stakes: [UInt64]) {
        self.genesis = genesis
        let members = zip(genesis.signers.indices, stakes).map { number, stake in
            OperatorSet.Member(
                signer: OperatorIndex(UInt32(number)), key: genesis.signers[number].key, weight: Lamports(stake))
        }
        sets = [
            try! OperatorSet(
                network: genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
                threshold: genesis.services[0].threshold, members: members)
        ]
    }

    var current: OperatorSet { sets.last! }

    func greeting(for key: PublicKey) -> [LedgerNotice] {
        [.account(nextNonce: nonces[key, default: 0])] + sets.map { .operatorSet($0) } + slashes.map { .slashed($0) }
            + revocations.map { .revoked($0) }
    }

    mutating func apply(_ signed: SignedInstruction) -> (Receipt, news: [LedgerNotice]) {
        var news: [LedgerNotice] = []
        let outcome = outcome(of: signed, news: &news)
        answers.append((signed.authority, signed.instruction, outcome))
        return (Receipt(instruction: signed.digest, outcome: outcome, slot: Slot(0)), news)
    }

    private mutating func outcome(of signed: SignedInstruction, news: inout [LedgerNotice]) -> Outcome {
        guard signed.isSignatureValid else { return .badSignature }
        let expected = nonces[signed.authority, default: 0]
        guard signed.nonce >= expected else { return .nonceUsed }
        guard signed.nonce == expected else { return .nonceAhead }
        nonces[signed.authority] = expected + 1
        switch signed.instruction {
        case .submitEvidence(let evidence): return slash(evidence, reporter: signed.authority, news: &news)
        case .submitCertificate(let certificate, let participation):
            let isCoordinator = signed.authority == genesis.services[0].coordinator
            guard !isCoordinator || revocations.isEmpty else { return .coordinatorRevoked }
            guard isCoordinator || participation == certificate.signers else { return .badParticipation }
            return settle(certificate, participation, news: &news)
        case .claimParticipation(let vote):
            claims.append(vote)
            return .applied
        default: return .notAuthorized
        }
    }

    private mutating func slash(
        _ evidence: Evidence, reporter: PublicKey, news: inout [LedgerNotice]
    ) -> Outcome {
        guard evidence.isValid else { return .badEvidence }
        let punished = slashes.map(\.offence) + revocations.map(\.offence)
        guard !punished.contains(evidence.offence) else { return .alreadySlashed }
        if case .taskEquivocation(let pair) = evidence {
            return revoke(pair, evidence, reporter: reporter, news: &news)
        }
        guard let culprit = current.members.first(where: { $0.key == evidence.accused }) else {
            return .alreadyTombstoned
        }
        let record = SlashRecord(
            offence: evidence.offence, accused: culprit.key, signer: culprit.signer, voteKey: evidence.voteKey,
            epoch: Epoch(0), slashed: culprit.weight, reward: .zero, reporter: reporter, slot: Slot(0))
        slashes.append(record)
        sets.append(
            try! OperatorSet(
                network: current.network, service: current.service, epoch: current.epoch,
                revision: current.revision.next, threshold: current.threshold,
                members: current.members.filter { $0.key != culprit.key }))
        news = [.slashed(record), .operatorSet(current)]
        return .applied
    }

    private mutating func revoke(
        _ pair: TaskEquivocation, _ evidence: Evidence, reporter: PublicKey, news: inout [LedgerNotice]
    ) -> Outcome {
        guard pair.accused == genesis.services[0].coordinator else { return .badEvidence }
        let revocation = Revocation(
            offence: evidence.offence, accused: pair.accused, service: ServiceID(0), voteKey: pair.voteKey,
            reporter: reporter, slot: Slot(0))
        revocations.append(revocation)
        news = [.revoked(revocation)]
        return .applied
    }

    private mutating func settle(
        _ certificate: Certificate, _ participation: SignerSet, news: inout [LedgerNotice]
    ) -> Outcome {
        let statement = certificate.statement
        guard let set = sets.first(where: { $0.digest == statement.operatorSet }),
            (try? certificate.verify(against: set)) != nil
        else { return .badCertificate }
        guard settlements[statement.voteKey] == nil else { return .alreadyCertified }
        guard participation.isSuperset(of: certificate.signers) else { return .badParticipation }
        let settlement = Settlement(
            voteKey: statement.voteKey, statement: statement.digest, operatorSet: set.digest,
            participation: participation)
        settlements[statement.voteKey] = settlement
        news = [.settled(settlement)]
        return .applied
    }
}
