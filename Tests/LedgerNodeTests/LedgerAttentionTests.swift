import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// Whom a ledger hears first.
@Suite(.timeLimit(.minutes(1))) struct LedgerAttentionTests {
    private static let (member, stranger) = (Party.signer(OperatorIndex(0)), Party.signer(OperatorIndex(7)))

    /// The operator set was opened by an earlier process.
    @Test func whoHasStakeIsHeardFirstAfterARestartToo() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        try log.append(Fixture.entries(12))
        let record = scratch.path.appending("ledger.2.qrec")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let eventLoop = group.next()
        let ended = eventLoop.makePromise(of: ProcessReport.self)
        try await eventLoop.submit {
            let header = RecordHeader(
                node: "ledger", party: .ledger, incarnation: 2, network: Fixture.genesis.network, configuration: [])
            let driver = try LedgerDriver(
                genesis: Fixture.genesis, key: Fixture.clock, log: log, head: try HeadFile(of: log.path),
                record: RecordWriter(path: record, header: header), commits: pool, encoders: pool,
                eventLoop: eventLoop,
                outlet: HearingOutlet(hear: { report in
                    switch report {
                    case .stopped, .failed: ended.succeed(report)
                    default: break
                    }
                }))
            driver.start()
            let early = Fixture.instruction(.deposit(.native, Units(1)), nonce: 1_000)
            for party in [Self.stranger, Self.member] {
                for _ in 0..<3 { driver.received(.submit(early), from: party) }
            }
            let this = NIOLoopBound(driver, eventLoop: eventLoop)
            eventLoop.execute { this.value.stop() }
            // Nobody else keeps it.
            ended.futureResult.whenComplete { _ in withExtendedLifetime(this) {} }
        }.get()
        #expect(try await ended.futureResult.get() == .stopped)
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
        let heard = try Restart.events(of: record).compactMap { event in
            if case .submitted(_, let party) = event { party } else { nil }
        }
        #expect(heard == [Self.member, Self.member, Self.member, Self.stranger, Self.stranger, Self.stranger])
    }
}
