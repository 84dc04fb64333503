import Cryptography
import Faults
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

/// Where a driver dies: what of an instruction is on disk by then, and what has been told.
@Suite(.timeLimit(.minutes(1))) struct LedgerCrashPointTests {
    private struct Death: Sendable {
        var logged: [SignedInstruction]
        var receipts: [Receipt]
        var injected: [String]
        var head: UInt64?
    }

    @Test(arguments: [(KillPoint.receive, 0, 0), (.persist, 1, 0), (.acknowledge, 1, 1)])
    func itDiesAtItsPoint(point: KillPoint, logged: Int, told: Int) async throws {
        let death = try await die(at: point)
        let deposits = death.logged.filter { $0.authority == Fixture.signer.publicKey }
        #expect(deposits.count == logged)
        #expect(death.receipts.count == told)
        #expect(death.receipts.allSatisfy { $0.outcome == .applied })
        #expect(death.injected == ["ledger-crash"])
        if logged == 1 { #expect(death.head == UInt64(death.logged.count), "the head is as new as the log") }
    }

    private func die(at point: KillPoint) async throws -> Death {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let eventLoop = group.next()
        let done = eventLoop.makePromise(of: [Receipt].self)
        let record = scratch.path.appending("ledger.1.qrec")
        try await eventLoop.submit {
            try Doomed(log, record, point, pool, eventLoop, done).start()
        }.get()
        let receipts = try await done.futureResult.get()
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
        let notes = try RecordFile.read(record).notes
        return Death(
            logged: try log.entries().map(\.signed), receipts: receipts,
            injected: notes.compactMap {
                if case .injected(let fault) = $0.observation { fault.behaviour } else { nil }
            },
            head: try HeadFile(of: log.path).read()?.sequence)
    }

    /// A driver with a fault, and an operator that deposits as soon as it may. Keeps itself until the connection is gone.
    private final class Doomed: TransportDelegate {
        private let client: Transport
        private let done: EventLoopPromise<[Receipt]>
        private var driver: LedgerDriver!
        private var receipts: [Receipt] = []
        private var hasDied = false
        private var keepAlive: Doomed?

        init(
            _ log: InstructionLog, _ record: FilePath, _ point: KillPoint, _ pool: NIOThreadPool,
            _ eventLoop: any EventLoop, _ done: EventLoopPromise<[Receipt]>
        ) throws {
            self.done = done
            let genesis = Fixture.genesis
            client = Transport(
                own: Hello(
                    network: genesis.network, party: .signer(OperatorIndex(0)), key: Fixture.signer.publicKey),
                genesis: genesis, eventLoop: eventLoop)
            let header = RecordHeader(
                node: "ledger", party: .ledger, incarnation: 1, network: genesis.network, configuration: [])
            let fault = FaultPlan(
                party: .ledger, behaviour: .ledgerCrash, lasts: .duration(.seconds(1)), point: point)
            driver = try LedgerDriver(
                genesis: genesis, key: Fixture.clock, log: log, head: HeadFile(of: log.path),
                record: RecordWriter(path: record, header: header), commits: pool, encoders: pool, faults: [fault],
                eventLoop: eventLoop,
                outlet: HearingOutlet(hear: { [unowned self] in hear($0) }, died: { [unowned self] in hasDied = true }))
        }

        func start() {
            keepAlive = self
            client.delegate = self
            driver.start()
            driver.began(MonotonicClock.now)
        }

        private func hear(_ report: ProcessReport) {
            switch report {
            case .listening(let port): client.dial(.ledger, at: .loopback(port: port))
            case .failed(let message): end { $0.fail(Failure(message: message)) }
            default: break
            }
        }

        func connected(_ party: Party) {}
        func refused(_ party: Party?, _ error: HandshakeError) {}

        func received(_ frame: Frame, from party: Party) {
            switch frame {
            case .notice(.account(let nonce)):
                client.send(
                    try! EncodedFrame(.submit(Fixture.instruction(.deposit(.native, Units(7)), nonce: nonce))),
                    to: [.ledger])
                client.flush()
            case .receipt(let receipt): receipts.append(receipt)
            default: break
            }
        }

        func disconnected(_ party: Party, reason: String) {
            if hasDied { end { [receipts] in $0.succeed(receipts) } }
        }

        private func end(_ body: (EventLoopPromise<[Receipt]>) -> Void) {
            client.close()
            body(done)
            keepAlive = nil
        }

        struct Failure: Error { let message: String }
    }
}
