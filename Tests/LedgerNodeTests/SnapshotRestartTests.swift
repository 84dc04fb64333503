import Foundation
import GRDB
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// A ledger that starts again reads the newest good snapshot and what came after it.
@Suite struct SnapshotRestartTests {
    private let scratch = try! Scratch()
    private var path: String { scratch.path.appending("log.sqlite").string }
    private static let entries = Fixture.entries(60)

    /// A log of 60 entries, with snapshots after these.
    private func makeLog(snapshotsAfter places: [Int] = [20, 40], entries: Int = 60) throws {
        let log = try InstructionLog(path: path)
        try log.append(Array(Self.entries[..<entries]))
        for place in places {
            let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<place])
            try log.keep(snapshot, at: head)
        }
    }

    private func execute(_ sql: String) throws {
        try InstructionLog.connection(to: path).write { try $0.execute(sql: sql) }
    }

    private func snapshotsWithParts() throws -> [Int64] {
        try InstructionLog.connection(to: path).read {
            try Int64.fetchAll($0, sql: "SELECT DISTINCT sequence FROM snapshot_part ORDER BY sequence")
        }
    }

    private static let end = Fixture.snapshot(after: entries)

    @Test func onlyWhatCameAfterTheNewestSnapshotIsReadBack() async throws {
        try makeLog()
        let restart = try await Restart.with(path)
        #expect(restart.error == nil && restart.warnings.isEmpty, "\(restart.warnings)")
        #expect(restart.head == Self.end.head && restart.root == Self.end.snapshot.root)
        #expect(restart.resumedAfter == 40)
        #expect(restart.restored == Array(41...60))
    }

    @Test func aSnapshotAfterTheLastEntryLeavesNothingToRead() async throws {
        try makeLog(snapshotsAfter: [60])
        let restart = try await Restart.with(path)
        #expect(restart.head == Self.end.head && restart.root == Self.end.snapshot.root && restart.restored.isEmpty)
    }

    @Test(arguments: [
        ("UPDATE snapshot_part SET bytes = zeroblob(length(bytes)) WHERE sequence = 40", "its checksum is"),
        ("DELETE FROM snapshot_part WHERE sequence = 40", "its checksum is"),
        ("UPDATE snapshot SET root = zeroblob(32) WHERE sequence = 40", "its checksum is"),
        ("UPDATE snapshot SET chain = zeroblob(32) WHERE sequence = 40", "its checksum is"),
        ("UPDATE snapshot SET chain = x'00' WHERE sequence = 40", "a part of it is missing, or not what it should be"),
        ("UPDATE snapshot SET sequence = 41 WHERE sequence = 40", "its checksum is"),
    ])
    func aDamagedSnapshotIsNamedAndTheOlderOneIsTaken(sql: String, problem: String) async throws {
        try makeLog()
        try execute(sql)
        let restart = try await Restart.with(path)
        #expect(restart.error == nil)
        #expect(restart.head == Self.end.head && restart.root == Self.end.snapshot.root)
        #expect(restart.resumedAfter == 20 && restart.restored == Array(21...60))
        let warning = try #require(restart.warnings.first)
        #expect(restart.warnings.count == 1 && warning.contains(path) && warning.contains(problem), "\(warning)")
        #expect(warning.contains("the snapshot after entry 4"), "\(warning)")
    }

    @Test func withoutAGoodSnapshotTheLogIsReadFromItsBeginning() async throws {
        try makeLog()
        try execute("UPDATE snapshot SET checksum = zeroblob(32)")
        let restart = try await Restart.with(path)
        #expect(restart.head == Self.end.head && restart.root == Self.end.snapshot.root)
        #expect(restart.resumedAfter == nil && restart.restored == Array(1...60))
        #expect(restart.warnings.count == 2)
    }

    /// Its checksum is right, but it says what is not so: the machine finds that out.
    @Test func aSnapshotThatIsNoStateOfThisLedgerIsPassedOver() async throws {
        try makeLog(snapshotsAfter: [20])
        let (snapshot, _) = Fixture.snapshot(after: Self.entries[..<30])
        let (_, head) = Fixture.snapshot(after: Self.entries[..<40])
        try InstructionLog(path: path).keep(snapshot, at: head)
        let restart = try await Restart.with(path)
        #expect(restart.head == Self.end.head && restart.root == Self.end.snapshot.root)
        #expect(restart.restored == Array(21...60))
        #expect(restart.warnings.count == 1)
        #expect(restart.warnings.first?.contains("it was taken after instruction 30, not 40") == true)
    }

    @Test func aSnapshotOfAnotherLogIsPassedOver() async throws {
        try makeLog(snapshotsAfter: [20])
        let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<40])
        try InstructionLog(path: path).keep(snapshot, at: LogHead(sequence: head.sequence, chain: .zero))
        let restart = try await Restart.with(path)
        #expect(restart.head == Self.end.head && restart.restored == Array(21...60))
        #expect(restart.warnings.first?.contains("is not the one after which it was taken") == true)
    }

    /// Without the snapshot nobody could tell.
    @Test func aLogThatEndsBeforeASnapshotHasBeenCutOff() async throws {
        try makeLog(snapshotsAfter: [60])
        try execute("DELETE FROM log WHERE sequence > 50")
        let restart = try await Restart.with(path)
        let error = try #require(restart.error)
        #expect(error.lastGood == 50)
        #expect(
            "\(error)".hasPrefix(
                "\(path): ends with entry 50, but a snapshot was taken after entry 60: the log has been cut off"))
    }

    @Test func twoSnapshotsAreKept() throws {
        try makeLog(snapshotsAfter: [10, 20, 30, 40])
        let log = try InstructionLog(reading: path)
        #expect(try log.snapshots() == [40, 30])
        #expect(try snapshotsWithParts() == [30, 40])
    }

    /// The row that says what the parts must be is written last.
    @Test func aSnapshotThatWasNeverFinishedIsNone() async throws {
        try makeLog(snapshotsAfter: [20])
        let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<40])
        let log = try InstructionLog(path: path)
        try log.write(part: 0, of: snapshot, after: head.sequence)
        #expect(try log.snapshots() == [20])
        let restart = try await Restart.with(path)
        #expect(restart.restored == Array(21...60))
        // The next one takes what is left of it away.
        let (next, place) = Fixture.snapshot(after: Self.entries[..<50])
        try log.keep(next, at: place)
        #expect(try snapshotsWithParts() == [20, 50])
    }

    @Test func aSnapshotOfManyPartsComesBackWhole() throws {
        let log = try InstructionLog(path: path)
        let bytes = (0..<InstructionLog.partSize * 2 + 5).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let snapshot = LedgerSnapshot(bytes: bytes, root: Fixture.genesis.network)
        let head = LogHead(sequence: 3, chain: Fixture.genesis.network)
        #expect(InstructionLog.parts(of: snapshot) == 3)
        try log.keep(snapshot, at: head)
        let (found, place) = try log.snapshot(after: 3)
        #expect(found == snapshot && place == head)
    }
}
