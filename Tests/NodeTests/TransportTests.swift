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
        let events = try await onEventLoop { loop in
            let one = Peer(Self.one, on: loop, link: LinkTerms(latency: .milliseconds(1), jitter: .zero, seed: 1))
            let two = Peer(Self.two, on: loop)
            return two.transport.listen().assumeIsolated().flatMap { port in
                one.transport.dial(Self.two, at: .loopback(port: port))
                return one.witness.until { $0.contains(.connected(Self.two)) }
            }.flatMap { _ in
                one.send(votes, to: Self.two)
                return two.witness.until { $0.contains(.received(votes.last!, Self.one)) }
            }.flatMap { _ in
                two.transport.disconnect(Self.one, reason: "a test")
                return one.witness.until { $0.filter { $0 == .connected(Self.two) }.count == 2 }
            }.flatMap { _ in
                two.send([.ownVotesRequest], to: Self.one)
                return one.witness.until { $0.last == .received(.ownVotesRequest, Self.two) }
            }.map { _ in
                defer { [one, two].forEach { $0.transport.close() } }
                return two.witness.events
            }.nonisolated()
        }
        #expect(
            events == [.connected(Self.one)] + votes.map { .received($0, Self.one) } + [
                .disconnected(Self.one, "a test"), .connected(Self.one),
            ])
    }

    @Test func aSecondConnectionIsRefusedWhileTheFirstOneLives() async throws {
        let (events, connected) = try await onEventLoop { loop in
            let server = Peer(Self.two, on: loop)
            let first = Peer(Self.one, on: loop)
            let second = Peer(Self.one, on: loop)
            return server.transport.listen().assumeIsolated().flatMap { port in
                first.transport.dial(Self.two, at: .loopback(port: port))
                return server.witness.until { $0.contains(.connected(Self.one)) }.flatMap { _ in
                    second.transport.dial(Self.two, at: .loopback(port: port))
                    return server.witness.until { $0.contains(.refused(Self.one, .secondConnection(Self.one))) }
                }
            }.flatMap { _ in
                first.send([.ownVotesRequest], to: Self.two)
                return server.witness.until { $0.contains(.received(.ownVotesRequest, Self.one)) }
            }.map { events in
                defer { [server, first, second].forEach { $0.transport.close() } }
                return (events, second.witness.events)
            }.nonisolated()
        }
        #expect(events.filter { $0 == .connected(Self.one) }.count == 1)
        #expect(!events.contains { if case .disconnected = $0 { true } else { false } })
        #expect(!connected.contains(.connected(Self.two)))
    }

    @Test func whoeverAnswersForAnotherIsTurnedAway() async throws {
        let events = try await onEventLoop { loop in
            let impostor = Peer(Self.three, on: loop)
            let one = Peer(Self.one, on: loop)
            return impostor.transport.listen().assumeIsolated().flatMap { port in
                one.transport.dial(Self.two, at: .loopback(port: port))
                return one.witness.until { !$0.isEmpty }
            }.map { events in
                defer { [impostor, one].forEach { $0.transport.close() } }
                return events
            }.nonisolated()
        }
        #expect(events == [.refused(Self.three, .otherParty(Self.three, expected: Self.two))])
    }

    @Test func aPartyThatMovesIsFoundAtItsNewAddress() async throws {
        let events = try await onEventLoop { loop in
            let old = Peer(Self.two, on: loop)
            let new = Peer(Self.two, on: loop)
            let one = Peer(Self.one, on: loop)
            return old.transport.listen().and(new.transport.listen()).assumeIsolated().flatMap { oldPort, newPort in
                one.transport.dial(Self.two, at: .loopback(port: oldPort))
                return one.witness.until { $0.contains(.connected(Self.two)) }.flatMap { _ in
                    one.transport.dial(Self.two, at: .loopback(port: newPort))
                    return new.witness.until { $0.contains(.connected(Self.one)) }
                }
            }.flatMap { _ in
                one.witness.until { $0.filter { $0 == .connected(Self.two) }.count == 2 }
            }.map { events in
                defer { [old, new, one].forEach { $0.transport.close() } }
                return events
            }.nonisolated()
        }
        #expect(
            events == [.connected(Self.two), .disconnected(Self.two, "it has moved"), .connected(Self.two)])
    }

    @Test func aPeerThatDoesNotReadIsDisconnected() async throws {
        let events = try await onEventLoop { loop in
            let server = Peer(Self.two, on: loop)
            let frame = try EncodedFrame(.task(Fixture.task(payloadSize: ServiceTask.payloadLimit)))
            let hello = try EncodedFrame(.hello(Fixture.hello(Self.one))).bytes
            // More than the kernel's buffers can take besides what a node lets pile up.
            let count = 8 * TransportLimits.pendingBytes / ServiceTask.payloadLimit
            server.witness.onConnected = { party in
                for _ in 0..<count { server.transport.send(frame, to: [party]) }
                server.transport.flush()
            }
            return server.transport.listen().assumeIsolated().flatMap { port in
                ClientBootstrap(group: loop).channelOption(.autoRead, value: false)
                    .connect(to: .loopback(port: port)).assumeIsolated()
            }.flatMap { channel in
                channel.writeAndFlush(hello, promise: nil)
                return server.witness.until { $0.count == 2 }
            }.map { events in
                defer { server.transport.close() }
                return events
            }.nonisolated()
        }
        #expect(events == [.connected(Self.one), .disconnected(Self.one, "\(ConnectionError.doesNotRead)")])
    }

    @Test func bytesThatAreNoFrameEndTheConnection() async throws {
        let events = try await onEventLoop { loop in
            let server = Peer(Self.two, on: loop)
            let hello = try EncodedFrame(.hello(Fixture.hello(Self.one))).bytes
            return server.transport.listen().assumeIsolated().flatMap { port in
                ClientBootstrap(group: loop).connect(to: .loopback(port: port)).assumeIsolated()
            }.flatMap { channel in
                channel.writeAndFlush(hello, promise: nil)
                channel.writeAndFlush(ByteBuffer(bytes: [1, 0, 0, 0, 99]), promise: nil)
                return server.witness.until { $0.count == 2 }
            }.map { events in
                defer { server.transport.close() }
                return events
            }.nonisolated()
        }
        #expect(events == [.connected(Self.one), .disconnected(Self.one, "\(FrameError.unknownKind(99))")])
    }
}
