import Messages
import Primitives

// All that instructions can change has one encoding, which the state root covers and a snapshot holds: lists stand in
// their order, look-ups in ascending order of their keys. Each type's stands in its file.

extension BorshDecoder {
    /// As long as the bytes that are left carry.
    mutating func decodeList<V: BorshCodable>(_ type: V.Type = V.self) throws(BorshError) -> [V] {
        try decode(limit: Int(UInt32.max))
    }
}
