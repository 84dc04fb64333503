import Cryptography
import Foundation
import LedgerNode
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import Cluster

/// A directory made of a file: whole, or not there.
@Suite struct ImportedLedgerTests {
    private let scratch = try! Scratch()
    private var file: FilePath { scratch.path.appending("lab.ledger") }
    private static let clock = SigningKey(seed: FixedBytes32())
    private static let genesis = Genesis(
        runID: .zero, parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 2),
        clock: clock.publicKey, signers: [], restakers: [], services: [])

    /// Of a clock that goes, slot by slot.
    private func export(_ count: UInt64) throws -> ArchivedLedger {
        var ledger = try Ledger(genesis: Self.genesis)
        var chain = ledger.network
        let writer = try LedgerArchiveWriter(file, genesis: Self.genesis, signatures: .ed25519)
        for nonce in 0..<count {
            let instruction = Instruction.advance(to: Slot(nonce + 1))
            let bytes = SignedInstruction.signedBytes(
                network: ledger.network, authority: Self.clock.publicKey, nonce: nonce, instruction: instruction)
            let signed = SignedInstruction(
                network: ledger.network, authority: Self.clock.publicKey, nonce: nonce, instruction: instruction,
                signature: Self.clock.sign(bytes))
            let outcome = ledger.apply(signed)
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: chain)
            chain = entry.chain
            try writer.append(entry, from: "a log")
        }
        return try writer.finish()
    }

    private func bringIn(
        into path: FilePath, isCancelled: () -> Bool = { false }
    ) throws -> ImportedLedger {
        try ImportedLedger(
            from: try LedgerArchiveReader(file), into: path, at: Date(timeIntervalSince1970: 0), version: "1",
            isCancelled: isCancelled)
    }

    private func names(in path: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path.string).sorted()
    }

    @Test func itHoldsGenesisTheLogAndWhereTheyAreFrom() throws {
        let written = try export(25)
        let path = scratch.path.appending("runs").appending("lab")
        let imported = try bringIn(into: path)
        #expect(imported.archived.root == written.root && imported.directory.path == path)
        #expect(try names(in: path.removingLastComponent()) == ["lab"])
        #expect(try names(in: path) == ["genesis.borsh", "import.json", "ledger"])
        #expect(try Genesis(borsh: scratch.bytes(of: imported.directory.genesis)) == Self.genesis)
        let log = try InstructionLog(reading: imported.directory.instructionLog.string)
        #expect(try log.replay(from: Self.genesis).ledger.stateRoot == written.root)
        let manifest = try ImportManifest.read(from: imported.directory)
        #expect(manifest.digest == "\(written.digest)" && manifest.importedAt == "1970-01-01T00:00:00Z")
        #expect(try RunManifest.signatures(ofRunIn: imported.directory) == .ed25519)
    }

    @Test func anEmptyDirectoryIsFilledAndNoOther() throws {
        _ = try export(1)
        let path = scratch.path.appending("lab")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        _ = try bringIn(into: path)
        let error = #expect(throws: RunDirectoryError.self) { try bringIn(into: path) }
        #expect(error == .occupied(path))
        #expect(try names(in: scratch.path) == ["lab", "lab.ledger"])
    }

    /// Of the folders on the way neither, but of those that were there.
    @Test func whenItFailsNothingIsLeft() throws {
        _ = try export(25)
        var bytes = try scratch.bytes(of: file)
        bytes[bytes.count - 1] ^= 1
        _ = try scratch.write(bytes, to: "lab.ledger")
        try FileManager.default.createDirectory(
            atPath: scratch.path.appending("there").string, withIntermediateDirectories: true)
        let path = scratch.path.appending("there").appending("new").appending("newer").appending("lab")
        #expect(throws: InstructionLogError.self) { try bringIn(into: path) }
        #expect(try names(in: scratch.path) == ["lab.ledger", "there"])
        #expect(try names(in: scratch.path.appending("there")).isEmpty)
    }

    @Test func whenItIsInterruptedNothingIsLeft() throws {
        _ = try export(25)
        var asked = 0
        let error = #expect(throws: InstructionLogError.self) {
            try bringIn(into: scratch.path.appending("lab")) {
                asked += 1
                return asked == 7
            }
        }
        #expect(error?.row == 7 && error?.problem.contains("interrupted") == true)
        #expect(try names(in: scratch.path) == ["lab.ledger"])
    }

    @Test func whatItsSignaturesAreIsReadBack() throws {
        let directory = RunDirectory(path: scratch.path)
        let secret = FixedBytes32([UInt8](repeating: 0xab, count: 32))!
        for scheme in [SignatureScheme.ed25519, .modelled(secret: secret)] {
            let manifest = ImportManifest(
                file: file, digest: .zero, head: LogHead(sequence: 7, chain: .zero), signatures: scheme,
                importedAt: Date(), version: "1")
            try directory.write(manifest.json, to: directory.importManifest)
            #expect(try RunManifest.signatures(ofRunIn: directory) == scheme)
        }
        var manifest = try ImportManifest.read(from: directory)
        manifest.secret = "ab"
        try directory.write(manifest.json, to: directory.importManifest)
        let secretless = #expect(throws: RunFileError.self) { try RunManifest.signatures(ofRunIn: directory) }
        #expect(secretless?.description.contains("import.json: secret: there must be one") == true)
        manifest.signatures = "none"
        try directory.write(manifest.json, to: directory.importManifest)
        let unknown = #expect(throws: RunFileError.self) { try RunManifest.signatures(ofRunIn: directory) }
        #expect(unknown?.description.hasSuffix("none is not one; they are ed25519, modelled") == true)
    }

    @Test func aSecondImportOfOneSecondHasANameOfItsOwn() throws {
        let first = try RunDirectory.defaultPath(name: "lab", at: 0, below: scratch.path)
        #expect(first == scratch.path.appending("lab-19700101T000000Z"))
        try FileManager.default.createDirectory(atPath: first.string, withIntermediateDirectories: true)
        #expect(
            try RunDirectory.defaultPath(name: "lab", at: 0, below: scratch.path)
                == scratch.path.appending("lab-19700101T000000Z-2"))
    }
}
