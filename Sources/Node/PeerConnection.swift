import Links
import Messages
import NIOCore

/// One connection, from its opening to its end; confined to its event loop.
///
/// It stands at the end of the pipeline `FrameDecoder`, `HelloHandshake`, `LinkDelay`, `PeerConnection` and tells its
/// transport what comes out of it.
package final class PeerConnection: ChannelInboundHandler {
    package typealias InboundIn = Frame
    package typealias OutboundOut = ByteBuffer

    /// Where it was dialled; nil for an accepted one.
    let dialled: Dialled?
    /// Who is at the other end; nil until it has said so.
    private(set) var party: Party?
    /// When the handshake was completed, then whenever something was read.
    private(set) var lastHeard = NIODeadline.uptimeNanoseconds(0)
    private(set) var established = NIODeadline.uptimeNanoseconds(0)
    private(set) var closeReason: String?
    private weak var transport: Transport?
    /// Nil where nothing is ever held back.
    private let delay: LinkDelay?
    private var context: ChannelHandlerContext?
    private var hasUnflushed = false

    struct Dialled { let party: Party; let address: SocketAddress; let attempt: UInt64 }

    init(transport: Transport, dialled: Dialled?, delay: LinkDelay? = nil) {
        self.transport = transport
        self.dialled = dialled
        self.delay = delay
    }

    var isClosing: Bool { closeReason != nil }

    /// Queues bytes; they leave with the next flush.
    ///
    /// - Returns: true when they are the first ones since the last flush.
    func write(_ bytes: ByteBuffer) -> Bool {
        guard let context, !isClosing else { return false }
        context.write(wrapOutboundOut(bytes), promise: nil)
        defer { hasUnflushed = true }
        return !hasUnflushed
    }

    func flush() {
        hasUnflushed = false
        context?.flush()
    }

    func change(to state: LinkState) { delay?.change(to: state) }

    /// Only the first reason counts.
    func close(reason: String) {
        guard !isClosing else { return }
        closeReason = reason
        context?.close(promise: nil)
    }

    func setReading(_ isReading: Bool) {
        do {
            try context?.channel.syncOptions?.setOption(.autoRead, value: isReading)
        } catch {
            close(reason: "cannot pause reading: \(error)")
        }
    }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let completed = event as? HelloHandshake.Completed else {
            return context.fireUserInboundEventTriggered(event)
        }
        party = completed.party
        established = context.eventLoop.now
        lastHeard = established
        transport?.established(self, as: completed.party)
    }

    package func channelActive(context: ChannelHandlerContext) { transport?.opened(self) }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing, let party else { return }
        transport?.received(unwrapInboundIn(data), from: party)
    }

    package func channelReadComplete(context: ChannelHandlerContext) { lastHeard = context.eventLoop.now }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable { close(reason: "\(ConnectionError.doesNotRead)") }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HandshakeError { transport?.refused(self, error) }
        close(reason: "\(error)")
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if closeReason == nil { closeReason = "the other side closed the connection" }
        transport?.closed(self)
    }
}

package enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    case doesNotRead

    package var description: String {
        switch self {
        case .doesNotRead: "does not read: over \(TransportLimits.pendingBytes / 1_048_576) MiB wait to be sent to it"
        }
    }
}
