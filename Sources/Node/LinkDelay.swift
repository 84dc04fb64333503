import Links
import Messages
import NIOCore
import Primitives

/// Holds each outbound frame of one link back until it would have arrived, on the sender's side: when that is, ``Link``
/// says.
///
/// A frame that keeps no place goes out among those behind it, and one that comes twice is written twice.
package final class LinkDelay: ChannelDuplexHandler {
    package typealias InboundIn = Frame
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private struct Held {
        let due: Instant
        let bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private let makeLink: (Party) -> Link?
    private var link: Link?
    /// By the time at which they are due; of those that are due together the first comes first.
    private var held = CircularBuffer<Held>(initialCapacity: 8)
    private var heldBytes = 0
    private var hasPassed = false
    private var release: Scheduled<Void>?

    /// - Parameter makeLink: the one to this party; nil: nothing is held back.
    package init(_ makeLink: @escaping (Party) -> Link?) { self.makeLink = makeLink }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let completed = event as? HelloHandshake.Completed { link = makeLink(completed.party) }
        context.fireUserInboundEventTriggered(event)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard link != nil else {
            hasPassed = true
            return context.write(data, promise: promise)
        }
        let bytes = unwrapOutboundIn(data)
        let now = Self.now(context)
        let arrivals = link!.arrivals(of: bytes.readableBytes, sentAt: now)
        guard hold(Held(due: arrivals.first, bytes: bytes, promise: promise), until: now, context: context) else {
            return
        }
        if let again = arrivals.again {
            _ = hold(Held(due: again, bytes: bytes, promise: nil), until: now, context: context)
        }
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

    /// What is due already passes, unless others that are not yet written come before it.
    ///
    /// - Returns: false when too much is held: the connection is done with.
    private func hold(_ entry: Held, until now: Instant, context: ChannelHandlerContext) -> Bool {
        if entry.due <= now, held.first.map({ $0.due > entry.due }) ?? true {
            hasPassed = true
            context.write(wrapOutboundOut(entry.bytes), promise: entry.promise)
            return true
        }
        heldBytes += entry.bytes.readableBytes
        guard heldBytes <= TransportLimits.pendingBytes else {
            entry.promise?.fail(ConnectionError.doesNotRead)
            context.fireErrorCaught(ConnectionError.doesNotRead)
            return false
        }
        var place = held.count
        while place > 0, held[offset: place - 1].due > entry.due { place -= 1 }
        held.insert(entry, at: held.index(held.startIndex, offsetBy: place))
        if place == 0 {
            release?.cancel()
            release = nil
        }
        return true
    }

    private func scheduleRelease(context: ChannelHandlerContext) {
        guard release == nil, let first = held.first else { return }
        let due = NIODeadline.uptimeNanoseconds(first.due.nanoseconds)
        release = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            self?.releaseDue(context: context)
        }
    }

    private func releaseDue(context: ChannelHandlerContext) {
        release = nil
        let now = Self.now(context)
        while let first = held.first, first.due <= now {
            held.removeFirst()
            heldBytes -= first.bytes.readableBytes
            context.write(wrapOutboundOut(first.bytes), promise: first.promise)
        }
        context.flush()
        scheduleRelease(context: context)
    }

    private static func now(_ context: ChannelHandlerContext) -> Instant {
        Instant(nanoseconds: context.eventLoop.now.uptimeNanoseconds)
    }
}
