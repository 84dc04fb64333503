import Cryptography
import Messages
import Primitives

/// What happens to the ledger's machine.
package enum LedgerEvent: Hashable, Sendable {
    /// A snapshot that was kept with the log, and the entry after which it was taken: before anything else. Answered
    /// by `passOver` where it is no state of this ledger.
    case resumed(LedgerSnapshot, at: LogHead)
    /// From the durable log, in its order, before `opened`; those that a snapshot has in it are left out.
    case restored(LogEntry)
    /// The log has been read to its end: from here on there is service. `head` is how far the log had come by
    /// another account, if one was kept.
    case opened(head: LogHead?)
    /// Someone has said hello; the key is the one that the hello carried.
    case connected(Party, key: PublicKey)
    case disconnected(Party)
    case submitted(SignedInstruction, from: Party)
    /// By whoever runs the network, for somebody who runs no node: answered by this ticket.
    case instructed(SignedInstruction, ticket: UInt64)
    /// The driver's clock has reached this slot.
    case tick(Slot)
    /// What a `sign` effect asked for, by the clock's key.
    case signed(SignedInstruction)
}

extension LedgerEvent {
    /// Whose it is; nil: the ledger's own, or its keeper's.
    package var sender: Party? {
        switch self {
        case .connected(let party, _), .disconnected(let party), .submitted(_, let party): party
        case .resumed, .restored, .opened, .instructed, .tick, .signed: nil
        }
    }

    /// What of it a signature is on.
    package var signedInstruction: SignedInstruction? {
        switch self {
        case .submitted(let signed, _), .instructed(let signed, _): signed
        default: nil
        }
    }
}

extension LedgerEvent: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .restored(let entry):
            encoder.encode(UInt8(0))
            encoder.encode(entry)
        case .opened(let head):
            encoder.encode(UInt8(1))
            encoder.encode(head)
        case .connected(let party, let key):
            encoder.encode(UInt8(2))
            encoder.encode(party)
            encoder.encode(key)
        case .disconnected(let party):
            encoder.encode(UInt8(3))
            encoder.encode(party)
        case .submitted(let signed, let party):
            encoder.encode(UInt8(4))
            encoder.encode(signed)
            encoder.encode(party)
        case .tick(let slot):
            encoder.encode(UInt8(5))
            encoder.encode(slot)
        case .signed(let signed):
            encoder.encode(UInt8(6))
            encoder.encode(signed)
        case .instructed(let signed, let ticket):
            encoder.encode(UInt8(7))
            encoder.encode(signed)
            encoder.encode(ticket)
        case .resumed(let snapshot, let head):
            encoder.encode(UInt8(8))
            encoder.encode(snapshot)
            encoder.encode(head)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .restored(try decoder.decode())
        case 1: self = .opened(head: try decoder.decodeOptional())
        case 2: self = .connected(try decoder.decode(), key: try decoder.decode())
        case 3: self = .disconnected(try decoder.decode())
        case 4: self = .submitted(try decoder.decode(), from: try decoder.decode())
        case 5: self = .tick(try decoder.decode())
        case 6: self = .signed(try decoder.decode())
        case 7: self = .instructed(try decoder.decode(), ticket: try decoder.decode())
        case 8: self = .resumed(try decoder.decode(), at: try decoder.decode())
        default: throw .unknownCase(type: "LedgerEvent", value: value)
        }
    }
}
