import Primitives

/// Says how many of something that is done so many times a second are due, in small batches.
struct Metronome: Sendable {
    private var next: Instant?
    /// What was due since the last batch, in parts of one, which there are `second` of.
    private var owed: UInt64 = 0

    private static let beat = Duration.milliseconds(10)
    private static let second: UInt64 = 1_000_000_000

    /// When the next batch is due; nil while nothing is to be done.
    var nextWake: Instant? { next }

    /// - Parameter rate: how many a second; nil: none are to be done any more.
    /// - Returns: how many are due now. What was missed is not made up for.
    mutating func due(at now: Instant, rate: UInt64?) -> Int {
        guard let rate else {
            (next, owed) = (nil, 0)
            return 0
        }
        guard let due = next else {
            next = now + Self.beat
            return 0
        }
        guard now >= due else { return 0 }
        owed += rate * UInt64(Self.beat.nanoseconds)
        next = now + Self.beat
        defer { owed %= Self.second }
        return Int(owed / Self.second)
    }
}
