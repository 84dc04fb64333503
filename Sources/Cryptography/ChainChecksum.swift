import Primitives

/// Eight bytes over everything in an append-only file so far: whatever is altered, dropped, put in or exchanged breaks
/// the chain there. It guards against accidents, not against an author of files.
package struct ChainChecksum: Hashable, Sendable {
    package static let size = 8

    /// The first eight bytes of the digest, as they lie in memory.
    private var value: UInt64
    private let domain: Domain

    /// - Parameter start: what the file begins with.
    package init(_ domain: Domain, over start: [UInt8]) {
        self.domain = domain
        value = Self.truncated(domain.digest(start))
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
    /// The same bytes as a number, least first.
    package var number: UInt64 { UInt64(littleEndian: value) }

    package mutating func extend(over entry: UnsafeRawBufferPointer) {
        let digest = DomainHash.digest(domain) { hash in
            withUnsafeBytes(of: value) { hash.update($0) }
            hash.update(entry)
        }
        value = Self.truncated(digest)
    }

    package mutating func extend(over entry: [UInt8]) { entry.withUnsafeBytes { extend(over: $0) } }

    private static func truncated(_ digest: Digest) -> UInt64 {
        digest.storage.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
