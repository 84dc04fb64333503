/// Durations as topologies write them.
package enum DurationText {
    /// From the largest; each with its nanoseconds.
    package static let units: [(name: String, nanoseconds: UInt64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
        ("ns", 1),
    ]

    /// By the largest unit that leaves no fraction: `1500ms`.
    package static func of(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        let unit = units.first { nanoseconds != 0 && nanoseconds % Int64($0.nanoseconds) == 0 } ?? ("ms", 1_000_000)
        return "\(nanoseconds / Int64(unit.nanoseconds))\(unit.name)"
    }
}
