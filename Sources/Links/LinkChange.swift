import Messages
import Primitives

/// Other terms for a link than those that it has: each that is given takes the place of the link's own.
package struct LinkChange: Hashable, Sendable {
    package var latency: Duration?
    package var jitter: Duration?
    package var loss: Fraction?
    package var duplication: Fraction?
    package var reordering: Fraction?
    package var bandwidth: Bandwidth?

    package init(
        latency: Duration? = nil, jitter: Duration? = nil, loss: Fraction? = nil, duplication: Fraction? = nil,
        reordering: Fraction? = nil, bandwidth: Bandwidth? = nil
    ) {
        self.latency = latency
        self.jitter = jitter
        self.loss = loss
        self.duplication = duplication
        self.reordering = reordering
        self.bandwidth = bandwidth
    }

    /// Whether it gives no term at all.
    package var isEmpty: Bool { self == LinkChange() }

    package func applied(to terms: LinkTerms) -> LinkTerms {
        LinkTerms(
            latency: latency ?? terms.latency, jitter: jitter ?? terms.jitter, loss: loss ?? terms.loss,
            duplication: duplication ?? terms.duplication, reordering: reordering ?? terms.reordering,
            bandwidth: bandwidth ?? terms.bandwidth)
    }
}

extension LinkTerms {
    /// How late a frame can come on such a link, but for one in ten thousand: what is lost again and again is sent again
    /// and again, a frame that others overtake is that much later, and a burst of frames has to be taken up first.
    package var usualDelay: Duration {
        var losses = 0
        // The chance of so many losses in a row, in ten thousandths.
        var chance: UInt64 = 10_000
        while losses < Link.attempts {
            chance = chance * loss.numerator / loss.denominator
            guard chance > 0 else { break }
            losses += 1
        }
        let queueing = bandwidth.map { Duration.nanoseconds(Int64(clamping: $0.nanoseconds(for: Self.burst))) } ?? .zero
        let isOvertaken = reordering.numerator > reordering.denominator / 10_000
        return max(.zero, latency) + jitter + Link.wait(after: losses, on: self) + (isOvertaken ? straggling : .zero)
            + queueing
    }

    /// The votes of some hundred tasks that come at once, in bytes.
    private static let burst = 32 * 1024
}
