import Cryptography
import Foundation
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// A ledger in one file: what goes in comes out, and nothing else does.
@Suite(.computing) struct LedgerArchiveTests {
    private let scratch = try! Scratch()
    private var path: FilePath { scratch.path.appending("lab.ledger") }

    @discardableResult
    private func export(
        _ entries: [LogEntry], of genesis: Genesis = Fixture.genesis, signatures: SignatureScheme = .ed25519
    ) throws -> ArchivedLedger {
        let writer = try LedgerArchiveWriter(path, genesis: genesis, signatures: signatures)
        for entry in entries { try writer.append(entry, from: "log.sqlite") }
        return try writer.finish()
    }

    /// - Returns: what the refusal says.
    private func refusal(of bytes: [UInt8]) throws -> String {
        let file = try scratch.write(bytes, to: "altered.ledger")
        let error = #expect(throws: InstructionLogError.self) { try LedgerArchiveReader(file).replay() }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(file): "), "\(text)")
        return text
    }

    /// With a digest that is right again: of whoever alters a file on purpose.
    private func sealed(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(bytes) + Domain.ledgerArchive.digest(Array(bytes)).storage.bytes
    }

    @Test func whatWasExportedComesOutAgain() throws {
        let entries = Fixture.entries(2_345)
        let written = try export(entries)
        #expect(try scratch.bytes(of: path).count == written.size)

        let reader = try LedgerArchiveReader(path)
        #expect(reader.genesis == Fixture.genesis && reader.signatures == .ed25519)
        var found: [LogEntry] = []
        let read = try reader.replay { entry throws(InstructionLogError) in found.append(entry) }
        #expect(found == entries)
        let machine = Fixture.snapshot(after: entries)
        #expect(read.root == machine.snapshot.root && read.root == written.root)
        #expect(read.ledger.sequence == 2_345 && read.digest == written.digest && read.size == written.size)
    }

    @Test func aLogThatIsFilledFromItExportsTheSameBytes() throws {
        try export(Fixture.entries(1_200))
        let bytes = try scratch.bytes(of: path)
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        var copy = LogCopy(into: log)
        _ = try LedgerArchiveReader(path).replay { entry throws(InstructionLogError) in try copy.append(entry) }
        try copy.finish()
        try FileManager.default.removeItem(atPath: path.string)
        try export(try log.entries())
        #expect(try scratch.bytes(of: path) == bytes)
    }

    /// As the documentation lays it out, for whoever reads it with another program.
    @Test func theFileIsLaidOutAsDocumented() throws {
        let entries = Fixture.entries(2)
        try export(entries)
        var expected = BorshEncoder(after: Array("quoledge".utf8) + [1, 0, 0])
        expected.encode(fixed: Fixture.genesis.network.storage)
        expected.encode(Fixture.genesis.borsh)
        for entry in entries { expected.encode(entry.borsh) }
        expected.encode(UInt32(0))
        expected.encode(UInt64(2))
        expected.encode(fixed: entries[1].chain.storage)
        expected.encode(fixed: Fixture.snapshot(after: entries).snapshot.root.storage)
        #expect(try scratch.bytes(of: path) == sealed(expected.bytes))
    }

    @Test func aLedgerWithoutInstructionsIsOneToo() throws {
        try export([])
        let read = try LedgerArchiveReader(path).replay()
        #expect(try read.ledger.sequence == 0 && read.root == Ledger(genesis: Fixture.genesis).stateRoot)
    }

