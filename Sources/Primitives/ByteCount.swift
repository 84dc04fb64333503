/// A size of memory or text.
package struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }

    package static func kibibytes(_ count: UInt64) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: UInt64) -> ByteCount { ByteCount(count << 20) }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// From the largest; each with its bytes.
    package static let units: [(name: String, bytes: UInt64)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("bytes", 1),
    ]

    /// By the largest unit that leaves no fraction: `1536 MiB`.
    package var description: String {
        let unit = Self.units.first { number != 0 && number.isMultiple(of: $0.bytes) } ?? ("bytes", 1)
        return "\(number / unit.bytes) \(unit.name)"
    }
}
