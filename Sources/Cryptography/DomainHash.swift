internal import CSodium
import Primitives

/// BLAKE2b-256 of a domain's tag and of what is added piece by piece, without bringing the pieces together.
struct DomainHash: ~Copyable {
    /// The state wants an alignment that no Swift type has.
    private let memory: UnsafeMutableRawPointer
    private var state: OpaquePointer { OpaquePointer(memory) }

    init(_ domain: Domain) {
        Sodium.start()
        memory = .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
        crypto_generichash_init(state, nil, 0, FixedBytes32.count)
        var tag = domain.rawValue
        tag.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    deinit { memory.deallocate() }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        crypto_generichash_update(state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    consuming func finish() -> Digest {
        var result = FixedBytes32()
        result.withUnsafeMutableBytes {
            _ = crypto_generichash_final(state, $0.baseAddress!.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        return Digest(result)
    }
}
