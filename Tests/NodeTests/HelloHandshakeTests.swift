import Cryptography
import Messages
import NIOCore
import NIOEmbedded
import Primitives
import Testing

@testable import Node

@Suite struct HelloHandshakeTests {
    static let us = Fixture.signer(0)
    static let them = Fixture.signer(1)

    /// Collects what comes out at the top.
    private final class Top: ChannelInboundHandler {
        typealias InboundIn = Frame
        var parties: [Party] = []
        var errors: [HandshakeError] = []
        var frames: [Frame] = []

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let completed = event as? HelloHandshake.Completed { parties.append(completed.party) }
        }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let error = error as? HandshakeError { errors.append(error) }
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { frames.append(unwrapInboundIn(data)) }
    }

    private static func open(
        _ side: HelloHandshake.Side, admit: @escaping (Party) -> HandshakeError? = { _ in nil }
    ) throws -> (EmbeddedChannel, Top) {
        let channel = EmbeddedChannel()
        let top = Top()
        let handshake = HelloHandshake(
            own: Fixture.hello(us), genesis: Fixture.genesis, side: side, admit: admit)
        try channel.pipeline.syncOperations.addHandlers([handshake, top])
        try channel.connect(to: .loopback(port: 1)).wait()
        return (channel, top)
    }

    private static func sent(_ channel: EmbeddedChannel) throws -> Frame? {
        guard var bytes = try channel.readOutbound(as: ByteBuffer.self) else { return nil }
        return try FrameDecoder.next(in: &bytes)
    }

    @Test func theDiallerSpeaksFirst() throws {
        let (channel, top) = try Self.open(.dialling(Self.them))
        #expect(try Self.sent(channel) == .hello(Fixture.hello(Self.us)))
        try channel.writeInbound(Frame.hello(Fixture.hello(Self.them)))
        try channel.writeInbound(Frame.ownVotesRequest)
        #expect(top.parties == [Self.them] && top.frames == [.ownVotesRequest] && top.errors.isEmpty)
        _ = try channel.finish()
    }

    @Test func theAcceptingSideAnswersOnlyWhomItAdmits() throws {
        let (channel, top) = try Self.open(.accepting)
        #expect(try Self.sent(channel) == nil)
        try channel.writeInbound(Frame.hello(Fixture.hello(Self.them)))
        #expect(try Self.sent(channel) == .hello(Fixture.hello(Self.us)))
        #expect(top.parties == [Self.them])
        _ = try channel.finish()

        let (second, refused) = try Self.open(.accepting) { .secondConnection($0) }
        try second.writeInbound(Frame.hello(Fixture.hello(Self.them)))
        try second.writeInbound(Frame.ownVotesRequest)
        #expect(try Self.sent(second) == nil)
        #expect(refused.errors == [.secondConnection(Self.them)] && refused.parties.isEmpty && refused.frames.isEmpty)
        _ = try second.finish()
    }

    static let refusals: [(Frame, HandshakeError)] = {
        var otherVersion = Fixture.hello(them)
        otherVersion.version = 9
        var otherNetwork = Fixture.hello(them)
        otherNetwork.network = .zero
        var wrongKey = Fixture.hello(them)
        wrongKey.key = Fixture.clock.publicKey
        var unknown = Fixture.hello(them)
        unknown.party = Fixture.signer(77)
        return [
            (.ownVotesRequest, .noHello(.ownVotesRequest)),
            (.hello(otherVersion), .otherVersion(9)),
            (.hello(otherNetwork), .otherNetwork(.zero)),
            (.hello(wrongKey), .wrongKey(them)),
            (.hello(unknown), .unknownParty(Fixture.signer(77))),
            (.hello(Fixture.hello(us)), .ourselves),
        ]
    }()

    @Test(arguments: refusals)
    func whoeverIsNotWhomItMayBeIsRefusedByName(frame: Frame, error: HandshakeError) throws {
        let (channel, top) = try Self.open(.accepting)
        try channel.writeInbound(frame)
        try channel.writeInbound(Frame.hello(Fixture.hello(Self.them)))
        #expect(top.errors == [error])
        #expect(top.parties.isEmpty)
        _ = try channel.finish()
    }

    @Test func whoeverTheDecoderRefusesIsRefusedOnce() throws {
        let (channel, top) = try Self.open(.accepting)
        channel.pipeline.fireErrorCaught(HandshakeError.noHello(.submit))
        _ = try channel.finish()
        #expect(top.errors == [.noHello(.submit)])
    }

    @Test func anotherPartyThanTheOneDialledIsRefused() throws {
        let (channel, top) = try Self.open(.dialling(Self.them))
        try channel.writeInbound(Frame.hello(Fixture.hello(Fixture.signer(2))))
        #expect(top.errors == [.otherParty(Fixture.signer(2), expected: Self.them)])
        _ = try channel.finish()
    }

    @Test func silenceEndsWithTheTimeLimit() throws {
        let (channel, top) = try Self.open(.accepting)
        channel.embeddedEventLoop.advanceTime(by: TransportLimits.handshake - .nanoseconds(1))
        #expect(top.errors.isEmpty)
        channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        #expect(top.errors == [.timedOut])
        _ = try channel.finish()
        #expect(top.errors == [.timedOut])
    }
}
