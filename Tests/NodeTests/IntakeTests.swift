import Admission
import Messages
import NIOCore
import NIOPosix
import Primitives
import Testing

@testable import Node

/// Who is heard, and who is read.
@Suite struct IntakeTests {
    private static let (large, small) = (Party.signer(OperatorIndex(0)), Party.signer(OperatorIndex(1)))

    @Test func whoHasMoreStakeIsHeardMoreAndWhoSendsTooMuchIsNotRead() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        try await eventLoop.submit {
            let transport = Peer(.coordinator(ServiceID(0)), on: eventLoop).transport
            var intake = Intake<Party>()
            intake.learn(
                try OperatorSet(
                    network: Fixture.genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
                    threshold: .twoThirds,
                    members: [(0, 90), (1, 10)].map { (index: Int, weight: UInt64) in
                        OperatorSet.Member(
                            signer: OperatorIndex(UInt32(index)), key: Fixture.genesis.signers[index].key,
                            weight: Lamports(weight))
                    }))
            for party in [Self.small, Self.large] {
                for _ in 0...IntakeMarks.highOfOne {
                    intake.append(party, from: party, at: Instant(nanoseconds: 1), on: transport)
                }
            }
            #expect(transport.heldUp == [Self.small, Self.large] && transport.isReading)
            let first = (0..<220).compactMap { _ in
                intake.popFirst(at: Instant(nanoseconds: 2))?.event
            }
            #expect(first.count { $0 == Self.large } >= 195)
            intake.readOn(on: transport)
            #expect(transport.heldUp == [Self.small], "of the other one hardly anything waits")
            while !intake.isEmpty { _ = intake.popFirst(at: Instant(nanoseconds: 3)) }
            intake.readOn(on: transport)
            #expect(transport.heldUp.isEmpty)
        }.get()
        try await group.shutdownGracefully()
    }
}
