import Cryptography
import Primitives

/// Two different tasks under one number, each with a signature of the same coordinator.
///
/// As with `Equivocation`, there is no value of this type without a conflict, and a pair has one encoding: the task with
/// the lower digest comes first.
package struct TaskEquivocation: Hashable, Sendable {
    package let accused: PublicKey
    package let first: TaskHeader
    package let firstSignature: Signature
    package let second: TaskHeader
    package let secondSignature: Signature

    /// - Parameter accused: the key that both signatures are held against.
    /// - Returns: nil unless both stand under one number of one AVS and differ.
    package init?(_ one: SignedTask, _ other: SignedTask, by accused: PublicKey) {
        self.init(
            accused: accused, first: one.task.header, one.signature, second: other.task.header, other.signature)
    }

    private init?(
        accused: PublicKey, first one: TaskHeader, _ oneSignature: Signature, second other: TaskHeader,
        _ otherSignature: Signature
    ) {
        guard one.voteKey == other.voteKey, one != other else { return nil }
        let isOrdered = one.digest < other.digest
        self.accused = accused
        first = isOrdered ? one : other
        firstSignature = isOrdered ? oneSignature : otherSignature
        second = isOrdered ? other : one
        secondSignature = isOrdered ? otherSignature : oneSignature
    }

    package var voteKey: VoteKey { first.voteKey }
}

extension TaskEquivocation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(accused)
        encoder.encode(first)
        encoder.encode(firstSignature)
        encoder.encode(second)
        encoder.encode(secondSignature)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let accused: PublicKey = try decoder.decode()
        let first: TaskHeader = try decoder.decode()
        let firstSignature: Signature = try decoder.decode()
        let second: TaskHeader = try decoder.decode()
        let secondSignature: Signature = try decoder.decode()
        guard let pair = Self(accused: accused, first: first, firstSignature, second: second, secondSignature) else {
            throw .invalid(type: "TaskEquivocation", reason: "the two tasks do not conflict")
        }
        guard pair.first == first else {
            throw .invalid(type: "TaskEquivocation", reason: "the task with the lower digest must come first")
        }
        self = pair
    }
}
