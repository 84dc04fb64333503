import Foundation
import GRDB
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// A small log and the file of its head, damaged one byte at a time, and cut off at every length: the ledger is where it
/// was, or says what is wrong. It never goes on from another state.
@Suite(.computing, .timeLimit(.minutes(4))) struct LogDamageTests {
    private let scratch = try! Scratch(isInMemory: true)
    private var path: String { scratch.path.appending("log.sqlite").string }
    private var wal: String { path + "-wal" }
    private var head: String { HeadFile.path(of: path).string }
    private static let entries = Fixture.entries(3)
    private static let end = Fixture.snapshot(after: entries)

    /// With pages as small as they can be, so that there are few bytes beside those that matter.
    ///
    /// - Parameter hasSnapshot: of the last entry.
    private func makeLog(hasSnapshot: Bool = false) throws {
        let small = try DatabaseQueue(path: path)
        try small.writeWithoutTransaction { try $0.execute(sql: "PRAGMA page_size = 512; VACUUM") }
        try small.close()
        let log = try InstructionLog(path: path)
        try log.append(Self.entries)
        if hasSnapshot { try log.keep(Self.end.snapshot, at: Self.end.head) }
        try HeadFile(of: path).write(Self.end.head)
        try log.database.close()
    }

    /// What a ledger that starts with the log comes to.
    private func restart() throws -> Digest {
        let log = try InstructionLog(path: path)
        defer { try? log.database.close() }
        var machine = try LedgerMachine(genesis: Fixture.genesis)
        let end = try log.lastSequence()
        for sequence in (try? log.snapshots()) ?? [] where machine.head.sequence == 0 {
            guard sequence <= end, let (snapshot, head) = try? log.snapshot(after: sequence),
                let entry = try? log.entry(sequence), entry.chain == head.chain
            else { continue }
            var effects: [LedgerEffect] = []
            machine.handle(.resumed(snapshot, at: head), at: Instant(nanoseconds: 0), effects: &effects)
        }
        try log.forEachEntry(after: machine.head.sequence) { entry throws(InstructionLogError) in
            try machine.verify(entry, in: path)
        }
        try log.check(against: try HeadFile(of: path).read())
        return machine.ledger.stateRoot
    }

    /// - Returns: how often something was wrong.
    private func damage(_ file: String, _ versions: [[UInt8]], _ original: [UInt8]) throws -> Int {
        let files = try [path, head].map { ($0, try Data(contentsOf: URL(filePath: $0))) }
        var found = 0
        for (number, version) in versions.enumerated() {
            // Opening it may have changed the others.
            for (name, bytes) in files { try bytes.write(to: URL(filePath: name)) }
            for name in [wal, path + "-shm"] { try? FileManager.default.removeItem(atPath: name) }
            try Data(version).write(to: URL(filePath: file))
            do {
                let root = try restart()
                #expect(root == Self.end.snapshot.root, "version \(number) of \(file): went on from another state")
            } catch let error as InstructionLogError {
                #expect("\(error)".contains(path))
                found += 1
            }
        }
        return found
    }

    /// - Parameter step: from one damaged byte to the next.
    private func flips(of bytes: [UInt8], step: Int = 1) -> [[UInt8]] {
        Swift.stride(from: 0, to: bytes.count, by: step).map { place in
            var copy = bytes
            copy[place] ^= 1 << (place % 8)
            return copy
        }
    }

    @Test func everyByteOfTheFile() throws {
        try makeLog()
        let bytes = try scratch.bytes(of: FilePath(path))
        let found = try damage(path, flips(of: bytes), bytes)
        #expect(found > bytes.count / 20, "\(found) of \(bytes.count)")
    }

    @Test func everyThirdByteOfAFileWithASnapshot() throws {
        try makeLog(hasSnapshot: true)
        let bytes = try scratch.bytes(of: FilePath(path))
        let versions = flips(of: bytes, step: 3)
        let found = try damage(path, versions, bytes)
        #expect(found > versions.count / 20, "\(found) of \(versions.count)")
    }

    @Test func everyLengthOfTheFile() throws {
        try makeLog()
        let bytes = try scratch.bytes(of: FilePath(path))
        let found = try damage(path, bytes.indices.map { Array(bytes[..<$0]) }, bytes)
        #expect(found == bytes.count, "even one of no length at all: \(found) of \(bytes.count)")
    }

    /// Each row as the ledger wrote it.
    @Test func everyByteAndEveryLengthOfEveryRow() throws {
        try makeLog()
        for entry in Self.entries {
            let bytes = entry.borsh
            for version in flips(of: bytes) + bytes.indices.map({ Array(bytes[..<$0]) }) {
                try change(entry.sequence, to: version)
                #expect(throws: InstructionLogError.self) { try restart() }
            }
            try change(entry.sequence, to: bytes)
        }
        #expect(try restart() == Self.end.snapshot.root)
    }

    private func change(_ sequence: UInt64, to bytes: [UInt8]) throws {
        let connection = try InstructionLog.connection(to: path)
        try connection.write {
            try $0.execute(
                sql: "UPDATE log SET entry = ? WHERE sequence = ?", arguments: [Data(bytes), Int64(sequence)])
        }
        try connection.close()
    }

    /// What a killed process leaves: its last commits stand in SQLite's own log alone, which passes over what is damaged
    /// there without a word.
    @Test func everySixtyFirstByteAndLengthOfWhatWasCommittedLast() throws {
        try makeLog()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.removeItem(atPath: head)
        let killed = try InstructionLog(path: path)
        try killed.append(Array(Self.entries[..<1]))
        try killed.append(Array(Self.entries[1...]))
        try HeadFile(of: path).write(Self.end.head)
        let bytes = try scratch.bytes(of: FilePath(wal))
        let (main, kept) = (try scratch.bytes(of: FilePath(path)), try scratch.bytes(of: FilePath(head)))
        try killed.database.close()
        try Data(main).write(to: URL(filePath: path))
        try Data(kept).write(to: URL(filePath: head))
        // Every byte would take minutes: pages are 4 KiB here.
        let step = 61
        let versions =
            flips(of: bytes, step: step)
            + Swift.stride(from: 0, to: bytes.count, by: step).map { Array(bytes[..<$0]) }
        let found = try damage(wal, versions, bytes)
        #expect(found > versions.count / 2, "\(found) of \(versions.count)")
    }

    @Test func everyByteAndEveryLengthOfTheHead() throws {
        try makeLog()
        let bytes = try scratch.bytes(of: FilePath(head))
        let shorter = (1..<bytes.count).map { Array(bytes[..<$0]) }
        #expect(try damage(head, flips(of: bytes) + shorter, bytes) == 2 * bytes.count - 1)
        #expect(try damage(head, [bytes + [0]], bytes) == 1)
        #expect(try damage(head, [[]], bytes) == 0, "power was lost before it was kept")
    }

    // MARK: Rollback

    @Test func anOlderCopyIsKnownByTheHeadAndByNothingElse() throws {
        let log = try InstructionLog(path: path)
        try log.append(Array(Self.entries[..<2]))
        try log.database.close()
        let older = try scratch.bytes(of: FilePath(path))
        let again = try InstructionLog(path: path)
        try again.append([Self.entries[2]])
        try HeadFile(of: path).write(Self.end.head)
        try again.database.close()
        try Data(older).write(to: URL(filePath: path))
        let error = try #require(throws: InstructionLogError.self) { try restart() }
        #expect(
            "\(error)".hasPrefix(
                "\(path): ends with entry 2, but entry 3 has been in it: it has been cut off, or is an older copy"))
        #expect("\(error)".hasSuffix("to go on without what is missing, remove \(head)"))
        try FileManager.default.removeItem(atPath: head)
        #expect(try restart() == Fixture.snapshot(after: Self.entries[..<2]).snapshot.root)
    }

    @Test func anotherLogIsKnownByTheHead() throws {
        try makeLog()
        try HeadFile(of: path).write(LogHead(sequence: 3, chain: .zero))
        let error = try #require(throws: InstructionLogError.self) { try restart() }
        #expect("\(error)".contains("entry 3: it is not the entry that has been in its place"))
    }

    /// After a loss of power the head may say less than the log has.
    @Test func aHeadThatIsBehindTellsNothingAgainstTheLog() throws {
        try makeLog()
        try HeadFile(of: path).write(LogHead(sequence: 1, chain: Self.entries[0].chain))
        #expect(try restart() == Self.end.snapshot.root)
    }
}
