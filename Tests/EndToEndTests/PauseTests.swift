import Cryptography
import Faults
import Links
import Foundation
import Messages
import Node
import Primitives
import SystemPackage
import TestSupport
import Testing

extension EndToEnd {
    /// A node process that is paused: as good as stopped, but for its lifeline.
    @Suite(.timeLimit(.minutes(1))) struct PauseTests {
        private let scratch = try! Scratch()

        /// An operator without a network: it has no ledger to speak with.
        private func start() throws -> (Process, commands: FileHandle, reports: FileHandle) {
            let keys = (1...3).map { SigningKey(seed: FixedBytes32(Array(repeating: UInt8($0), count: 32))!) }
            let genesis = Genesis(
                runID: .zero,
                parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 1),
                clock: keys[2].publicKey, signers: [Genesis.Signer(name: "op-1", key: keys[0].publicKey)],
                restakers: [],
                services: [
                    Genesis.Service(
                        name: "squares", module: "squaring", coordinator: keys[1].publicKey, threshold: .twoThirds,
                        dissemination: .mesh, deadline: .seconds(1),
                        evidenceWindow: .seconds(2), optedIn: [OperatorIndex(0)], slash: SlashTerms(equivocation: .one))
                ])
            let key = scratch.path.appending("op-1.key.json")
            try KeypairFile.write(keys[0], to: key)
            let configuration = NodeConfiguration(
                name: "op-1", incarnation: 1, genesis: try scratch.write(genesis.borsh, to: "genesis.borsh"), key: key,
                ledgerPort: 1, record: scratch.path.appending("op-1.1.qrec"),
                guardFile: scratch.path.appending("op-1.guard"), guardMode: .written, links: .none,
                role: .signer(OperatorIndex(0), faults: [], seed: 1, isLive: true))
            let process = Process()
            let (input, output) = (Pipe(), Pipe())
            process.executableURL = CommandLineSession.quorate.deletingLastPathComponent()
                .appending(path: "quorate-node")
            process.arguments = [try scratch.write(configuration.borsh, to: "op-1.conf").string]
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            return (process, input.fileHandleForWriting, output.fileHandleForReading)
        }

        private func tell(_ commands: [ProcessCommand], _ file: FileHandle) throws {
            try file.write(contentsOf: Data(commands.map { $0.line + "\n" }.joined().utf8))
        }

        /// The first word of each line until it ends.
        private func words(_ file: FileHandle) throws -> [String] {
            let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
        }

        /// Until a line has come that begins with this word.
        private func wait(for word: String, _ file: FileHandle) throws {
            var text = ""
            while !text.split(separator: "\n").contains(where: { $0.hasPrefix(word) }) || !text.hasSuffix("\n") {
                text += String(decoding: try #require(try file.read(upToCount: 1)), as: UTF8.self)
            }
        }

        @Test func itSaysWhatItUsesAndNothingElseUntilItGoesOnOrStops() throws {
            let (process, commands, reports) = try start()
            try tell([.tellStatus], commands)
            try wait(for: "status", reports)
            try tell([.pause, .tellStatus, .measure], commands)
            try wait(for: "used", reports)
            try tell([.resume, .tellStatus], commands)
            try wait(for: "status", reports)
            try tell([.pause, .tellStatus, .stop], commands)
            #expect(try words(reports) == ["used", "stopped"])
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == ProcessControl.success)
        }

        @Test func itEndsWithItsLifeline() throws {
            let (process, commands, reports) = try start()
            try tell([.pause, .measure], commands)
            try wait(for: "used", reports)
            try commands.close()
            #expect(try words(reports).isEmpty)
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == ProcessControl.orphaned)
        }
    }
}
