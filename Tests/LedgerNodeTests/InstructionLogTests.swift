import Cryptography
import Foundation
import GRDB
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

@Suite struct InstructionLogTests {
    private let scratch = try! Scratch()
    private var path: String { scratch.path.appending("log.sqlite").string }

    /// Three entries that a ledger of this genesis would write.
    private static let entries: [LogEntry] = {
        var ledger = try! Ledger(genesis: Fixture.genesis)
        var chain = ledger.network
        return (0..<3).map { (nonce: UInt64) in
            let signed = Fixture.instruction(.deposit(.native, Units(1 + nonce)), nonce: nonce)
            let outcome = ledger.apply(signed)
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: chain)
            chain = entry.chain
            return entry
        }
    }()

    @Test func whatWasAppendedIsThereWhenItIsOpenedAgain() throws {
        let log = try InstructionLog(path: path)
        try log.append(Array(Self.entries[..<2]))
        try log.append([Self.entries[2]])
        #expect(try InstructionLog(path: path).entries() == Self.entries)
    }

    @Test func anEntryIsNeverWrittenTwice() throws {
        let log = try InstructionLog(path: path)
        try log.append([Self.entries[0]])
        #expect(throws: InstructionLogError.self) { try log.append([Self.entries[1], Self.entries[0]]) }
        #expect(try log.entries() == [Self.entries[0]], "all of a batch, or nothing")
    }

    @Test func aCommitIsOnDiskBeforeItReturns() throws {
        _ = try InstructionLog(path: path)
        // The value of a connection that the log itself would make.
        let mode = try InstructionLog.connection(to: path).read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(mode == 2, "2 is FULL")
    }

    @Test(arguments: [
        ("DELETE FROM log WHERE sequence = 2", "entry 3: entry 2 is expected here: one is missing or has been moved"),
        ("UPDATE log SET entry = x'00' WHERE sequence = 2", "entry 2: not a log entry: ends at byte 1"),
        ("UPDATE log SET sequence = 9 WHERE sequence = 3", "entry 9: entry 3 is expected here"),
    ])
    func damageIsNamed(sql: String, message: String) throws {
        try InstructionLog(path: path).append(Self.entries)
        try InstructionLog.connection(to: path).write { try $0.execute(sql: sql) }
        let error = try #require(throws: InstructionLogError.self) { try InstructionLog(path: path).entries() }
        #expect("\(error)".hasPrefix("\(path): \(message)"), "\(error)")
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try Data("not a database, but long enough to look at; ".utf8).write(to: URL(filePath: path))
        let error = try #require(throws: InstructionLogError.self) { try InstructionLog(path: path) }
        #expect("\(error)".hasPrefix(path), "\(error)")
    }

    @Test func theMachineTakesTheLogBackAndRefusesAnAlteredOne() throws {
        var machine = try LedgerMachine(genesis: Fixture.genesis)
        var effects: [LedgerEffect] = []
        for entry in Self.entries {
            machine.handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects)
        }
        #expect(effects.isEmpty)
        #expect(machine.head == LogHead(sequence: 3, chain: Self.entries[2].chain))

        machine = try LedgerMachine(genesis: Fixture.genesis)
        machine.handle(.restored(Self.entries[0]), at: Instant(nanoseconds: 0), effects: &effects)
        machine.handle(.restored(Self.entries[2]), at: Instant(nanoseconds: 0), effects: &effects)
        #expect(effects == [.stop(.outOfOrder(expected: 2, found: 3))])
    }

    @Test func anAuditFindsWhatWasAlteredOrCutOff() throws {
        try InstructionLog(path: path).append(Self.entries)
        let log = try InstructionLog(reading: path)
        #expect(try log.audit(from: Fixture.genesis, recorded: 3) == 3)

        try InstructionLog.connection(to: path).write { try $0.execute(sql: "DELETE FROM log WHERE sequence = 3") }
        let cut = try #require(throws: InstructionLogError.self) {
            try log.audit(from: Fixture.genesis, recorded: 3)
        }
        #expect("\(cut)".hasSuffix("ends with entry 2, but the ledger's record tells of 3: the log has been cut off"))

        let other = LogEntry(
            sequence: 3, slot: Slot(0), signed: Self.entries[2].signed, outcome: .applied, after: .zero)
        try InstructionLog(path: path).append([other])
        let altered = try #require(throws: InstructionLogError.self) {
            try log.audit(from: Fixture.genesis, recorded: 3)
        }
        #expect("\(altered)".contains("entry 3: log entry 3 does not continue the one before it"))
    }
}
