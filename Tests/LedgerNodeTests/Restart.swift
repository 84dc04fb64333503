import Cryptography
import Foundation
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Restaking
import Synchronization
import SystemPackage
import TestSupport

@testable import LedgerNode

/// How a ledger starts again with a log, up to where it would listen.
struct Restart {
    var head: LogHead
    var root: Digest
    /// What it said of it on standard error.
    var warnings: [String]
    /// What its record holds.
    var events: [LedgerEvent]
    var error: InstructionLogError?

    static func with(_ path: String) async throws -> Restart {
        let scratch = try Scratch()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let eventLoop = group.next()
        let warnings = Warnings()
        let result: Result<Restart, any Error>
        do {
            result = .success(
                try await eventLoop.submit {
                    try restart(path, scratch.path.appending("ledger.qrec"), pool, eventLoop, warnings)
                }.get())
        } catch {
            result = .failure(error)
        }
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
        return try result.get()
    }

    private final class Warnings: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    private static func restart(
        _ path: String, _ record: FilePath, _ pool: NIOThreadPool, _ eventLoop: any EventLoop, _ warnings: Warnings
    ) throws -> Restart {
        let header = RecordHeader(
            node: "ledger", party: .ledger, incarnation: 2, network: Fixture.genesis.network, configuration: [])
        var failure: InstructionLogError?
        let log: InstructionLog
        do {
            log = try InstructionLog(path: path)
        } catch {
            let machine = try LedgerMachine(genesis: Fixture.genesis)
            return Restart(
                head: machine.head, root: machine.ledger.stateRoot, warnings: [], events: [], error: error)
        }
        let driver = try LedgerDriver(
            genesis: Fixture.genesis, key: Fixture.clock, log: log, head: try HeadFile(of: path),
            record: RecordWriter(path: record, header: header), commits: pool, encoders: pool, eventLoop: eventLoop,
            nodeLog: NodeLog { warnings.add($0) }, outlet: HearingOutlet())
        do { try driver.restore() } catch let error as InstructionLogError { failure = error }
        driver.flushRecord()
        return Restart(
            head: driver.machine.head, root: driver.machine.ledger.stateRoot, warnings: warnings.all,
            events: try events(of: record), error: failure)
    }

    static func events(of record: FilePath) throws -> [LedgerEvent] {
        let reader = try RecordReader(record)
        var events: [LedgerEvent] = []
        while let entry = try reader.next() {
            if case .input(_, let bytes, _) = entry { events.append(try LedgerEvent(borsh: bytes)) }
        }
        return events
    }
}

extension Restart {
    /// After which entry the snapshot was taken that it went on from; nil: from genesis.
    var resumedAfter: UInt64? {
        for case .resumed(_, let head) in events where head.sequence <= self.head.sequence { return head.sequence }
        return nil
    }

    var restored: [UInt64] {
        events.compactMap { if case .restored(let entry) = $0 { entry.sequence } else { nil } }
    }
}
