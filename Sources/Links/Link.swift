import Primitives

/// One direction of one connection: when a frame that is put on it arrives. Pure: real nodes and the simulation ask the same.
///
/// As on a real link, frames are in flight side by side: the delay of one is not added to the next one's. A frame with a
/// shorter delay waits for those before it, as it would within a TCP connection.
package struct Link: Sendable {
    package let terms: LinkTerms
    private var jitter: SeededRandom
    private var loss: SeededRandom
    private var duplication: SeededRandom
    private var reordering: SeededRandom
    /// When the last frame that kept its place arrives.
    private var last = Instant(nanoseconds: 0)
    /// When the line has taken up all that was put on it.
    private var lineFree = Instant(nanoseconds: 0)

    package struct Arrivals: Hashable, Sendable {
        package var first: Instant
        /// The same frame once more.
        package var again: Instant?

        package init(first: Instant, again: Instant?) {
            self.first = first
            self.again = again
        }
    }

    /// - Parameter seed: of the run. The draws of one direction of one link are the same in every run with this seed.
    package init(_ terms: LinkTerms, seed: UInt64, from sender: String, to receiver: String) {
        self.terms = terms
        func draws(_ purpose: String) -> SeededRandom {
            SeededRandom(seed: seed, purpose: "\(purpose) \(sender) \(receiver)")
        }
        jitter = draws("link")
        loss = draws("loss")
        duplication = draws("duplication")
        reordering = draws("reordering")
    }

    package mutating func arrivals(of bytes: Int, sentAt now: Instant) -> Arrivals {
        var departure = now
        if let bandwidth = terms.bandwidth {
            lineFree =
                max(lineFree, now)
                + .nanoseconds(Int64(clamping: UInt128(bytes) * 1_000_000_000 / UInt128(max(1, bandwidth))))
            departure = lineFree
        }
        var due = departure + flight() + retransmissions()
        if terms.reordering.isDrawn(from: &reordering) {
            due = due + Self.share(of: terms.latency + terms.jitter, &reordering)
        } else {
            due = max(due, last)
            last = due
        }
        guard terms.duplication.isDrawn(from: &duplication) else { return Arrivals(first: due, again: nil) }
        return Arrivals(first: due, again: due + Self.share(of: terms.latency + terms.jitter, &duplication))
    }

    /// Latency + jitter x u, with u uniform in -1...1; never negative.
    private mutating func flight() -> Duration {
        guard terms.jitter != .zero else { return terms.latency }
        let spread = 2 * SeededRandom.unit(jitter.next()) - 1
        let nanoseconds = Double(terms.latency.nanoseconds) + Double(terms.jitter.nanoseconds) * spread
        return .nanoseconds(max(0, Int64(min(nanoseconds, 0x1p62))))
    }

    private mutating func retransmissions() -> Duration {
        var waited = Duration.zero
        var next = terms.retransmission
        for _ in 0..<Self.attempts {
            guard terms.loss.isDrawn(from: &loss) else { break }
            waited += next
            next *= 2
        }
        return waited
    }

    /// After so many losses in a row it arrives: what is lost for good is what a partition is for.
    private static let attempts = 6

    private static func share(of span: Duration, _ draws: inout SeededRandom) -> Duration {
        .nanoseconds(Int64(Double(span.nanoseconds) * SeededRandom.unit(draws.next())))
    }
}

extension Fraction {
    fileprivate func isDrawn(from draws: inout SeededRandom) -> Bool {
        numerator > 0 && draws.next() % denominator < numerator
    }
}
