internal import CSodium
import Primitives

/// BLAKE2b-256 of a domain's tag and of bytes that come one after the other: of what is too long to be held at once.
package final class RunningDigest {
    private let state: OpaquePointer
    private let memory: UnsafeMutableRawPointer
    private static let alignment = 64

    package init(_ domain: Domain) {
        Sodium.start()
        memory = .allocate(byteCount: crypto_generichash_statebytes(), alignment: Self.alignment)
        state = OpaquePointer(memory)
        crypto_generichash_init(state, nil, 0, FixedBytes32.count)
        add(domain.tag)
    }

    deinit { memory.deallocate() }

    package func add(_ bytes: [UInt8]) { crypto_generichash_update(state, bytes, UInt64(bytes.count)) }

    /// Of all so far; more can be added.
    package var value: Digest {
        let size = crypto_generichash_statebytes()
        // To end a hash is to spend its state.
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: Self.alignment) { copy in
            copy.copyMemory(from: UnsafeRawBufferPointer(start: memory, count: size))
            var result = FixedBytes32()
            result.withUnsafeMutableBytes {
                _ = crypto_generichash_final(
                    OpaquePointer(copy.baseAddress!), $0.baseAddress!.assumingMemoryBound(to: UInt8.self), $0.count)
            }
            return Digest(result)
        }
    }
}
