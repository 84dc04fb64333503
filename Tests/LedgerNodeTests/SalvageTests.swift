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

/// A damaged log is named and refused, and the last good point is offered.
@Suite struct SalvageTests {
    private let scratch = try! Scratch()
    private var path: String { scratch.path.appending("log.sqlite").string }
    private var copy: String { scratch.path.appending("good.sqlite").string }
    private static let entries = Fixture.entries(200)
    private static let end = Fixture.snapshot(after: entries)

    /// In one file, with nothing left in SQLite's own log.
    private func makeLog(snapshotAfter place: Int? = nil) throws {
        let log = try InstructionLog(path: path)
        try log.append(Self.entries)
        if let place {
            let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<place])
            try log.keep(snapshot, at: head)
        }
        try log.database.close()
    }

    private func change(_ body: (Database) throws -> Void) throws {
        let connection = try InstructionLog.connection(to: path)
        try connection.write(body)
        try connection.close()
    }

    enum Damage: CaseIterable {
        case bitFlip, truncated, missing, moved, otherChain, otherSignature

        /// Of entry 120.
        func strike(_ database: Database) throws {
            func replace(_ bytes: [UInt8]) throws {
                try database.execute(
                    sql: "UPDATE log SET entry = ? WHERE sequence = 120", arguments: [Data(bytes)])
            }
            let entry = SalvageTests.entries[119]
            var bytes = entry.borsh
            switch self {
            case .bitFlip:
                bytes[bytes.count / 2] ^= 4
                try replace(bytes)
            case .truncated: try replace(Array(bytes.dropLast(3)))
            case .missing: try database.execute(sql: "DELETE FROM log WHERE sequence = 120")
            case .moved: try replace(SalvageTests.entries[120].borsh)
            case .otherChain:
                let other = LogEntry(
                    sequence: 120, slot: entry.slot, signed: entry.signed, outcome: entry.outcome, after: .zero)
                try replace(other.borsh)
            case .otherSignature:
                // Chained again by somebody who can write the file, but cannot sign.
                var signed = entry.signed
                signed.signature = SalvageTests.entries[0].signed.signature
                let forged = LogEntry(
                    sequence: 120, slot: entry.slot, signed: signed, outcome: entry.outcome,
                    after: SalvageTests.entries[118].chain)
                try replace(forged.borsh)
            }
        }

        var message: String {
            switch self {
            case .bitFlip: "entry 120: log entry 120 does not continue the one before it"
            case .truncated: "entry 120: not a log entry: ends at byte"
            case .missing: "entry 121: entry 120 is expected here: one is missing or has been moved"
            case .moved: "entry 120: what stands here is entry 121: it has been moved"
            case .otherChain: "entry 120: log entry 120 does not continue the one before it"
            case .otherSignature: "entry 120: its signature is not that of its authority"
            }
        }
    }

    @Test(arguments: Damage.allCases)
    func damageIsNamedRefusedAndCutOff(damage: Damage) async throws {
        try makeLog()
        try change(damage.strike)
        let before = try scratch.bytes(of: FilePath(path))

        let restart = try await Restart.with(path)
        // A restart trusts the chain: the next entry shows what was chained anew.
        let error = try #require(restart.error)
        if damage == .otherSignature {
            #expect(error.row == 121 && error.lastGood == 120)
        } else {
            #expect("\(error)".hasPrefix("\(path): \(damage.message)"), "\(error)")
            #expect(error.lastGood == 119)
            #expect("\(error)".contains("entry 119 is the last good one: `quorate ledger salvage \(path) --into FILE`"))
        }

        let salvage = try InstructionLog(reading: path).salvage(into: copy, from: Fixture.genesis)
        let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<119])
        #expect(salvage.head == head)
        let fault = try #require(salvage.fault)
        #expect("\(fault)".hasPrefix("\(path): \(damage.message)"), "\(fault)")
        #expect(try scratch.bytes(of: FilePath(path)) == before, "the damaged one stays as it is")
        let again = try await Restart.with(copy)
        #expect(again.error == nil && again.head == head && again.root == snapshot.root)
    }

    @Test func damageAfterASnapshotIsFoundAndDamageBeforeItByAnAudit() async throws {
        try makeLog(snapshotAfter: 100)
        try change(Damage.bitFlip.strike)
        let restart = try await Restart.with(path)
        #expect(restart.error?.lastGood == 119)
        try change { try $0.execute(sql: "DELETE FROM log WHERE sequence = 50") }
        let error = try #require(throws: InstructionLogError.self) {
            try InstructionLog(reading: path).replay(from: Fixture.genesis)
        }
        #expect(error.lastGood == 49)
    }

    @Test func aGoodLogIsSalvagedWhole() throws {
        try makeLog()
        let salvage = try InstructionLog(reading: path).salvage(into: copy, from: Fixture.genesis)
        #expect(salvage.fault == nil && salvage.head == Self.end.head)
        #expect(try InstructionLog(reading: copy).entries() == Self.entries)
    }

    @Test func whatIsThereIsNotOverwritten() throws {
        try makeLog()
        try Data("mine".utf8).write(to: URL(filePath: copy))
        let log = try InstructionLog(reading: path)
        let error = try #require(throws: InstructionLogError.self) {
            try log.salvage(into: copy, from: Fixture.genesis)
        }
        #expect("\(error)".hasPrefix("\(copy): is there already"))
        #expect(try scratch.bytes(of: FilePath(copy)) == Array("mine".utf8))
    }

    @Test func aLogCanBeReplayedToAnyOfItsEntries() throws {
        try makeLog()
        let log = try InstructionLog(reading: path)
        let machine = try log.replay(from: Fixture.genesis, upTo: 75)
        let (snapshot, head) = Fixture.snapshot(after: Self.entries[..<75])
        #expect(machine.head == head && machine.ledger.stateRoot == snapshot.root)
        #expect(try log.entry(75)?.chain == head.chain)
        #expect(try log.entry(201) == nil)
        #expect(try log.lastSequence() == 200)
    }

    /// A page is gone: SQLite says so, and we which entries are still good.
    @Test func aFileThatWasCutOffIsNamedAndSalvagedAsFarAsItGoes() async throws {
        try makeLog()
        let bytes = try scratch.bytes(of: FilePath(path))
        try Data(bytes[..<(bytes.count * 2 / 3)]).write(to: URL(filePath: path))
        let restart = try await Restart.with(path)
        let error = try #require(restart.error)
        #expect("\(error)".hasPrefix(path), "\(error)")
    }

    /// Wherever a bit has flipped: the ledger is where it was, or the damage is named. It never goes on from another
    /// state.
    @Test(arguments: 0..<150 as Range<UInt64>)
    func aBitThatFlipsAnywhereIsFoundOrDoesNotMatter(seed: UInt64) async throws {
        try makeLog(snapshotAfter: 200)
        var bytes = try scratch.bytes(of: FilePath(path))
        var random = SeededRandom(seed: seed, purpose: "bit flip")
        let bit = Int(random.next() % UInt64(bytes.count * 8))
        bytes[bit / 8] ^= 1 << (bit % 8)
        try Data(bytes).write(to: URL(filePath: path))
        let restart = try await Restart.with(path)
        guard let error = restart.error else {
            let isWhole = restart.head == Self.end.head && restart.root == Self.end.snapshot.root
            #expect(isWhole, "seed \(seed), bit \(bit): went on after entry \(restart.head.sequence)")
            return
        }
        #expect("\(error)".hasPrefix(path), "\(error)")
    }
}
