/// A 256-bit digest: the name of a value by its content.
package struct Digest: Hashable, Comparable, Sendable {
    package var storage: FixedBytes32

    package init(_ storage: FixedBytes32) { self.storage = storage }

    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard let storage = FixedBytes32(bytes) else { return nil }
        self.storage = storage
    }

    package static let zero = Digest(FixedBytes32())

    package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }

    /// The first eight digits: enough for a person to tell two apart.
    package var short: String { Hexadecimal.encode(storage.bytes.prefix(4)) }
}

extension Digest: CustomStringConvertible {
    package var description: String { Hexadecimal.encode(storage.bytes) }
}
