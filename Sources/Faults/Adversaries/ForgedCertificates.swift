import Attesting
import Cryptography
import Messages
import Primitives

/// Beside its vote, sends a certificate that is none to everybody, and submits it: `forged-certificate`.
///
/// It never signs a second statement for one vote key: what it forges is no equivocation.
struct ForgedCertificates: Adversary {
    mutating func pass(_ effect: NodeEffect, _ scene: inout Scene) {
        scene.effects.append(effect)
        guard case .send(.attestation(let vote), let recipients) = effect, vote.signer == scene.key,
            let index = scene.board.strike([.forgedCertificate], on: vote.statement.voteKey),
            let set = scene.sets.set(vote.statement.operatorSet), let member = set.index(of: scene.me)
        else { return }
        let form = scene.board.plan(index).parameters.form ?? .noSignatures
        let certificate = Self.certificate(of: vote, by: member, in: set, form)
        scene.effects.append(.send(.certificate(certificate), to: recipients))
        scene.submissions.append(.submitCertificate(certificate, participation: certificate.signers))
    }

    private static func certificate(
        of vote: Attestation, by member: MemberIndex, in set: OperatorSet, _ form: FaultForm
    ) -> Certificate {
        var statement = vote.statement
        var signers = SignerSet(size: set.members.count)
        var signatures: [Signature] = []
        switch form {
        case .wrongWeights:
            signers.insert(member)
            signatures = [vote.signature]
        default:
            for place in set.members.indices { signers.insert(MemberIndex(place)) }
            let signature =
                form == .noSignatures ? Signature(Array(repeating: 0, count: Signature.count))! : vote.signature
            signatures = Array(repeating: signature, count: set.members.count)
        }
        if form == .staleSnapshot { statement.operatorSet = Domain.operatorSetDigest.digest(set.digest.storage.bytes) }
        return Certificate(statement: statement, signers: signers, signatures: signatures)!
    }
}