    @Test func modelledSignaturesStayModelled() throws {
        let scheme = SignatureScheme.modelled(secret: FixedBytes32([UInt8](repeating: 7, count: 32))!)
        // Before: whatever of the fixture is first asked for in there would be of this scheme for all tests.
        let parameters = Fixture.genesis.parameters
        let (genesis, entries) = scheme.scoped { () -> (Genesis, [LogEntry]) in
            let key = Fixture.key(9)
            let genesis = Genesis(
                runID: .zero, parameters: parameters, clock: key.publicKey, signers: [], restakers: [],
                services: [])
            var ledger = try! Ledger(genesis: genesis)
            let bytes = SignedInstruction.signedBytes(
                network: genesis.network, authority: key.publicKey, nonce: 0, instruction: .advance(to: Slot(1)))
            let signed = SignedInstruction(
                network: genesis.network, authority: key.publicKey, nonce: 0, instruction: .advance(to: Slot(1)),
                signature: key.sign(bytes))
            let outcome = ledger.apply(signed)
            return (
                genesis,
                [LogEntry(sequence: 1, slot: Slot(1), signed: signed, outcome: outcome, after: genesis.network)]
            )
        }
        try export(entries, of: genesis, signatures: scheme)
        let reader = try LedgerArchiveReader(path)
        #expect(reader.signatures == scheme)
        #expect(try reader.replay().ledger.slot == Slot(1))
        // Whoever takes the mark away has a file of signatures that are none.
        var unmarked = try scratch.bytes(of: path).dropLast(32)
        unmarked.replaceSubrange(10..<43, with: [0])
        #expect(try refusal(of: sealed(unmarked)).contains("entry 1: its signature is not that of its authority"))
    }

    // MARK: Damage

