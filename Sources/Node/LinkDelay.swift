import Messages
import NIOCore
import Primitives

/// The latency of a network's links, laid over the host's own.
package struct LinkTerms: Hashable, Sendable {
    /// One way.
    package var latency: Duration
    /// A frame's latency varies by up to this much in either direction.
    package var jitter: Duration
    package var seed: UInt64

    package init(latency: Duration, jitter: Duration, seed: UInt64) {
        self.latency = latency
        self.jitter = jitter
        self.seed = seed
    }

    package static let none = LinkTerms(latency: .zero, jitter: .zero, seed: 0)

    package var isNone: Bool { latency == .zero && jitter == .zero }

    /// The draws of one direction of one link: the same in every run with this seed.
    func draws(from sender: String, to receiver: String) -> SeededRandom {
        SeededRandom(seed: seed, purpose: "link \(sender) \(receiver)")
    }

    /// Latency + jitter x u, with u uniform in -1...1; never negative.
    func delay(_ draws: inout SeededRandom) -> TimeAmount {
        let spread = jitter == .zero ? 0 : 2 * SeededRandom.unit(draws.next()) - 1
        let nanoseconds = Double(latency.nanoseconds) + Double(jitter.nanoseconds) * spread
        return .nanoseconds(max(0, Int64(min(nanoseconds, 0x1p62))))
    }
}

extension LinkTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(latency)
        encoder.encode(jitter)
        encoder.encode(seed)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        latency = try decoder.decode()
        jitter = try decoder.decode()
        seed = try decoder.decode()
    }
}

/// Holds each outbound frame of one link back for that frame's latency, on the sender's side and in its order.
///
/// As on a real link, frames are in flight side by side: the delay of one is not added to the next one's. A frame
/// with a shorter delay waits for those before it, as it would within a TCP connection.
package final class LinkDelay: ChannelDuplexHandler {
    package typealias InboundIn = Frame
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private struct Held {
        let due: NIODeadline
        let bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private let terms: LinkTerms
    private let makeDraws: (Party) -> SeededRandom?
    private var draws: SeededRandom?
    private var held = CircularBuffer<Held>(initialCapacity: 8)
    private var heldBytes = 0
    private var hasPassed = false
    private var release: Scheduled<Void>?

    /// - Parameter draws: those for the link to this party; nil: a link without delay.
    package init(_ terms: LinkTerms, draws makeDraws: @escaping (Party) -> SeededRandom?) {
        self.terms = terms
        self.makeDraws = makeDraws
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let completed = event as? HelloHandshake.Completed { draws = makeDraws(completed.party) }
        context.fireUserInboundEventTriggered(event)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard draws != nil else {
            hasPassed = true
            return context.write(data, promise: promise)
        }
        let bytes = unwrapOutboundIn(data)
        let now = context.eventLoop.now
        let due = now + terms.delay(&draws!)
        if due == now, held.isEmpty {
            hasPassed = true
            return context.write(data, promise: promise)
        }
        heldBytes += bytes.readableBytes
        guard heldBytes <= TransportLimits.pendingBytes else {
            promise?.fail(ConnectionError.doesNotRead)
            return context.fireErrorCaught(ConnectionError.doesNotRead)
        }
        held.append(Held(due: due, bytes: bytes, promise: promise))
        scheduleRelease(context: context)
    }

    package func flush(context: ChannelHandlerContext) {
        guard hasPassed else { return }
        hasPassed = false
        context.flush()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        release?.cancel()
        release = nil
        while let entry = held.popFirst() { entry.promise?.fail(ChannelError.ioOnClosedChannel) }
    }

    private func scheduleRelease(context: ChannelHandlerContext) {
        guard release == nil, let first = held.first else { return }
        release = context.eventLoop.assumeIsolated().scheduleTask(deadline: first.due) { [weak self] in
            self?.releaseDue(context: context)
        }
    }

    private func releaseDue(context: ChannelHandlerContext) {
        release = nil
        let now = context.eventLoop.now
        while let first = held.first, first.due <= now {
            held.removeFirst()
            heldBytes -= first.bytes.readableBytes
            context.write(wrapOutboundOut(first.bytes), promise: first.promise)
        }
        context.flush()
        scheduleRelease(context: context)
    }
}
