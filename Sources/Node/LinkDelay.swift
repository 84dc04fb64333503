import Links
import Messages
import NIOCore
import Primitives

/// Holds each outbound frame of one link back until it would have arrived, on the sender's side: when that is, ``Link``
/// says.
///
/// A frame that keeps no place goes out among those behind it, and one that comes twice is written twice. What is sent
/// while nothing gets through waits, as it would in a TCP connection's buffers; what was on its way then still arrives.
package final class LinkDelay: ChannelDuplexHandler {
    package typealias InboundIn = Frame
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private struct Held {
        let due: Instant
        let bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private struct Blocked {
        let bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    /// One end and the other, by whom a link's draws are its own.
    package struct Ends {
        let seed: UInt64
        let sender: String
        let receiver: String

        package init(seed: UInt64, sender: String, receiver: String) {
            self.seed = seed
            self.sender = sender
            self.receiver = receiver
        }
    }

    private let begin: (Party) -> (state: LinkState, ends: Ends)?
    private var ends: Ends?
    private var link: Link?
    private var isCut = false
    private var context: ChannelHandlerContext?
    /// By the time at which they are due; of those that are due together the first comes first.
    private var held = CircularBuffer<Held>(initialCapacity: 8)
    /// What was sent while nothing gets through, in order.
    private var blocked = CircularBuffer<Blocked>()
    private var heldBytes = 0
    /// When what was blocked goes on its way: nothing that is sent later goes before it.
    private var resumes = Instant(nanoseconds: 0)
    private var hasPassed = false
    private var release: Scheduled<Void>?

    /// - Parameter begin: asked once it is known who is at the other end: how the link to it is; nil: nothing is ever held
    ///   back.
    package init(_ begin: @escaping (Party) -> (state: LinkState, ends: Ends)?) { self.begin = begin }

    /// From now on. Nothing happens before it is known who is at the other end.
    package func change(to state: LinkState) {
        guard let ends, let context else { return }
        link?.change(to: state.terms, seed: ends.seed, from: ends.sender, to: ends.receiver)
        let wasCut = isCut
        isCut = state.cutsSent
        if wasCut, !isCut { resume(context: context) }
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let completed = event as? HelloHandshake.Completed, let (state, ends) = begin(completed.party) {
            self.ends = ends
            link = Link(state.terms, seed: ends.seed, from: ends.sender, to: ends.receiver)
            isCut = state.cutsSent
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard link != nil else {
            hasPassed = true
            return context.write(data, promise: promise)
        }
        let bytes = unwrapOutboundIn(data)
        guard !isCut else {
            guard holds(bytes, promise, context: context) else { return }
            return blocked.append(Blocked(bytes: bytes, promise: promise))
        }
        put(bytes, promise, at: Self.now(context), context: context)
        scheduleRelease(context: context)
    }

    package func flush(context: ChannelHandlerContext) {
        guard hasPassed else { return }
        hasPassed = false
        context.flush()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        release?.cancel()
        release = nil
        while let entry = held.popFirst() { entry.promise?.fail(ChannelError.ioOnClosedChannel) }
        while let entry = blocked.popFirst() { entry.promise?.fail(ChannelError.ioOnClosedChannel) }
    }

    /// Something gets through again. TCP notices by its timer.
    private func resume(context: ChannelHandlerContext) {
        guard let link, !blocked.isEmpty else { return }
        let now = Self.now(context)
        resumes = now + link.terms.retransmission
        while let entry = blocked.popFirst() {
            heldBytes -= entry.bytes.readableBytes
            put(entry.bytes, entry.promise, at: now, context: context)
        }
        scheduleRelease(context: context)
    }

    /// On the link.
    private func put(
        _ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, at now: Instant, context: ChannelHandlerContext
    ) {
        let arrivals = link!.arrivals(of: bytes.readableBytes, sentAt: max(now, resumes))
        guard hold(Held(due: arrivals.first, bytes: bytes, promise: promise), until: now, context: context) else {
            return
        }
        if let again = arrivals.again {
            _ = hold(Held(due: again, bytes: bytes, promise: nil), until: now, context: context)
        }
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
        guard holds(entry.bytes, entry.promise, context: context) else { return false }
        var place = held.count
        while place > 0, held[offset: place - 1].due > entry.due { place -= 1 }
        held.insert(entry, at: held.index(held.startIndex, offsetBy: place))
        if place == 0 {
            release?.cancel()
            release = nil
        }
        return true
    }

    /// Takes so many bytes more into account.
    ///
    /// - Returns: false when that is too much.
    private func holds(
        _ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext
    ) -> Bool {
        heldBytes += bytes.readableBytes
        guard heldBytes > TransportLimits.pendingBytes else { return true }
        promise?.fail(ConnectionError.doesNotRead)
        context.fireErrorCaught(ConnectionError.doesNotRead)
        return false
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
