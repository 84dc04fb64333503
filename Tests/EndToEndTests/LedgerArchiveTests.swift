import Foundation
import Testing

extension EndToEnd {
    /// A ledger that is handed on: one user exports it, another imports it.
    @Suite(.timeLimit(.minutes(3))) struct LedgerArchiveTests {
        private static let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        private static func simulate(_ topology: String, _ options: String...) async throws -> CommandLineSession {
            let session = try CommandLineSession()
            let file = project.appending(path: "Topologies/\(topology).yaml").path
            let run = try await session.run(["simulate", file] + options)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            return session
        }

        private static func hand(_ file: String, from one: CommandLineSession, to other: CommandLineSession) throws {
            try FileManager.default.copyItem(
                at: one.directory.appending(path: file), to: other.directory.appending(path: file))
        }

        private static func names(in session: CommandLineSession, _ path: String = "") throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: session.directory.appending(path: path).path)
                .filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }.sorted()
        }

        @Test func whatIsImportedIsTheLedgerThatWasExported() async throws {
            let (author, reader) = (try await Self.simulate("delegated"), try CommandLineSession())
            let exported = try await author.run("ledger", "export", "--into", "lab.ledger")
            #expect(exported.status == 0, "\(exported.errors)")
            let again = try await author.run("ledger", "export", "--into", "lab.ledger")
            #expect(again.status == 2 && again.errors.contains("lab.ledger: is there already"), "\(again.errors)")
            try Self.hand("lab.ledger", from: author, to: reader)

            let imported = try await reader.run("ledger", "import", "lab.ledger", "--into", "published")
            #expect(imported.status == 0, "\(imported.errors)")
            let summary = exported.output.split(separator: "\n").prefix(2)
            #expect(summary.count == 2 && imported.output.split(separator: "\n").prefix(2) == summary)
            #expect(try Self.names(in: reader) == ["lab.ledger", "published"])
            let replayed = try await reader.run("ledger", "replay", "published")
            #expect(replayed.output == "\(summary[0])\n", "\(replayed.output)\(replayed.errors)")
            for command in [["show"], ["explain", "bob"], ["history", "op-3"], ["replay", "--epochs"]] {
                let (original, copy) = (
                    try await author.run(["ledger"] + command),
                    try await reader.run(["ledger"] + command + ["published"])
                )
                #expect(copy.status == 0 && copy.output == original.output, "\(command): \(copy.output)\(copy.errors)")
            }
            let proven = try await reader.run("ledger", "prove", "bob", "published", "--epoch", "3")
            #expect(proven.status == 0, "\(proven.errors)")
            let root = try await author.run("ledger", "replay", "--epoch", "3").output.trimmingCharacters(in: .newlines)
            #expect(try await reader.run("verify", "bob-epoch-3.borsh", "--state-root", root).status == 0)

            let second = try await reader.run("ledger", "export", "published", "--into", "again.ledger")
            #expect(second.status == 0, "\(second.errors)")
            let files = try ["lab.ledger", "again.ledger"].map { name in
                try Data(contentsOf: reader.directory.appending(path: name))
            }
            #expect(files[0] == files[1])
        }

        @Test func anImportedLedgerIsNoRunToBeJudged() async throws {
            let session = try await Self.simulate("live", "--tasks", "20", "--costs", "none")
            #expect(try await session.run("ledger", "export", "--into", "live.ledger").status == 0)
            #expect(try await session.run("ledger", "import", "live.ledger").status == 0)
            let directory = try #require(
                try Self.names(in: session, "runs").first { !["latest"].contains($0) && isImport($0) })
            for command in [["report", directory], ["replay", "runs/\(directory)"]] {
                let refused = try await session.run(command)
                #expect(refused.status == 2 && refused.errors.contains("is an imported ledger"), "\(refused.errors)")
            }
            let runs = try await session.run("runs")
            #expect(runs.status == 0 && !runs.output.contains(directory), "\(runs.output)")
            #expect(runs.errors.contains("runs/\(directory): an imported ledger"), "\(runs.errors)")
            // The latest run is still the one that was run.
            #expect(try await session.run("report").status == 0)

            func isImport(_ name: String) -> Bool {
                FileManager.default.fileExists(
                    atPath: session.directory.appending(path: "runs/\(name)/import.json").path)
            }
        }

        @Test func modelledSignaturesStayMarkedAsModelled() async throws {
            let session = try await Self.simulate(
                "live", "--tasks", "20", "--costs", "none", "--signatures", "modelled")
            let exported = try await session.run("ledger", "export", "--into", "live.ledger")
            #expect(exported.output.contains("its signatures are modelled"), "\(exported.output)\(exported.errors)")
            let imported = try await session.run("ledger", "import", "live.ledger", "--into", "copy")
            #expect(imported.output.contains("its signatures are modelled"), "\(imported.output)\(imported.errors)")
            for command in [["show"], ["explain", "op-1"], ["replay"]] {
                let shown = try await session.run(["ledger"] + command + ["copy"])
                #expect(shown.status == 0, "\(command): \(shown.errors)")
            }
            let proven = try await session.run("ledger", "prove", "op-1", "copy", "--output", "op-1.borsh")
            #expect(proven.output.contains("its signatures are modelled"), "\(proven.output)\(proven.errors)")
        }

        @Test func aFileThatIsNotAsItWasIsNamedAndNothingIsLeft() async throws {
            let session = try await Self.simulate("live", "--tasks", "20", "--costs", "none")
            #expect(try await session.run("ledger", "export", "--into", "live.ledger").status == 0)
            let good = try Data(contentsOf: session.directory.appending(path: "live.ledger"))
            let before = try Self.names(in: session)
            func refusal(_ bytes: Data) async throws -> String {
                let file = session.directory.appending(path: "bad.ledger")
                try bytes.write(to: file)
                let outcome = try await session.run("ledger", "import", "bad.ledger", "--into", "some/where")
                #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.output)")
                try FileManager.default.removeItem(at: file)
                return outcome.errors
            }
            var altered = good
            altered[good.count - 200] ^= 1
            #expect(try await refusal(altered).hasPrefix("bad.ledger: entry "))
            #expect(try await refusal(good.dropLast(150)).contains("it has been cut off"))
            altered = good
            altered[good.count - 1] ^= 1
            #expect(try await refusal(altered).contains("its digest is"))
            #expect(
                try await refusal(Data("quorate".utf8)).contains("is no ledger that quorate ledger export has written"))
            #expect(try Self.names(in: session) == before)
            let nowhere = try await session.run("ledger", "import", "nowhere.ledger")
            #expect(
                nowhere.status == 2 && nowhere.errors.hasPrefix("nowhere.ledger: cannot be read"), "\(nowhere.errors)")
            let occupied = try await session.run("ledger", "import", "live.ledger", "--into", "runs")
            #expect(occupied.status == 2 && occupied.errors.contains("runs: the run directory is not empty"))
        }
    }
}
