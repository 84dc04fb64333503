import Cryptography
import Messages
import NIOCore
import Primitives

/// Finds out who is at the other end before any other frame goes up the pipeline: the plain hello.
///
/// The dialling side says hello first; the accepting side answers once it has admitted it. When both are known, the
/// event `Completed` goes up the pipeline. Anything that can fire that event can take this handler's place: the
/// authenticated handshake will, since a plain hello proves nothing about who sends it.
package final class HelloHandshake: ChannelInboundHandler {
    package typealias InboundIn = Frame
    package typealias InboundOut = Frame
    package typealias OutboundOut = ByteBuffer

    package enum Side: Hashable, Sendable {
        /// Nobody else is accepted at the other end.
        case dialling(Party)
        case accepting
    }

    /// The other side has said who it is, and may be.
    package struct Completed: Hashable, Sendable {
        package let party: Party
    }

    private let own: Hello
    private let genesis: Genesis
    private let side: Side
    private let admit: (Party) -> HandshakeError?
    private var timeLimit: Scheduled<Void>?
    private var isOver = false

    /// - Parameter admit: asked when an accepted peer is whom it may be; a reason refuses it all the same.
    package init(own: Hello, genesis: Genesis, side: Side, admit: @escaping (Party) -> HandshakeError?) {
        self.own = own
        self.genesis = genesis
        self.side = side
        self.admit = admit
    }

    package func channelActive(context: ChannelHandlerContext) {
        timeLimit = context.eventLoop.assumeIsolated().scheduleTask(in: TransportLimits.handshake) { [weak self] in
            self?.fail(.timedOut, context: context)
        }
        if case .dialling = side { sayHello(context: context) }
        context.fireChannelActive()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard timeLimit != nil else {
            if !isOver { context.fireChannelRead(data) }
            return
        }
        switch judge(unwrapInboundIn(data)) {
        case .failure(let error): fail(error, context: context)
        case .success(let party):
            endTimeLimit()
            if side == .accepting { sayHello(context: context) }
            context.fireUserInboundEventTriggered(Completed(party: party))
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if timeLimit != nil { fail(.closedEarly, context: context) }
        context.fireChannelInactive()
    }

    /// The decoder has found no hello.
    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HandshakeError {
            fail(error, context: context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { endTimeLimit() }

    /// The party that a first frame shows, or why it does not do.
    func judge(_ frame: Frame) -> Result<Party, HandshakeError> {
        guard case .hello(let hello) = frame else { return .failure(.noHello(frame.kind)) }
        guard hello.version == own.version else { return .failure(.otherVersion(hello.version)) }
        guard hello.network == own.network else { return .failure(.otherNetwork(hello.network)) }
        guard let key = genesis.key(of: hello.party) else { return .failure(.unknownParty(hello.party)) }
        guard hello.key == key else { return .failure(.wrongKey(hello.party)) }
        if case .dialling(let expected) = side, hello.party != expected {
            return .failure(.otherParty(hello.party, expected: expected))
        }
        guard hello.party != own.party else { return .failure(.ourselves) }
        if side == .accepting, let refusal = admit(hello.party) { return .failure(refusal) }
        return .success(hello.party)
    }

    private func sayHello(context: ChannelHandlerContext) {
        do {
            let frame = try EncodedFrame(.hello(own))
            context.writeAndFlush(wrapOutboundOut(frame.bytes), promise: nil)
        } catch {
            preconditionFailure("a hello has its fixed size: \(error)")
        }
    }

    private func fail(_ error: HandshakeError, context: ChannelHandlerContext) {
        endTimeLimit()
        isOver = true
        context.fireErrorCaught(error)
    }

    private func endTimeLimit() {
        timeLimit?.cancel()
        timeLimit = nil
    }
}

/// Why the other end of a connection is not spoken with.
package enum HandshakeError: Error, Hashable, Sendable {
    case noHello(Frame.Kind)
    case otherVersion(UInt16)
    case otherNetwork(Digest)
    case unknownParty(Party)
    case wrongKey(Party)
    case otherParty(Party, expected: Party)
    case ourselves
    case timedOut
    case closedEarly
    /// The party is connected already, and that connection lives.
    case secondConnection(Party)
    case tooManyStrangers
    /// Nothing gets through between it and us.
    case cutOff(Party)
}

extension HandshakeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noHello(let kind): "the first frame was not a hello but \(kind)"
        case .otherVersion(let version): "speaks protocol version \(version), we speak \(Hello.protocolVersion)"
        case .otherNetwork(let network): "is on another network (\(network.short))"
        case .unknownParty(let party): "\(party) is not in genesis"
        case .wrongKey(let party): "its key is not the one that genesis names for \(party)"
        case .otherParty(let party, let expected): "\(party) answered where \(expected) was dialled"
        case .ourselves: "says that it is ourselves"
        case .timedOut: "no hello within \(TransportLimits.handshake.nanoseconds / 1_000_000_000) s"
        case .closedEarly: "closed before its hello"
        case .secondConnection(let party): "a second connection of \(party), whose first one lives"
        case .cutOff(let party): "\(party) is cut off from us by a partition"
        case .tooManyStrangers: "more than \(TransportLimits.strangers) connections without a hello"
        }
    }
}
