internal import CSodium
import Primitives

/// BLAKE2b-256 of a domain's tag and of what is added piece by piece, without bringing the pieces together.
struct DomainHash {
    private let state: OpaquePointer

    /// - Parameter content: adds the pieces, in their order.
    static func digest(_ domain: Domain, content: (DomainHash) -> Void) -> Digest {
        Sodium.start()
        precondition(crypto_generichash_statebytes() + alignment <= 448, "the state of a hash has grown")
        // The state wants an alignment that no stack gives of itself: there is room to move it.
        return withUnsafeTemporaryAllocation(byteCount: 448, alignment: 16) { memory in
            let start = memory.baseAddress!.alignedUp(toMultipleOf: alignment)
            let hash = DomainHash(state: OpaquePointer(start))
            crypto_generichash_init(hash.state, nil, 0, FixedBytes32.count)
            var tag = domain.rawValue
            tag.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
            content(hash)
            var result = FixedBytes32()
            result.withUnsafeMutableBytes {
                _ = crypto_generichash_final(hash.state, $0.baseAddress!.assumingMemoryBound(to: UInt8.self), $0.count)
            }
            return Digest(result)
        }
    }

    private static let alignment = 64

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        crypto_generichash_update(state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }
}
