import Cryptography
import Primitives

/// Proof of an offence, which anyone can check with nothing else at hand.
///
/// Indirect, because it is rare and large: whatever can hold one, as frames and events can, would be as large.
package indirect enum Evidence: Hashable, Sendable {
    /// By an operator: two votes.
    case equivocation(Equivocation)
    /// By a coordinator: two tasks under one number.
    case taskEquivocation(TaskEquivocation)

    package var accused: PublicKey {
        switch self {
        case .equivocation(let pair): pair.accused
        case .taskEquivocation(let pair): pair.accused
        }
    }

    package var voteKey: VoteKey {
        switch self {
        case .equivocation(let pair): pair.first.voteKey
        case .taskEquivocation(let pair): pair.voteKey
        }
    }

    /// Of its two statements or tasks, which need not be the same.
    package var epochs: [Epoch] {
        switch self {
        case .equivocation(let pair): [pair.first.epoch, pair.second.epoch]
        case .taskEquivocation(let pair): [pair.first.epoch, pair.second.epoch]
        }
    }

    /// The identity of the offence: all pairs of votes by one operator for one vote key are one offence, and so are all
    /// pairs of tasks by one coordinator under one number. No key is both an operator's and a coordinator's.
    package var offence: Digest {
        var encoder = BorshEncoder()
        encoder.encode(accused)
        encoder.encode(voteKey)
        return Domain.offenceDigest.digest(encoder.bytes)
    }

    /// What the accused is said to have signed, with the signatures: two different messages.
    package var signedMessages: [(message: [UInt8], signature: Signature)] {
        switch self {
        case .equivocation(let pair):
            [(pair.first.signedBytes, pair.firstSignature), (pair.second.signedBytes, pair.secondSignature)]
        case .taskEquivocation(let pair):
            [(pair.first.signedBytes, pair.firstSignature), (pair.second.signedBytes, pair.secondSignature)]
        }
    }

    /// Whether the accused has signed both: the type itself says that they contradict each other.
    package var isValid: Bool { signedMessages.allSatisfy { $0.signature.isValid(for: $0.message, by: accused) } }
}

/// Two different statements for one vote key, each with a signature of the same operator.
///
/// There is no value of this type without a conflict. The statement with the lower digest comes first, so that a pair
/// has one encoding in whatever order it was found. Whether the signatures are valid is for `Evidence` to say.
package struct Equivocation: Hashable, Sendable {
    package let accused: PublicKey
    package let first: Statement
    package let firstSignature: Signature
    package let second: Statement
    package let secondSignature: Signature

    /// - Returns: nil unless both are by one signer for one vote key and say different things.
    package init?(_ one: Attestation, _ other: Attestation) {
        guard one.signer == other.signer, one.statement.voteKey == other.statement.voteKey,
            one.statement != other.statement
        else { return nil }
        let (low, high) = one.statement.digest < other.statement.digest ? (one, other) : (other, one)
        accused = one.signer
        first = low.statement
        firstSignature = low.signature
        second = high.statement
        secondSignature = high.signature
    }

    package var attestations: [Attestation] {
        [
            Attestation(statement: first, signer: accused, signature: firstSignature),
            Attestation(statement: second, signer: accused, signature: secondSignature),
        ]
    }
}

extension Equivocation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(accused)
        encoder.encode(first)
        encoder.encode(firstSignature)
        encoder.encode(second)
        encoder.encode(secondSignature)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let accused: PublicKey = try decoder.decode()
        let first = Attestation(
            statement: try decoder.decode(), signer: accused, signature: try decoder.decode())
        let second = Attestation(
            statement: try decoder.decode(), signer: accused, signature: try decoder.decode())
        guard let pair = Self(first, second) else {
            throw .invalid(type: "Equivocation", reason: "the two statements do not conflict")
        }
        guard pair.first == first.statement else {
            throw .invalid(type: "Equivocation", reason: "the statement with the lower digest must come first")
        }
        self = pair
    }
}

extension Evidence: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .equivocation(let pair):
            encoder.encode(UInt8(0))
            encoder.encode(pair)
        case .taskEquivocation(let pair):
            encoder.encode(UInt8(1))
            encoder.encode(pair)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .equivocation(try decoder.decode())
        case 1: self = .taskEquivocation(try decoder.decode())
        default: throw .unknownCase(type: "Evidence", value: value)
        }
    }
}
