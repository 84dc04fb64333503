import Primitives

/// How much a line takes up in a time.
package struct Bandwidth: Hashable, Sendable {
    /// At least 1.
    package let bitsPerSecond: UInt64

    /// - Parameter bitsPerSecond: traps on 0, through which nothing would ever get.
    package init(bitsPerSecond: UInt64) {
        precondition(bitsPerSecond > 0, "a line without bandwidth")
        self.bitsPerSecond = bitsPerSecond
    }

    /// From the largest.
    package static let units: [(name: String, bitsPerSecond: UInt64)] = [
        ("Gbit/s", 1_000_000_000), ("Mbit/s", 1_000_000), ("kbit/s", 1_000), ("bit/s", 1),
    ]

    /// How many nanoseconds the line is taken by so many bytes; rounded up, so that it never carries more than it can.
    func nanoseconds(for bytes: Int) -> UInt64 {
        let bits = UInt128(max(0, bytes)) * 8
        return UInt64(clamping: (bits * 1_000_000_000 + UInt128(bitsPerSecond) - 1) / UInt128(bitsPerSecond))
    }
}

extension Bandwidth: CustomStringConvertible {
    /// By the largest unit that leaves no fraction: `1500kbit/s`.
    package var description: String {
        let unit = Self.units.first { bitsPerSecond.isMultiple(of: $0.bitsPerSecond) } ?? ("bit/s", 1)
        return "\(bitsPerSecond / unit.bitsPerSecond)\(unit.name)"
    }
}
