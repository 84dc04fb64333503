import Foundation
import Primitives
import Records
import SystemPackage
import Testing

extension EndToEnd {
    /// A run is judged from its directory alone, wherever that has come to lie.
    @Suite(.timeLimit(.minutes(2))) struct JudgeTests {
        @Test func aCopyElsewhereIsJudgedAndNothingIsWritten() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                tasks: 12, faults: "[{operator: op-3, does: equivocate, at: task 5}]",
                expect: "{slashed: [op-3], certified: 100%}", deadline: "1s", window: "1200ms")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml", "--run-directory", "here")
            #expect(run.status == 0, "\(run.output)\(run.errors)")

            let elsewhere = try CommandLineSession()
            let copy = elsewhere.directory.appending(path: "copied")
            // Only what it takes: keys, guards and the ledger's log stay where they are.
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            for name in ["topology.yaml", "run.json", "outcome.json", "genesis.borsh", "records"] {
                try FileManager.default.moveItem(
                    at: session.directory.appending(path: "here/\(name)"), to: copy.appending(path: name))
            }
            let before = try Self.files(in: copy)
            let judged = try await elsewhere.run("judge", "copied")
            #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
            let printed = Self.verdicts(in: run.output)
            #expect(printed.count == 11)
            #expect(Self.verdicts(in: judged.output).starts(with: printed))
            #expect(judged.output.hasSuffix("verdict         holds: everything is as expected (exit status 0)\n"))
            let json = try await elsewhere.run("judge", "copied", "--json")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(json.status == 0 && document["verdict"] as? String == "holds")
            #expect(try Self.files(in: copy) == before, "it only reads")
            try await Self.damage(copy, elsewhere)
        }

        /// Named with file and byte; a file that ends too early leaves it open what else there was.
        private static func damage(_ copy: URL, _ session: CommandLineSession) async throws {
            let file = copy.appending(path: "records/op-2.1.qrec")
            let whole = try Data(contentsOf: file)
            let reader = try RecordReader(FilePath(file.path))
            _ = try reader.next()
            let second = reader.position
            var bytes = whole
            bytes[second + 20] ^= 1
            try bytes.write(to: file)
            let flipped = try await session.run("judge", "copied")
            #expect(flipped.status == 2)
            #expect(
                flipped.errors.contains("copied/records/op-2.1.qrec: byte \(second): the checksum does not match"),
                "\(flipped.errors)")
            try whole.prefix(second + 20).write(to: file)
            let torn = try await session.run("judge", "copied")
            #expect(torn.status == 3, "\(torn.output)\(torn.errors)")
            #expect(torn.output.contains("op-2.1.qrec ends inside the entry at byte \(second)"))
        }

        @Test func whatIsNoRunIsRefused() async throws {
            let session = try CommandLineSession()
            let none = try await session.run("judge", "nowhere")
            #expect(none.status == 2 && none.errors.contains("nowhere: there is no such run"), "\(none.errors)")
        }

        /// `agreement holds`, and so on.
        private static func verdicts(in text: String) -> [String] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                let isVerdict = line.first != " " && words.count > 2 && ["holds", "not-applicable"].contains(words[1])
                return isVerdict ? "\(words[0]) \(words[1])" : nil
            }
        }

        private static func files(in directory: URL) throws -> [String: Data] {
            var files: [String: Data] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
                files[name] = FileManager.default.contents(atPath: directory.appending(path: name).path) ?? Data()
            }
            return files
        }
    }
}
