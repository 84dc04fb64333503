import Primitives

/// One direction of one connection: when a frame that is put on it arrives. Pure: real nodes and the simulation ask the same.
///
/// 1. With a bandwidth, a frame leaves when the line has taken it up, after those before it.
/// 2. From then on frames are in flight side by side: the latency of one is not added to the next one's.
/// 3. A frame that would overtake another waits for it, as it would within a TCP connection; so a lost one, which is sent
///    again, holds up those behind it.
/// 4. The exceptions are drawn: a frame that keeps no place, and a frame that comes once more.
///
/// What each term draws comes from a sequence of its own: another term, or a higher chance of another one, shifts none.
package struct Link: Sendable {
    package private(set) var terms: LinkTerms
    /// Nil: never asked for. Thousands of links are made at once, and most do one thing or nothing.
    private var jitter: SeededRandom?
    private var loss: SeededRandom?
    private var duplication: SeededRandom?
    private var reordering: SeededRandom?
    /// When the last frame that kept its place arrives.
    private var last: UInt64 = 0
    /// When the line has taken up all that was put on it.
    private var lineFree: UInt64 = 0

    // The terms in nanoseconds: every frame asks for them.
    private var latencyNanoseconds: Int64 = 0
    private var jitterNanoseconds: Int64 = 0
    private var stragglingNanoseconds: Int64 = 0

    package struct Arrivals: Hashable, Sendable {
        package var first: Instant
        /// The same frame once more.
        package var again: Instant?

        /// How often it was lost before it came.
        package var losses: Int

        package init(first: Instant, again: Instant?, losses: Int = 0) {
            self.first = first
            self.again = again
            self.losses = losses
        }
    }

    /// - Parameter seed: of the run. The draws of one direction of one link are the same in every run with this seed.
    package init(_ terms: LinkTerms, seed: UInt64, from sender: String, to receiver: String) {
        self.terms = terms
        change(to: terms, seed: seed, from: sender, to: receiver)
    }

    /// Other terms from now on. What is under way comes when it would have come, and nothing that keeps its place comes
    /// before it. A term that was there goes on with its draws, a new one begins with its first.
    ///
    /// - Parameter seed: as before, like sender and receiver.
    package mutating func change(to terms: LinkTerms, seed: UInt64, from sender: String, to receiver: String) {
        func begin(_ draws: inout SeededRandom?, _ purpose: String, if isAskedFor: Bool) {
            guard isAskedFor, draws == nil else { return }
            draws = SeededRandom(seed: seed, purpose: purpose, sender, receiver)
        }
        self.terms = terms
        begin(&jitter, "link", if: terms.jitter != .zero)
        begin(&loss, "loss", if: terms.loss.numerator > 0)
        begin(&duplication, "duplication", if: terms.duplication.numerator > 0)
        begin(&reordering, "reordering", if: terms.reordering.numerator > 0)
        latencyNanoseconds = max(0, terms.latency.nanoseconds)
        jitterNanoseconds = terms.jitter.nanoseconds
        stragglingNanoseconds = terms.straggling.nanoseconds
    }

    package mutating func arrivals(of bytes: Int, sentAt now: Instant) -> Arrivals {
        let losses = losses()
        var due = departure(of: bytes, at: now.nanoseconds) + flight()
        due += UInt64(Self.wait(after: losses, on: terms).nanoseconds)
        if reordering?.isDrawn(terms.reordering) == true {
            due += Self.share(of: stragglingNanoseconds, &reordering!)
        } else {
            due = max(due, last)
            last = due
        }
        var arrivals = Arrivals(first: Self.instant(due), again: nil, losses: losses)
        if duplication?.isDrawn(terms.duplication) == true {
            arrivals.again = Self.instant(due + Self.share(of: stragglingNanoseconds, &duplication!))
        }
        return arrivals
    }

    private mutating func departure(of bytes: Int, at now: UInt64) -> UInt64 {
        guard let bandwidth = terms.bandwidth else { return now }
        let (end, overflows) = max(lineFree, now).addingReportingOverflow(bandwidth.nanoseconds(for: bytes))
        lineFree = overflows ? Self.latest : min(end, Self.latest)
        return lineFree
    }

    /// Latency + jitter x u, with u uniform in -1...1; never negative.
    private mutating func flight() -> UInt64 {
        guard jitter != nil, jitterNanoseconds != 0 else { return UInt64(min(latencyNanoseconds, 1 << 61)) }
        let spread = 2 * SeededRandom.unit(jitter!.next()) - 1
        let nanoseconds = Double(latencyNanoseconds) + Double(jitterNanoseconds) * spread
        return UInt64(max(0, min(nanoseconds, 0x1p61)))
    }

    private mutating func losses() -> Int {
        guard loss != nil, terms.loss.numerator > 0 else { return 0 }
        var losses = 0
        while losses < Self.attempts, loss!.isDrawn(terms.loss) { losses += 1 }
        return losses
    }

    /// Each time that it is lost again, twice as long.
    static func wait(after losses: Int, on terms: LinkTerms) -> Duration {
        guard losses > 0 else { return .zero }
        let first = UInt64(clamping: terms.retransmission.nanoseconds)
        let (sum, overflows) = first.multipliedReportingOverflow(by: (1 << UInt64(losses)) - 1)
        return .nanoseconds(overflows ? 1 << 61 : Int64(min(sum, 1 << 61)))
    }

    /// After so many losses in a row it arrives: what is lost for good is what a partition is for.
    static let attempts = 6

    private static let latest = UInt64(Int64.max)

    private static func instant(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: min(nanoseconds, latest)) }

    private static func share(of span: Int64, _ draws: inout SeededRandom) -> UInt64 {
        UInt64(max(0, Double(span) * SeededRandom.unit(draws.next())))
    }
}

extension SeededRandom {
    fileprivate mutating func isDrawn(_ chance: Fraction) -> Bool {
        next() % chance.denominator < chance.numerator
    }
}
