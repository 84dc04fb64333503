import Primitives

/// What a node's clock shows that is wrong: `clock-step`, `clock-drift`.
struct SkewedClock: Sendable {
    private var step = Duration.zero
    private var drift: Fraction?
    /// When the drift began.
    private var since = Instant(nanoseconds: 0)

    mutating func follow(_ board: FaultBoard, at now: Instant) {
        let steps = board.present([.clockStep]).compactMap { board.plan($0).parameters.skew }
        step = steps.reduce(.zero, +)
        let drift = board.present([.clockDrift]).compactMap { board.plan($0).parameters.share }.first
        if drift != nil, self.drift == nil { since = now }
        self.drift = drift
    }

    /// What it shows at this time.
    func reading(at now: Instant) -> Instant {
        guard let drift else { return Self.moved(now, by: step) }
        let gained = UInt128(UInt64((now - since).nanoseconds)) * UInt128(drift.numerator) / UInt128(drift.denominator)
        return Self.moved(now, by: step + .nanoseconds(Int64(clamping: gained)))
    }

    /// A time at which it shows this already, and hardly more: whoever is woken then is not woken in vain.
    func time(of reading: Instant) -> Instant {
        let late = Self.moved(reading, by: .zero - step)
        guard let drift, late > since else { return late }
        let shown = UInt128(UInt64((late - since).nanoseconds))
        let passed = shown * UInt128(drift.denominator) / (UInt128(drift.denominator) + UInt128(drift.numerator))
        // Up, by what either division may have lost.
        return since + .nanoseconds(Int64(clamping: passed + 2))
    }

    private static func moved(_ instant: Instant, by duration: Duration) -> Instant {
        let nanoseconds = Int64(clamping: instant.nanoseconds).addingReportingOverflow(duration.nanoseconds)
        return Instant(nanoseconds: UInt64(max(0, nanoseconds.overflow ? .max : nanoseconds.partialValue)))
    }
}
