import Cryptography
import Primitives

/// A statement with the signatures of members whose stake exceeds the AVS's threshold.
///
/// It stays attributable: a bit and a signature for each signer, in the order of the operator set.
package struct Certificate: Hashable, Sendable {
    package let statement: Statement
    package let signers: SignerSet
    package let signatures: [Signature]

    /// - Returns: nil unless there is one signature for each signer.
    package init?(statement: Statement, signers: SignerSet, signatures: [Signature]) {
        guard signers.count == signatures.count else { return nil }
        self.statement = statement
        self.signers = signers
        self.signatures = signatures
    }

    package var digest: Digest { Domain.certificateDigest.digest(borsh) }

    /// The votes that it holds, each of which stands on its own.
    ///
    /// - Returns: nil when it does not range over this operator set.
    package func attestations(in set: OperatorSet) -> [Attestation]? {
        guard statement.operatorSet == set.digest, signers.size == set.members.count else { return nil }
        return zip(signers.members, signatures).map { member, signature in
            Attestation(statement: statement, signer: set.members[member.place].key, signature: signature)
        }
    }

    /// Checks every signature and the stake against the operator set that the statement pins.
    package func verify(against set: OperatorSet) throws(CertificateError) {
        guard statement.voteKey.network == set.network, statement.service == set.service, statement.epoch == set.epoch,
            let attestations = attestations(in: set)
        else { throw .otherOperatorSet }
        let weight = set.weight(of: signers)
        guard set.isQuorum(weight) else { throw .belowThreshold(signed: weight, total: set.total) }
        for (member, attestation) in zip(signers.members, attestations) where !attestation.isValid {
            throw .badSignature(member: member)
        }
    }
}

package enum CertificateError: Error, Hashable, Sendable {
    case otherOperatorSet
    case belowThreshold(signed: Lamports, total: Lamports)
    case badSignature(member: MemberIndex)
}

extension CertificateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherOperatorSet: "the certificate is not for this operator set"
        case .belowThreshold(let signed, let total): "\(signed) of \(total) signed, which is no quorum"
        case .badSignature(let member): "the signature of member \(member) is not valid"
        }
    }
}

extension Certificate: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(statement)
        encoder.encode(signers)
        encoder.encode(signatures)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let statement: Statement = try decoder.decode()
        let signers: SignerSet = try decoder.decode()
        let signatures: [Signature] = try decoder.decode(limit: OperatorSet.memberLimit)
        guard let value = Self(statement: statement, signers: signers, signatures: signatures) else {
            throw .invalid(type: "Certificate", reason: "\(signers.count) signers, \(signatures.count) signatures")
        }
        self = value
    }
}