    @Test func everyByteThatIsAlteredIsFound() throws {
        try export(Fixture.entries(3))
        let bytes = try scratch.bytes(of: path)
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= place.isMultiple(of: 2) ? 1 : 0x80
            _ = try refusal(of: altered)
        }
    }

    @Test func howeverLittleIsCutOffIsFound() throws {
        try export(Fixture.entries(2))
        let bytes = try scratch.bytes(of: path)
        for count in bytes.indices {
            let text = try refusal(of: Array(bytes[..<count]))
            #expect(count < 8 || text.contains("ends at byte \(count)"), "\(text)")
        }
        #expect(try refusal(of: bytes + [0]).contains("byte \(bytes.count): something follows its end"))
    }

    @Test func whatIsWrongIsNamedWithItsPlace() throws {
        let entries = Fixture.entries(3)
        try export(entries)
        let bytes = try scratch.bytes(of: path)
        let starts = try entries.map { entry in
            try #require(Data(bytes).range(of: Data(entry.borsh))).lowerBound
        }
        #expect(try refusal(of: Array("SQLite format 3".utf8)).contains("is no ledger"))
        var other = bytes
        other[8] = 2
        #expect(try refusal(of: other).contains("written in version 2; this program reads 1"))
        other = bytes
        other[11] ^= 1
        #expect(try refusal(of: other).contains("is not that of the network it names"))

        other = bytes
        other[starts[1] + 100] ^= 1
        let altered = try refusal(of: other)
        #expect(altered.contains("entry 2: log entry 2 does not continue the one before it"), "\(altered)")
        #expect(altered.hasSuffix("(it begins at byte \(starts[1] - 4))"), "\(altered)")
        let missing = Array(bytes[..<(starts[1] - 4)] + bytes[(starts[2] - 4)...])
        #expect(try refusal(of: missing).contains("entry 2: log entry 2 is missing: entry 3 stands in its place"))
        let cut = try refusal(of: Array(bytes[..<(starts[2] + 9)]))
        #expect(cut.hasSuffix("ends at byte \(starts[2] + 9), within entry 3: it has been cut off"), "\(cut)")
        let short = try refusal(of: Array(bytes[..<(starts[2] - 4)]))
        #expect(short.hasSuffix("after entry 2, without its end: it has been cut off"), "\(short)")
    }

    @Test func aFileThatIsSealedAnewIsHeldAgainstWhatItSays() throws {
        let entries = Fixture.entries(3)
        try export(entries)
        let content = Array(try scratch.bytes(of: path).dropLast(32))
        var root = content
        root[root.count - 1] ^= 1
        #expect(try refusal(of: sealed(root)).contains("its state root is"))
        var chain = content
        chain[chain.count - 33] ^= 1
        #expect(try refusal(of: sealed(chain)).contains("its end tells of 3 entries"))
        let last = try #require(Data(content).range(of: Data(entries[2].borsh)))
        let fewer = content[..<(last.lowerBound - 4)] + content[last.upperBound...]
        #expect(try refusal(of: sealed(fewer)).contains("its end tells of 3 entries"))

        // An outcome of one's own, in a chain of one's own.
        let lie = LogEntry(
            sequence: 3, slot: entries[2].slot, signed: entries[2].signed, outcome: .dust, after: entries[1].chain)
        let replaced = content[..<last.lowerBound] + lie.borsh + content[last.upperBound...]
        #expect(
            try refusal(of: sealed(replaced)).contains("entry 3: log entry 3 says dust, but applying it gives applied"))
        var signed = entries[2].signed
        signed.nonce += 1
        let forged = LogEntry(
            sequence: 3, slot: entries[2].slot, signed: signed, outcome: .applied, after: entries[1].chain)
        let unsigned = content[..<last.lowerBound] + forged.borsh + content[last.upperBound...]
        #expect(try refusal(of: sealed(unsigned)).contains("entry 3: its signature is not that of its authority"))
    }

    /// A length is a number that anybody can write.
    @Test func aLengthIsHeldAgainstItsLimitAndTheFile() throws {
        try export(Fixture.entries(1))
        let bytes = try scratch.bytes(of: path)
        let genesisLength = 8 + 2 + 1 + 32
        let entryLength = try #require(Data(bytes).range(of: Data(Fixture.entries(1)[0].borsh))).lowerBound - 4
        func with(_ length: UInt32, at place: Int) -> [UInt8] {
            var altered = bytes
            withUnsafeBytes(of: length.littleEndian) { altered.replaceSubrange(place..<(place + 4), with: $0) }
            return altered
        }
        #expect(
            try refusal(of: with(.max, at: genesisLength)).contains("byte 43: a genesis cannot have 4294967295 bytes"))
        #expect(try refusal(of: with(.max, at: entryLength)).contains("entry 1: cannot have 4294967295 bytes"))
        for (place, part) in [(genesisLength, "its genesis"), (entryLength, "entry 1")] {
            let limit = part == "entry 1" ? LedgerArchive.entryLimit : LedgerArchive.genesisLimit
            #expect(try refusal(of: with(UInt32(limit), at: place)).contains("within \(part): it has been cut off"))
        }
    }

    // MARK: The file's name

    @Test func nothingIsOverwritten() throws {
        _ = try scratch.write([1, 2, 3], to: "lab.ledger")
        let error = #expect(throws: InstructionLogError.self) { try export([]) }
        #expect(error?.description.hasPrefix("\(path): is there already, and nothing is overwritten") == true)
        #expect(try scratch.bytes(of: path) == [1, 2, 3])
    }

    @Test func whatComesToBeThereMeanwhileIsNotOverwrittenEither() throws {
        let writer = try LedgerArchiveWriter(path, genesis: Fixture.genesis, signatures: .ed25519)
        _ = try scratch.write([1, 2, 3], to: "lab.ledger")
        #expect(throws: InstructionLogError.self) { try writer.finish() }
        #expect(try scratch.bytes(of: path) == [1, 2, 3])
    }

    @Test func ofALogThatIsNotGoodThereIsNoFile() throws {
        var entries = Fixture.entries(3)
        entries.remove(at: 1)
        let error = #expect(throws: InstructionLogError.self) { try export(entries) }
        #expect(error?.description == "log.sqlite: entry 3: log entry 2 is missing: entry 3 stands in its place")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).isEmpty)
    }

    @Test func whereNothingCanBeWrittenThatIsSaid() throws {
        let nowhere = scratch.path.appending("nowhere").appending("lab.ledger")
        let error = #expect(throws: InstructionLogError.self) {
            try LedgerArchiveWriter(nowhere, genesis: Fixture.genesis, signatures: .ed25519)
        }
        #expect(error?.description == "\(nowhere): cannot be written: No such file or directory")
    }
}
