/// A reading of the host's monotonic clock, in nanoseconds. All processes of one run share it.
package struct Instant: Hashable, Comparable, Sendable {
    /// At most `Int64.max`, so that the time between any two readings is a number.
    package let nanoseconds: UInt64

    /// Traps beyond 292 years.
    package init(nanoseconds: UInt64) {
        precondition(nanoseconds <= UInt64(Int64.max), "an instant beyond 292 years")
        self.nanoseconds = nanoseconds
    }

    package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Stays between the first and the last instant: either side can come from a peer, who must not make it trap.
    package static func + (left: Self, right: Duration) -> Self {
        let (sum, overflow) = Int64(left.nanoseconds).addingReportingOverflow(right.nanoseconds)
        return Self(nanoseconds: UInt64(max(0, overflow ? Int64.max : sum)))
    }

    /// The time from `right` to `left`; negative when `left` came first.
    package static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }
}

extension Duration {
    /// Whole nanoseconds. Traps beyond 292 years.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    package var inMilliseconds: Double { Double(nanoseconds) / 1e6 }
}
