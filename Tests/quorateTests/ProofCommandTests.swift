import ArgumentParser
import Messages
import Primitives
import SystemPackage
import TestSupport
import Testing

@testable import quorate

@Suite struct ProofCommandTests {
    @Test(arguments: [
        (["runs/latest"], "say what to write: --certificate"),
        (["runs/latest", "--solana", "--certificate", "3"], "say what to write: --certificate"),
        (["x.borsh", "--solana", "--service", "squares"], "--service belongs to --certificate"),
        ([], "Missing expected argument '<source>'"),
    ])
    func anExportThatIsNotClearIsRefused(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try ExportCommand.parse(arguments) }
        #expect(error.map { ExportCommand.fullMessage(for: $0).contains(message) } == true)
    }

    @Test(arguments: ["ab", String(repeating: "ab", count: 33), String(repeating: "g", count: 64)])
    func aPinIsADigest(text: String) throws {
        let error = #expect(throws: (any Error).self) { try VerifyCommand.parse(["x", "--set-digest", text]) }
        let message = error.map { VerifyCommand.fullMessage(for: $0) } ?? ""
        #expect(message.contains("is not a digest; write its 64 hexadecimal digits"), "\(message)")
        let whole = String(repeating: "aB", count: 32)
        let digest = Digest([UInt8](repeating: 0xab, count: 32))
        #expect(try VerifyCommand.parse(["x", "--set-digest", whole]).setDigest == digest)
    }

    @Test func aTaskIsWrittenWithItsWordOrWithout() throws {
        #expect(try TaskSequence(argument: "task 137", of: "--until") == TaskSequence(137))
        #expect(try TaskSequence(argument: "137", of: "--until") == TaskSequence(137))
        for text in ["", "task", "task -1", "one", "18446744073709551616"] {
            let error = #expect(throws: CommandFailure.self) { try TaskSequence(argument: text, of: "--certificate") }
            #expect(error?.description == "--certificate: \(text) is not a task; write \"task 137\"")
        }
    }

    @Test func whatCannotBeAProofIsRefusedWithTheReason() throws {
        let scratch = try Scratch()
        func reason(_ bytes: [UInt8], _ name: String = "x.borsh") throws -> String {
            let file = try scratch.write(bytes, to: name)
            let error = #expect(throws: CommandFailure.self) { try ProofInput.check(file.string) }
            return error?.description.replacing("\(scratch.path)/", with: "") ?? ""
        }
        #expect(try reason([]) == "x.borsh: not a proof file: ends at byte 0, where 1 more are needed")
        let longest = [UInt8](repeating: 0, count: ProofFile.sizeLimit + 1)
        #expect(try reason(longest) == "x.borsh: longer than the 2097152 bytes allowed")
        #expect(
            try reason(Array(longest.dropLast()))
                == "x.borsh: not a proof file: ProofFile: does not begin with \"quoproof\"")
        #expect(
            try reason(Array("{}".utf8), "8b110da4.json")
                == "8b110da4.json: is the proof as JSON, for people and their tools; give 8b110da4.borsh instead")
        let nowhere = #expect(throws: CommandFailure.self) { try ProofInput.check("/nowhere/x.borsh") }
        #expect(nowhere?.description == "/nowhere/x.borsh: cannot be read: No such file or directory")
    }
}
