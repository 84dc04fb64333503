import Attesting
import Cryptography
import Messages
import Primitives
import Restaking

/// One digest over all that a simulation does: every event's time, node and effects, in their order.
struct AuditTrail {
    private var chain = Domain.audit.digest([])
    private var encoder = BorshEncoder()
    private static let chunk = 64 * 1024

    /// - Returns: the size of each frame among the effects, by place in the list; 0 for what is no frame.
    mutating func add(_ effects: [NodeEffect], of place: Place, at now: Instant, sizes: inout [Int]) {
        sizes.removeAll(keepingCapacity: true)
        encoder.encode(now)
        encoder.encode(UInt32(place.number))
        for effect in effects {
            let start = encoder.bytes.count
            effect.encode(to: &encoder)
            if case .send(_, let recipients) = effect {
                // One byte for the case and four for the recipients' count are no part of a frame, whose length takes four.
                sizes.append(encoder.bytes.count - start - 1 - Self.encodedSize(of: recipients))
            } else {
                sizes.append(0)
            }
        }
        closeChunk()
    }

    mutating func add(_ effects: [LedgerEffect], at now: Instant) {
        encoder.encode(now)
        encoder.encode(UInt32(Place.ledger.number))
        for effect in effects {
            switch effect {
            // Named by their digests, or the members of a large network would be encoded for each that connects.
            case .send(.operatorSet(let set), let party):
                encoder.encode(party)
                encoder.encode(set.digest)
            case .publish(.operatorSet(let set)), .note(.operatorSetOpened(let set)): encoder.encode(set.digest)
            default: effect.encode(to: &encoder)
            }
        }
        closeChunk()
    }

    /// A frame is put on a connection, or is not.
    mutating func add(arrival: Instant?, connection: Int) {
        encoder.encode(UInt32(connection))
        encoder.encode(arrival?.nanoseconds ?? .max)
    }

    /// Somebody or something has been dealt with.
    mutating func add(_ word: String, _ number: Int, at now: Instant) {
        encoder.encode(now)
        encoder.encode(word)
        encoder.encode(UInt32(number))
        closeChunk()
    }

    mutating func finish() -> Digest {
        close()
        return chain
    }

    private mutating func closeChunk() { if encoder.bytes.count >= Self.chunk { close() } }

    private mutating func close() {
        guard !encoder.bytes.isEmpty else { return }
        chain = Domain.audit.digest(chain.storage.bytes + encoder.bytes)
        encoder.remove()
    }

    private static func encodedSize(of recipients: [Party]) -> Int {
        recipients.reduce(0) { $0 + ($1 == .ledger ? 1 : 5) }
    }
}
