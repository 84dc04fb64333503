import Primitives

/// So many tasks in a unit of time, kept as written: `12000/min` stays exact.
package struct Rate: Hashable, Sendable {
    package let count: UInt64
    package let period: Duration

    /// - Parameters:
    ///   - count: at least 1.
    ///   - period: one of `periods`.
    package init(count: UInt64, period: Duration) {
        self.count = count
        self.period = period
    }

    static let maximumPerSecond: Double = 1_000_000
    package static let periods: [(name: String, period: Duration)] = [
        ("s", .seconds(1)), ("min", .seconds(60)), ("h", .seconds(3600)),
    ]

    package var perSecond: Double { Double(count) / (Double(period.nanoseconds) / 1e9) }

    /// How long `tasks` of them take; task n of a fixed schedule is due this long after the first. Exact, rounded down to
    /// the nanosecond, so no error adds up.
    ///
    /// - Returns: nil beyond 292 years.
    package func span(of tasks: UInt64) -> Duration? {
        Int64(exactly: UInt128(tasks) * UInt128(period.nanoseconds) / UInt128(count)).map(Duration.nanoseconds)
    }

    /// How many tasks are due in less than `span`. Saturates at 64 bits.
    package func tasks(within span: Duration) -> UInt64 {
        guard span > .zero else { return 0 }
        let period = UInt128(period.nanoseconds)
        return UInt64(clamping: (UInt128(span.nanoseconds) * UInt128(count) + period - 1) / period)
    }
}

extension Rate: CustomStringConvertible {
    package var description: String {
        "\(count)/\(Self.periods.first { $0.period == period }?.name ?? DurationText.of(period))"
    }
}
