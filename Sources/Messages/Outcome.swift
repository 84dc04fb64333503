import Cryptography
import Primitives

/// What became of an instruction. In the order in which the ledger looks: the first that applies is the answer.
///
/// Whatever is not `applied` has changed nothing but the authority's nonce, which every instruction from `notAuthorized`
/// on takes up, and, where `badEvidence` says so, the submitter's fee.
package enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case applied = 0
    case wrongNetwork = 1
    case badSignature = 2
    /// Nobody of this key is in genesis.
    case unknownAuthority = 3
    /// This nonce has been used: the instruction is an old one, sent again.
    case nonceUsed = 4
    case nonceAhead = 5
    /// The authority is not one that may ask for this.
    case notAuthorized = 6
    /// The slot is not later than the present one, or beyond what slots can count.
    case clockNotForward = 7
    case zeroAmount = 8
    /// The evidence proves nothing: it is of another network, a signature is not the accused's, or within the evidence
    /// horizon there is no such operator set, or none with the accused in it. Costs its submitter a fee.
    case badEvidence = 9
    case unknownSigner = 10
    case unknownService = 11
    /// The epoch's evidence horizon has passed, or that of the epoch which the subject belongs to.
    case pastHorizon = 12
    case unknownOperatorSet = 13
    /// A tombstoned operator is never again admitted, nor delegated to.
    case tombstoned = 14
    case alreadyOptedIn = 15
    case notOptedIn = 16
    /// The amount does not fit the books.
    case amountTooLarge = 17
    /// The restaker has less than this there; in a withdrawal, nothing.
    case insufficientStake = 18
    /// This offence has been punished already.
    case alreadySlashed = 19
    /// Another offence of this operator or coordinator has been punished, which tombstoned the one or revoked the other.
    case alreadyTombstoned = 20
    case notAMember = 21
    case badAttestation = 22
    case badCertificate = 23
    /// It ranges over another operator set, leaves out a signer of the certificate or, submitted by an operator, names
    /// others than the signers.
    case badParticipation = 24
    /// The first certificate for a subject stands.
    case alreadyCertified = 25
    /// There is no certificate for what the attestation is about.
    case notCertified = 26
    case alreadyCounted = 27
    /// The coordinator has signed two tasks under one number: its key is worth nothing any more. Looked at right after
    /// `notAuthorized`.
    case coordinatorRevoked = 28

    /// Whether the instruction took up its nonce, and so has its place in the log: it came from its authority, in turn.
    package var takesNonce: Bool {
        switch self {
        case .wrongNetwork, .badSignature, .unknownAuthority, .nonceUsed, .nonceAhead: false
        default: true
        }
    }
}

extension Outcome: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(rawValue) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let known = Outcome(rawValue: value) else { throw .unknownCase(type: "Outcome", value: value) }
        self = known
    }
}
