internal import CSodium
import Primitives

/// BLAKE2b of what is added piece by piece, without bringing the pieces together.
struct Blake2b {
    private let state: OpaquePointer

    /// - Parameters:
    ///   - key: nil: a hash; with it, only who has the key can make the result or tell a right one from a wrong one.
    ///   - result: is filled; as long as it is, that long is the result.
    ///   - content: adds the pieces, in their order.
    static func fill(
        _ result: UnsafeMutableRawBufferPointer, key: FixedBytes32? = nil, content: (Blake2b) -> Void
    ) {
        Sodium.start()
        precondition(crypto_generichash_statebytes() + alignment <= 448, "the state of a hash has grown")
        // The state wants an alignment that no stack gives of itself: there is room to move it.
        withUnsafeTemporaryAllocation(byteCount: 448, alignment: 16) { memory in
            let hash = Blake2b(state: OpaquePointer(memory.baseAddress!.alignedUp(toMultipleOf: alignment)))
            if let key {
                key.withUnsafeBytes {
                    _ = crypto_generichash_init(
                        hash.state, $0.baseAddress!.assumingMemoryBound(to: UInt8.self), $0.count, result.count)
                }
            } else {
                crypto_generichash_init(hash.state, nil, 0, result.count)
            }
            content(hash)
            crypto_generichash_final(
                hash.state, result.baseAddress!.assumingMemoryBound(to: UInt8.self), result.count)
        }
    }

    private static let alignment = 64

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        crypto_generichash_update(state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }
}
