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
        // What is expected is looked at outside, where the test is known.
        let seen = try await eventLoop.submit { try Self.look(on: eventLoop) }.get()
        #expect(
            seen.heldUp == [[Self.small, Self.large], [Self.small], []],
            "of the large one hardly anything waits in between")
        #expect(seen.first.count { $0 == Self.large } >= 195)
        try await group.shutdownGracefully()
    }

    /// Who is held up when both have sent too much, when most of the one's is handled, and at the end; and whose came first.
    private static func look(on eventLoop: any EventLoop) throws -> (heldUp: [Set<Party>], first: [Party]) {
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
        for party in [small, large] {
            for _ in 0...IntakeMarks.highOfOne {
                intake.append(party, from: party, at: Instant(nanoseconds: 1), on: transport)
            }
        }
        var heldUp = [transport.heldUp]
        let first = (0..<220).compactMap { _ in intake.popFirst(at: Instant(nanoseconds: 2))?.event }
        intake.readOn(on: transport)
        heldUp.append(transport.heldUp)
        while !intake.isEmpty { _ = intake.popFirst(at: Instant(nanoseconds: 3)) }
        intake.readOn(on: transport)
        return (heldUp + [transport.heldUp], first)
    }
}
