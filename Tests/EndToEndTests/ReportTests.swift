import Foundation
import Testing

extension EndToEnd {
    /// Runs that are over, shown again and listed.
    @Suite(.timeLimit(.minutes(2))) struct ReportTests {
        private static let topology = Networks.topology(
            tasks: 400, faults: "[{operator: op-3, does: equivocate, at: task 5}]",
            expect: "{slashed: [op-3], certified: 100%}", deadline: "1s", window: "1200ms")

        private func run(_ session: CommandLineSession, _ text: String, _ options: String...) async throws
            -> CommandLineSession.Outcome
        {
            try session.write(text, to: "small.yaml")
            let child = try session.start(["run", "small.yaml"] + options)
            await child.ended()
            return try session.outcome(of: child)
        }

        private func runName(_ session: CommandLineSession) throws -> String {
            try FileManager.default.destinationOfSymbolicLink(
                atPath: session.directory.appending(path: "runs/latest").path)
        }

        /// Options of the command line are part of what was run: without them 400 tasks would be missing.
        @Test func aReportIsWhatTheRunPrinted() async throws {
            let session = try CommandLineSession()
            let run = try await run(session, Self.topology, "--tasks", "12", "--seed", "9")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let name = try runName(session)
            for arguments in [["report"], ["report", name], ["report", "runs/\(name)"]] {
                let child = try session.start(arguments)
                await child.ended()
                let report = try session.outcome(of: child)
                #expect(report.status == 0 && report.output == run.output && report.errors.isEmpty)
            }
            let files = ["results.json", "report.html", "latencies.csv"].map {
                session.directory.appending(path: "runs/\(name)/\($0)")
            }
            let whole = try files.map { try Data(contentsOf: $0) }
            let json = try await session.run("report", "--json")
            #expect(Data(json.output.utf8) == whole[0])
            for file in files { try FileManager.default.removeItem(at: file) }
            #expect(try await session.run("report").status == 0)
            #expect(!files.contains { FileManager.default.fileExists(atPath: $0.path) }, "a report only reads")
            #expect(try await session.run("report", "--write").status == 0)
            #expect(try files.map { try Data(contentsOf: $0) } == whole)

            let list = try await session.run("runs")
            #expect(list.status == 0 && list.errors.isEmpty)
            #expect(list.output.contains(/small +processes +9 +holds +12\/12 +- +op-3 +0 +small-/), "\(list.output)")
        }

        @Test func whatWasNotAsExpectedHasTheSameExitStatusAgain() async throws {
            let session = try CommandLineSession()
            let run = try await run(session, Self.topology.replacing("[op-3],", with: "[op-2],"), "--tasks", "6")
            #expect(run.status == 1)
            let report = try await session.run("report")
            #expect(report.status == 1 && report.output == run.output)
        }

        @Test func aRunThatGoesOnIsToldFromOneThatWasCutShort() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(["run", "small.yaml"])
            try await session.until { try session.errors(of: child).contains("running") }
            let early = try await session.run("report")
            #expect(early.status == 2 && early.errors.contains("still goes on"), "\(early.errors)")
            #expect(try await session.run("runs").output.contains(/small +processes +7 +going on +- +- +- +- +small-/))
            kill(child.identifier, SIGKILL)
            await child.ended()
            await session.until { session.processes().isEmpty }
            let list = try await session.run("runs")
            #expect(list.output.contains(/small +processes +7 +cut short +- +- +- +- +small-/), "\(list.output)")
            let late = try await session.run("report")
            #expect(late.status == 3 || late.status == 1, "\(late.output)\(late.errors)")
            #expect(late.errors.contains("came to its end first"), "\(late.errors)")
            let json = try await session.run("report", "--json").output
            #expect(json.contains("\"ending\": \"aborted\""), "\(json)")
        }

        @Test func anInterruptedRunIsReportedAsOne() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "small.yaml")
            let child = try session.start(["run", "small.yaml"])
            try await session.until { try session.errors(of: child).contains("running") }
            kill(child.identifier, SIGINT)
            await child.ended()
            let run = try session.outcome(of: child)
            let report = try await session.run("report")
            #expect(run.status == 130 && report.status == 130)
            #expect(report.output == run.output && report.errors.contains("interrupted: judged by what there is"))
        }

        @Test func aPlaceWithoutRunsHasNone() async throws {
            let session = try CommandLineSession()
            let list = try await session.run("runs")
            #expect(list.status == 0 && list.output.isEmpty && list.errors.contains("there is no run yet"))
            #expect(try await session.run("runs", "--directory", "labs").status == 2)
            #expect(try await session.run("report").status == 2)
            #expect(try await session.run("report", "lab-1").status == 2)
        }
    }
}
