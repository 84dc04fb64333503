import ArgumentParser
import Cluster
import Cryptography
import Foundation
import LedgerNode
import Messages
import Primitives
import Restaking
import SystemPackage
import TestSupport
import Testing

@testable import quorate

/// What a refused log's message says to do.
@Suite struct LedgerSalvageTests {
    private let scratch = try! Scratch()

    @Test func theCommandThatTheMessageNamesWritesTheGoodPart() throws {
        let (directory, genesis) = try run()
        try flipABit(ofEntry: 4, in: directory.instructionLog)

        let error = try #require(throws: InstructionLogError.self) {
            try InstructionLog(reading: directory.instructionLog.string).replay(from: genesis)
        }
        let words = "\(error)".split(separator: "`")[1].split(separator: " ").map(String.init)
        #expect(words.first == "quorate")
        let copy = scratch.path.appending("good.sqlite").string
        let arguments = words.dropFirst().map { $0 == "FILE" ? copy : $0 }
        let command = try #require(try Quorate.parseAsRoot(Array(arguments)) as? LedgerSalvageCommand)
        try command.run()
        #expect(try InstructionLog(reading: copy).replay(from: genesis).head.sequence == 3)
        #expect(throws: CommandFailure.self, "it is there already") { try command.run() }
    }

    /// The commands that only look believe no altered log either, and none of an import that is not as it was.
    @Test func anAlteredLogIsNoLedgerToLookAt() throws {
        let (directory, _) = try run()
        let entries = try LedgerInput(directory).entries
        #expect(entries.count == 5)

        func imported(_ last: LogEntry) throws {
            let manifest = ImportManifest(
                file: "lab.ledger", digest: .zero, head: LogHead(sequence: last.sequence, chain: last.chain),
                signatures: .ed25519, importedAt: Date(), version: "1")
            try directory.write(manifest.json, to: directory.importManifest)
        }
        try imported(entries[4])
        #expect(try LedgerInput(directory).entries == entries)
        try imported(entries[3])
        let longer = #expect(throws: CommandFailure.self) { try LedgerInput(directory) }
        #expect(longer?.description.contains("ends with entry 5") == true)
        #expect(longer?.description.contains("import lab.ledger again") == true)

        try imported(entries[4])
        try flipABit(ofEntry: 4, in: directory.instructionLog)
        let altered = #expect(throws: CommandFailure.self) { try LedgerInput(directory) }
        #expect(altered?.description.contains("entry 4: does not continue the one before it") == true)
    }

    @Test func whatIsNoLogOfARunIsNamed() throws {
        func failure(_ log: String) throws -> String? {
            let command = try #require(
                try Quorate.parseAsRoot(["ledger", "salvage", log, "--into", "good"]) as? LedgerSalvageCommand)
            return #expect(throws: CommandFailure.self) { try command.run() }?.description
        }
        let missing = scratch.path.appending("nothing.sqlite").string
        #expect(try failure(missing)?.hasPrefix("\(missing): there is no log here") == true)
        #expect(try failure("/dev/null")?.hasPrefix("/dev/null: does not lie in ledger/") == true)
    }

    /// With a log of five entries.
    private func run() throws -> (directory: RunDirectory, genesis: Genesis) {
        let directory = try RunDirectory.make(at: scratch.path.appending("run"))
        let key = SigningKey(seed: FixedBytes32())
        let genesis = Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 1_000, unbondingEpochs: 2),
            clock: key.publicKey, signers: [], restakers: [], services: [])
        try directory.write(genesis.borsh, to: directory.genesis)
        try append(5, to: directory.instructionLog.string, genesis, key)
        return (directory, genesis)
    }

    /// The clock's, one slot each.
    private func append(_ count: UInt64, to path: String, _ genesis: Genesis, _ key: SigningKey) throws {
        var ledger = try Ledger(genesis: genesis)
        var chain = ledger.network
        let log = try InstructionLog(path: path)
        for nonce in 0..<count {
            let instruction = Instruction.advance(to: Slot(nonce + 1))
            let bytes = SignedInstruction.signedBytes(
                network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction)
            let signed = SignedInstruction(
                network: ledger.network, authority: key.publicKey, nonce: nonce, instruction: instruction,
                signature: key.sign(bytes))
            let outcome = ledger.apply(signed)
            let entry = LogEntry(
                sequence: ledger.sequence, slot: ledger.slot, signed: signed, outcome: outcome, after: chain)
            chain = entry.chain
            try log.append([entry])
        }
    }

    private func flipABit(ofEntry number: UInt64, in path: FilePath) throws {
        let entry = try #require(try InstructionLog(reading: path.string).entry(number)).borsh
        var bytes = Data(try scratch.bytes(of: path))
        let place = try #require(bytes.range(of: Data(entry)))
        bytes[place.lowerBound + 20] ^= 1
        try bytes.write(to: URL(filePath: path.string))
    }
}
