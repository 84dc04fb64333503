import Foundation
import Messages
import NIOCore
import NIOPosix
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// A snapshot is written once its entry is on disk, and not before.
@Suite(.timeLimit(.minutes(1))) struct SnapshotKeeperTests {
    @Test func itWaitsForItsEntryToBeOnDisk() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let entries = Fixture.entries(5)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let eventLoop = group.next()
        let done = eventLoop.makePromise(of: Void.self)
        let keeper = try await eventLoop.submit {
            var machine = try LedgerMachine(genesis: Fixture.genesis)
            var effects: [LedgerEffect] = []
            for entry in entries {
                machine.handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects)
            }
            let keeper = SnapshotKeeper(
                log: log, interval: 5, commits: pool, encoders: pool, eventLoop: eventLoop,
                warn: { Issue.record("\($0)") })
            keeper.whenDone = { done.succeed() }
            keeper.takeIfDue(machine)
            #expect(keeper.isBusy && keeper.last == 5)
            return NIOLoopBound(keeper, eventLoop: eventLoop)
        }.get()
        // Behind it in the pool: it is encoded by then, and back on its event loop.
        try await pool.runIfActive(eventLoop: eventLoop) {}.get()
        try await eventLoop.submit { keeper.value.reached(4) }.get()
        try await pool.runIfActive(eventLoop: eventLoop) {}.get()
        #expect(try log.snapshots() == [])
        try await eventLoop.submit {
            try log.append(entries)
            keeper.value.reached(5)
        }.get()
        try await done.futureResult.get()
        #expect(try log.snapshots() == [5])
        #expect(try log.snapshot(after: 5).head == LogHead(sequence: 5, chain: entries[4].chain))
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
    }
}
