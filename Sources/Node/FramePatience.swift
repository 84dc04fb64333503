import Messages
import NIOCore

/// How long the rest of a frame is waited for once its beginning is here: whoever sends it byte by byte would hold its
/// connection for ever.
///
/// There is one timer at most for each connection, and none is cancelled: most frames are whole a moment later.
final class FramePatience {
    private var since: NIODeadline?
    private var isScheduled = false

    func wait(_ context: ChannelHandlerContext) {
        guard since == nil else { return }
        since = context.eventLoop.now
        if !isScheduled { schedule(context, in: TransportLimits.frame) }
    }

    func end() { since = nil }

    private func schedule(_ context: ChannelHandlerContext, in delay: TimeAmount) {
        isScheduled = true
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.expire(context) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        isScheduled = false
        guard let since else { return }
        let rest = since + TransportLimits.frame - context.eventLoop.now
        guard rest <= .nanoseconds(0) else { return schedule(context, in: rest) }
        self.since = nil
        context.fireErrorCaught(FrameError.overdue)
    }
}
