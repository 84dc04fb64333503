import Links
import Messages
import NIOCore
import NIOPosix
import Primitives
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(1))) struct TransportTests {
    private static let one = Fixture.signer(0)
    private static let two = Fixture.signer(1)
    private static let three = Fixture.signer(2)

    @Test func twoPartiesExchangeFramesAndConnectAgain() async throws {
        let votes = (0..<50).map { Frame.attestation(Fixture.vote($0)) }
        let events = try await onEventLoop { stage in
            let links = OutboundLinks(seed: 1, standard: LinkTerms(latency: .milliseconds(1)))
            let one = Peer(Self.one, on: stage.eventLoop, links: links)
            let two = Peer(Self.two, on: stage.eventLoop)
            let port = try await two.transport.listen().get()
            one.transport.dial(Self.two, at: .loopback(port: port))
            _ = try await one.witness.until { $0.contains(.connected(Self.two)) }.get()
            one.send(votes, to: Self.two)
            _ = try await two.witness.until { $0.contains(.received(votes.last!, Self.one)) }.get()
            two.transport.disconnect(Self.one, reason: "a test")
            _ = try await one.witness.until { $0.filter { $0 == .connected(Self.two) }.count == 2 }.get()
            two.send([.ownVotesRequest], to: Self.one)
            _ = try await one.witness.until { $0.last == .received(.ownVotesRequest, Self.two) }.get()
            let events = two.witness.events
            for peer in [one, two] { peer.transport.close() }
            return events
        }
        let received = votes.map { Witness.Event.received($0, Self.one) }
        let again: [Witness.Event] = [.disconnected(Self.one, "a test"), .connected(Self.one)]
        #expect(events == [.connected(Self.one)] + received + again)
    }

    @Test func aSecondConnectionIsRefusedWhileTheFirstOneLives() async throws {
        let (events, second) = try await onEventLoop { stage in
            let server = Peer(Self.two, on: stage.eventLoop)
            let first = Peer(Self.one, on: stage.eventLoop)
            let second = Peer(Self.one, on: stage.eventLoop)
            let port = try await server.transport.listen().get()
            // Each step follows at once, on the event loop: a first connection that is silent for long would be replaced.
            server.witness.onConnected = { _ in second.transport.dial(Self.two, at: .loopback(port: port)) }
            server.witness.onRefused = { _ in first.send([.ownVotesRequest], to: Self.two) }
            first.transport.dial(Self.two, at: .loopback(port: port))
            let events = try await server.witness.until { $0.contains(.received(.ownVotesRequest, Self.one)) }.get()
            for peer in [server, first, second] { peer.transport.close() }
            return (events, second.witness.events)
        }
        let refused: Witness.Event = .refused(Self.one, .secondConnection(Self.one))
        #expect(events == [.connected(Self.one), refused, .received(.ownVotesRequest, Self.one)])
        #expect(!second.contains(.connected(Self.two)))
    }

    @Test func whoeverAnswersForAnotherIsTurnedAway() async throws {
        let events = try await onEventLoop { stage in
            let impostor = Peer(Self.three, on: stage.eventLoop)
            let one = Peer(Self.one, on: stage.eventLoop)
            // It takes the hello of anyone, and then says who it is.
            let port = try await impostor.transport.listen().get()
            one.transport.dial(Self.two, at: .loopback(port: port))
            let events = try await one.witness.until { !$0.isEmpty }.get()
            for peer in [impostor, one] { peer.transport.close() }
            return events
        }
        #expect(events == [.refused(Self.three, .otherParty(Self.three, expected: Self.two))])
    }

    @Test func aPartyThatMovesIsFoundAtItsNewAddress() async throws {
        let events = try await onEventLoop { stage in
            let old = Peer(Self.two, on: stage.eventLoop)
            let new = Peer(Self.two, on: stage.eventLoop)
            let one = Peer(Self.one, on: stage.eventLoop)
            one.transport.dial(Self.two, at: .loopback(port: try await old.transport.listen().get()))
            _ = try await old.witness.until { $0.contains(.connected(Self.one)) }.get()
            _ = try await one.witness.until { $0.contains(.connected(Self.two)) }.get()
            one.transport.dial(Self.two, at: .loopback(port: try await new.transport.listen().get()))
            _ = try await new.witness.until { $0.contains(.connected(Self.one)) }.get()
            let events = try await one.witness.until { $0.count == 3 }.get()
            for peer in [old, new, one] { peer.transport.close() }
            return events
        }
        #expect(events == [.connected(Self.two), .disconnected(Self.two, "it has moved"), .connected(Self.two)])
    }

    @Test func aPeerThatDoesNotReadIsDisconnected() async throws {
        let events = try await onEventLoop { stage in
            let server = Peer(Self.two, on: stage.eventLoop)
            let frame = try EncodedFrame(.task(Fixture.task(payloadSize: ServiceTask.payloadLimit)))
            let hello = try EncodedFrame(.hello(Fixture.hello(Self.one))).bytes
            let port = try await server.transport.listen().get()
            let channel = try await ClientBootstrap(group: stage.eventLoop).channelOption(.autoRead, value: false)
                .connect(to: .loopback(port: port)).get()
            try await channel.writeAndFlush(hello)
            _ = try await server.witness.until { $0 == [.connected(Self.one)] }.get()
            // More than the kernel's buffers can take besides what a node lets pile up.
            for _ in 0..<(8 * TransportLimits.pendingBytes / ServiceTask.payloadLimit) {
                server.transport.send(frame, to: [Self.one])
                server.transport.flush()
            }
            let events = try await server.witness.until { $0.count == 2 }.get()
            server.transport.close()
            try await channel.close()
            return events
        }
        #expect(events == [.connected(Self.one), .disconnected(Self.one, "\(ConnectionError.doesNotRead)")])
    }

    @Test func bytesThatAreNoFrameEndTheConnection() async throws {
        let events = try await onEventLoop { stage in
            let server = Peer(Self.two, on: stage.eventLoop)
            let hello = try EncodedFrame(.hello(Fixture.hello(Self.one))).bytes
            let port = try await server.transport.listen().get()
            let channel = try await ClientBootstrap(group: stage.eventLoop)
                .connect(to: .loopback(port: port)).get()
            try await channel.writeAndFlush(hello)
            try await channel.writeAndFlush(ByteBuffer(bytes: [1, 0, 0, 0, 99]))
            let events = try await server.witness.until { $0.count == 2 }.get()
            server.transport.close()
            return events
        }
        #expect(events == [.connected(Self.one), .disconnected(Self.one, "\(FrameError.unknownKind(99))")])
    }

    // MARK: Partitions

    private static let changeable: OutboundLinks = {
        var links = OutboundLinks.none
        links.canChange = true
        return links
    }()

    private static func links(_ peer: Party, sent: Bool = false, received: Bool = false) -> [LinkUpdate] {
        [LinkUpdate(peers: [peer], state: LinkState(terms: .none, cutsSent: sent, cutsReceived: received))]
    }

    /// Be it in one direction alone: what is sent must be acknowledged.
    @Test(arguments: [true, false])
    func aConnectionOnWhichNothingGetsThroughBreaksAtBothEndsAndIsMadeWhenItHeals(isOneWay: Bool) async throws {
        let (one, two) = try await onEventLoop { stage in
            let blockage = TimeAmount.milliseconds(10)
            let one = Peer(Self.one, on: stage.eventLoop, links: Self.changeable, blockage: blockage)
            let two = Peer(Self.two, on: stage.eventLoop, links: Self.changeable, blockage: blockage)
            one.transport.dial(Self.two, at: .loopback(port: try await two.transport.listen().get()))
            _ = try await one.witness.until { $0 == [.connected(Self.two)] }.get()
            _ = try await two.witness.until { $0 == [.connected(Self.one)] }.get()
            one.transport.change(Self.links(Self.two, sent: true, received: !isOneWay))
            two.transport.change(Self.links(Self.one, sent: !isOneWay, received: true))
            one.send([.ownVotesRequest], to: Self.two)
            _ = try await one.witness.until { $0.count == 2 }.get()
            _ = try await two.witness.until { $0.count == 2 }.get()
            one.transport.change(Self.links(Self.two))
            two.transport.change(Self.links(Self.one))
            let events = (
                try await one.witness.until { $0.count == 3 }.get(), try await two.witness.until { $0.count == 3 }.get()
            )
            for peer in [one, two] { peer.transport.close() }
            return events
        }
        // Whichever end is the second to give up sees the other's end.
        let reasons = ["nothing gets through", "the other side closed the connection"]
        for (events, peer) in [(one, Self.two), (two, Self.one)] {
            #expect(events[0] == .connected(peer) && events[2] == .connected(peer))
            #expect(reasons.contains { events[1] == .disconnected(peer, $0) }, "\(events)")
        }
    }

    @Test func aPartitionThatHealsInTimeHoldsUpAndBreaksNothing() async throws {
        let events = try await onEventLoop { stage in
            let one = Peer(Self.one, on: stage.eventLoop, links: Self.changeable)
            let two = Peer(Self.two, on: stage.eventLoop, links: Self.changeable)
            one.transport.dial(Self.two, at: .loopback(port: try await two.transport.listen().get()))
            _ = try await one.witness.until { $0 == [.connected(Self.two)] }.get()
            one.transport.change(Self.links(Self.two, sent: true))
            one.send([.ownVotesRequest], to: Self.two)
            one.transport.change(Self.links(Self.two))
            let events = try await two.witness.until { $0.count == 2 }.get()
            for peer in [one, two] { peer.transport.close() }
            return events
        }
        #expect(events == [.connected(Self.one), .received(.ownVotesRequest, Self.one)])
    }

    /// Whoever is told later that they are apart, too.
    @Test func noHandshakeGetsThrough() async throws {
        let (server, client) = try await onEventLoop { stage in
            let server = Peer(Self.two, on: stage.eventLoop, links: Self.changeable)
            let client = Peer(Self.one, on: stage.eventLoop, links: Self.changeable)
            server.transport.change(Self.links(Self.one, received: true))
            client.transport.dial(Self.two, at: .loopback(port: try await server.transport.listen().get()))
            let refused = try await server.witness.until { !$0.isEmpty }.get()
            server.transport.change(Self.links(Self.one))
            let connected = try await client.witness.until { $0.last == .connected(Self.two) }.get()
            for peer in [server, client] { peer.transport.close() }
            return (refused, connected)
        }
        #expect(server == [.refused(Self.one, .cutOff(Self.one))])
        #expect(client.filter { $0 == .connected(Self.two) }.count == 1)
    }

    @Test func whoIsCutOffDialsNobody() async throws {
        let events = try await onEventLoop { stage in
            let server = Peer(Self.two, on: stage.eventLoop, links: Self.changeable)
            let client = Peer(Self.one, on: stage.eventLoop, links: Self.changeable)
            let third = Peer(Self.three, on: stage.eventLoop)
            let port = try await server.transport.listen().get()
            client.transport.change(Self.links(Self.two, sent: true))
            client.transport.dial(Self.two, at: .loopback(port: port))
            // Who dials later is there, and the server has not heard of the first.
            third.transport.dial(Self.two, at: .loopback(port: port))
            _ = try await server.witness.until { !$0.isEmpty }.get()
            _ = try await third.witness.until { !$0.isEmpty }.get()
            client.transport.change(Self.links(Self.two))
            _ = try await client.witness.until { !$0.isEmpty }.get()
            let events = try await server.witness.until { $0.count == 2 }.get()
            for peer in [server, client, third] { peer.transport.close() }
            return events
        }
        #expect(events == [.connected(Self.three), .connected(Self.one)])
    }

    @Test func linksThatCannotChangeDoNot() async throws {
        let events = try await onEventLoop { stage in
            let one = Peer(Self.one, on: stage.eventLoop)
            let two = Peer(Self.two, on: stage.eventLoop)
            one.transport.change(Self.links(Self.two, sent: true, received: true))
            one.transport.dial(Self.two, at: .loopback(port: try await two.transport.listen().get()))
            let events = try await one.witness.until { !$0.isEmpty }.get()
            for peer in [one, two] { peer.transport.close() }
            return events
        }
        #expect(events == [.connected(Self.two)])
    }
}
