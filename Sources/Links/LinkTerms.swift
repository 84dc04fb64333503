import Messages
import Primitives

/// What one direction of a link does to the frames on it.
package struct LinkTerms: Hashable, Sendable {
    /// One way.
    package var latency: Duration
    /// A frame's latency varies by up to this much in either direction.
    package var jitter: Duration
    /// The chance that a frame is lost on its way. It is sent again, as TCP does it: it comes one retransmission time
    /// later, and holds up whatever is behind it.
    package var loss: Fraction
    /// The chance that a frame comes twice.
    package var duplication: Fraction
    /// The chance that a frame takes up to twice as long, and is overtaken by those behind it.
    package var reordering: Fraction
    /// Nil: as much as there is.
    package var bandwidth: Bandwidth?

    package init(
        latency: Duration = .zero, jitter: Duration = .zero, loss: Fraction = .zero, duplication: Fraction = .zero,
        reordering: Fraction = .zero, bandwidth: Bandwidth? = nil
    ) {
        self.latency = latency
        self.jitter = jitter
        self.loss = loss
        self.duplication = duplication
        self.reordering = reordering
        self.bandwidth = bandwidth
    }

    package static let none = LinkTerms()

    /// Whether every frame arrives as it leaves.
    package var isNone: Bool {
        latency == .zero && jitter == .zero && bandwidth == nil
            && [loss, duplication, reordering].allSatisfy { $0.numerator == 0 }
    }

    /// How long TCP waits before it sends again what was not acknowledged: the round trip, and 200 ms on top, as Linux
    /// has it (RFC 6298 asks for a second in all). Each time that it is lost again, twice as long.
    package var retransmission: Duration { latency * 2 + .milliseconds(200) }

    /// By how much a frame that is overtaken, or the second of two, can come late. Were it not for the millisecond,
    /// nothing could be overtaken on a link without latency.
    package var straggling: Duration { max(latency + jitter, .milliseconds(1)) }
}

extension LinkTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(latency)
        encoder.encode(jitter)
        for chance in [loss, duplication, reordering] { encoder.encode(chance) }
        // 0 is none: nothing would ever get through.
        encoder.encode(bandwidth?.bitsPerSecond ?? 0)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        latency = try decoder.decode()
        jitter = try decoder.decode()
        loss = try decoder.decode()
        duplication = try decoder.decode()
        reordering = try decoder.decode()
        let limit: UInt64 = try decoder.decode()
        bandwidth = limit == 0 ? nil : Bandwidth(bitsPerSecond: limit)
    }
}
