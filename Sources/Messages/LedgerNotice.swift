import Cryptography
import Primitives

/// What the ledger tells everyone who is connected to it; on connecting, the present state as a series of these.
package enum LedgerNotice: Hashable, Sendable {
    /// To the one who connected: the nonce that its next instruction must carry.
    case account(nextNonce: UInt64)
    /// Where the ledger's clock stands, and the digest of its whole state; at the opening of each epoch.
    case clock(Slot, Epoch, stateRoot: Digest)
    /// A new epoch's operator set, or a new revision of the present one's.
    case operatorSet(OperatorSet)
    /// Everyone who has registered an endpoint.
    case directory([Endpoint])
    case slashed(SlashRecord)
    case settled(Settlement)
    case revoked(Revocation)
}

extension LedgerNotice: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .account(let nextNonce):
            encoder.encode(UInt8(0))
            encoder.encode(nextNonce)
        case .clock(let slot, let epoch, let stateRoot):
            encoder.encode(UInt8(1))
            encoder.encode(slot)
            encoder.encode(epoch)
            encoder.encode(stateRoot)
        case .operatorSet(let set):
            encoder.encode(UInt8(2))
            encoder.encode(set)
        case .directory(let endpoints):
            encoder.encode(UInt8(3))
            encoder.encode(endpoints)
        case .slashed(let record):
            encoder.encode(UInt8(4))
            encoder.encode(record)
        case .settled(let settlement):
            encoder.encode(UInt8(5))
            encoder.encode(settlement)
        case .revoked(let revocation):
            encoder.encode(UInt8(6))
            encoder.encode(revocation)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .account(nextNonce: try decoder.decode())
        case 1: self = .clock(try decoder.decode(), try decoder.decode(), stateRoot: try decoder.decode())
        case 2: self = .operatorSet(try decoder.decode())
        case 3: self = .directory(try decoder.decode(limit: OperatorSet.memberLimit))
        case 4: self = .slashed(try decoder.decode())
        case 5: self = .settled(try decoder.decode())
        case 6: self = .revoked(try decoder.decode())
        default: throw .unknownCase(type: "LedgerNotice", value: value)
        }
    }
}
