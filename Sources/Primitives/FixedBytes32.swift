/// Thirty-two bytes held inline: what digests, public keys and halves of signatures are made of.
///
/// The words lie in memory in the order of the bytes, so hashing and signing read them in place.
package struct FixedBytes32: Hashable, Sendable, BitwiseCopyable {
    package static let count = 32

    @usableFromInline var word0: UInt64 = 0
    @usableFromInline var word1: UInt64 = 0
    @usableFromInline var word2: UInt64 = 0
    @usableFromInline var word3: UInt64 = 0

    /// All zero.
    @inlinable package init() {}

    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    @inlinable package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R
    {
        try Swift.withUnsafeBytes(of: self, body)
    }

    @inlinable package mutating func withUnsafeMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try Swift.withUnsafeMutableBytes(of: &self, body)
    }

    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension FixedBytes32: Comparable {
    /// By bytes, the first byte weighing most.
    package static func < (left: Self, right: Self) -> Bool {
        if left.word0 != right.word0 { return left.word0.bigEndian < right.word0.bigEndian }
        if left.word1 != right.word1 { return left.word1.bigEndian < right.word1.bigEndian }
        if left.word2 != right.word2 { return left.word2.bigEndian < right.word2.bigEndian }
        return left.word3.bigEndian < right.word3.bigEndian
    }
}
