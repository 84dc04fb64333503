import Cryptography
import Primitives

extension Digest: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(fixed: storage) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) { self.init(try decoder.decodeFixed()) }
}

extension PublicKey: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(fixed: storage) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) { self.init(try decoder.decodeFixed()) }
}

extension Signature: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(fixed: pointR)
        encoder.encode(fixed: scalarS)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let pointR = try decoder.decodeFixed()
        self.init(pointR: pointR, scalarS: try decoder.decodeFixed())
    }
}

extension Lamports: BorshCodable {}
extension Units: BorshCodable {}
extension VaultShares: BorshCodable {}

extension Quantity where Self: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(number) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) { self.init(try decoder.decode(UInt64.self)) }
}

extension BasisPoints: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(number) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        guard let value = BasisPoints(UInt64(try decoder.decode(UInt16.self))) else {
            throw .invalid(type: "BasisPoints", reason: "more than 10,000")
        }
        self = value
    }
}

extension Magnitude: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(number) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        guard let value = Magnitude(try decoder.decode()) else {
            throw .invalid(type: "Magnitude", reason: "more than 1e18")
        }
        self = value
    }
}

extension Instant: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(nanoseconds) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let nanoseconds: UInt64 = try decoder.decode()
        guard nanoseconds <= UInt64(Int64.max) else { throw .invalid(type: "Instant", reason: "beyond 292 years") }
        self.init(nanoseconds: nanoseconds)
    }
}

/// In whole nanoseconds; never negative.
extension Duration: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(UInt64(nanoseconds)) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let nanoseconds: UInt64 = try decoder.decode()
        guard nanoseconds <= UInt64(Int64.max) else { throw .invalid(type: "Duration", reason: "beyond 292 years") }
        self = .nanoseconds(Int64(nanoseconds))
    }
}

extension Fraction: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(numerator)
        encoder.encode(denominator)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let numerator: UInt64 = try decoder.decode()
        let denominator: UInt64 = try decoder.decode()
        guard let fraction = Fraction(numerator, over: denominator) else {
            throw .invalid(type: "Fraction", reason: "denominator 0")
        }
        self = fraction
    }
}

/// The number of members, then a byte for every eight of them; bits past the last member are 0.
extension SignerSet: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(UInt32(size))
        encoder.encode(bits)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let size = Int(try decoder.decode(UInt32.self))
        guard size <= OperatorSet.memberLimit else {
            throw .tooLong(type: "SignerSet", count: size, limit: OperatorSet.memberLimit)
        }
        let bits = try decoder.decodeBytes(limit: SignerSet.byteCount(size: size))
        guard let set = SignerSet(size: size, bits: bits) else {
            throw .invalid(type: "SignerSet", reason: "bits do not fit \(size) members")
        }
        self = set
    }
}

extension AssetID: BorshCodable {}
extension ValidatorIndex: BorshCodable {}
extension ProposalID: BorshCodable {}
extension DisputeID: BorshCodable {}
extension OperatorIndex: BorshCodable {}
extension RestakerIndex: BorshCodable {}
extension ServiceID: BorshCodable {}
extension MemberIndex: BorshCodable {}
extension TaskSequence: BorshCodable {}
extension Epoch: BorshCodable {}
extension Slot: BorshCodable {}
extension Revision: BorshCodable {}

extension NumberedName where Self: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(number) }
    package init(from decoder: inout BorshDecoder) throws(BorshError) { self.init(try decoder.decode(Number.self)) }
}
