import Foundation
import Testing

extension EndToEnd {
    /// `quorate test` as somebody's CI would call it.
    @Suite(.timeLimit(.minutes(4))) struct TestCommandTests {
        private static let topologies = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Topologies")

        /// The project's own topologies, with loads that a busy machine carries in a few seconds: what they show does
        /// not depend on how many tasks there are. Where they pass by a timeline, which epochs pace, the run lasts as
        /// long as it says, with a fifth of the tasks; where the clock is moved on, a busy machine is late, and
        /// simulations show what they show.
        private func ownTopologies(in session: CommandLineSession) throws -> Int {
            let folder = session.directory.appending(path: "Topologies")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.topologies.path)
                .filter { $0.hasSuffix(".yaml") }
            var count = 0
            for name in names {
                let text = try String(contentsOf: Self.topologies.appending(path: name), encoding: .utf8)
                guard !text.contains("forward:") else { continue }
                count += 1
                let fewer = text.contains("\ntimeline:\n") ? aFifth(of: text) : thirtyTasks(of: text)
                let small = fewer.replacing("deadline: 1s", with: "deadline: 2s")
                    .replacing("evidence-window: 2s", with: "evidence-window: 2500ms")
                    // So few tasks carry hardly a percentile, and a busy machine is late.
                    .replacing(#/  quorum-latency: .*\n/#, with: "")
                #expect(small.contains("rate: 20/s") && !small.contains("quorum-latency"), "\(name)")
                try session.write(small, to: "Topologies/\(name)")
            }
            try FileManager.default.copyItem(
                at: Self.topologies.appending(path: "services"), to: folder.appending(path: "services"))
            return count
        }

        private func thirtyTasks(of text: String) -> String {
            text.replacing(/tasks: [0-9]+, rate: [0-9]+\/s/, with: "tasks: 30, rate: 20/s")
                .replacing(/at: task [0-9]+/, with: "at: task 10")
        }

        private func aFifth(of text: String) -> String {
            text.replacing(/tasks: ([0-9]+), rate: 100\/s/) { "tasks: \(Int($0.1)! / 5), rate: 20/s" }
                .replacing(/at: task ([0-9]+)/) { "at: task \(Int($0.1)! / 5)" }
        }

        @Test func theProjectsOwnTopologiesAreAsTheyExpect() async throws {
            let session = try CommandLineSession()
            let count = try ownTopologies(in: session)
            #expect(count > 5)
            let outcome = try await session.run("test", "Topologies", "--jobs", "4", "--junit", "results.xml")
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == count + 1 && lines.dropLast().allSatisfy { $0.hasPrefix("ok ") })
            #expect(lines.last?.hasPrefix("\(count) passed, 0 failed, 0 could not be judged in ") == true)
            let runs = try await session.run("runs", "--json")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(runs.output.utf8)) as? [String: Any])
            #expect((document["runs"] as? [Any])?.count == count, "each has its own run directory")
            #expect(session.processes().isEmpty)
        }

        private static let quick = Networks.topology(tasks: 4, deadline: "1s", window: "1s")

        /// A folder of each kind: passed, failed, no topology, two of one name.
        private func mixture(_ session: CommandLineSession) throws {
            try FileManager.default.createDirectory(
                at: session.directory.appending(path: "labs/deep"), withIntermediateDirectories: true)
            try session.write(Self.quick, to: "labs/good.yaml")
            try session.write(Self.quick, to: "labs/deep/good.yaml")
            try session.write(Self.quick.replacing("slashed: []", with: "slashed: [op-2]"), to: "labs/wrong.yaml")
            try session.write("version: 1\nname: \u{7}bell\n", to: "labs/bad.yaml")
        }

        @Test func aFailureIsToldShortlyAndTheOthersRunAllTheSame() async throws {
            let session = try CommandLineSession()
            try mixture(session)
            let outcome = try await session.run("test", "labs", "--jobs", "4", "--runs", "lab-runs")
            #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
            let output = outcome.output
            #expect(output.contains(/ok +good +[0-9.]+ s +4 of 4 certified, slashed nobody/), "\(output)")
            #expect(output.contains(#/ok +deep/good +[0-9]/#) && output.contains(/failed +wrong +[0-9]/), "\(output)")
            #expect(output.contains("op-2 was expected to be slashed, but was not"))
            #expect(
                output.contains(/see it again: quorate report lab-runs\/small-.*\n +quorate replay lab-runs\/small-/))
            #expect(output.contains("quorate run labs/wrong.yaml\n"), "the seed is the topology's own")
            #expect(output.contains(/bad +bad .*\n +labs\/bad.yaml:/) && !output.contains("\u{7}"), "\(output)")
            #expect(output.contains(/\n2 passed, 1 failed, 1 with bad input, 0 could not be judged in [0-9]+ s\n$/))
            #expect(outcome.errors.contains("running labs/bad.yaml, "))
            let runs = session.directory.appending(path: "lab-runs")
            #expect(try FileManager.default.contentsOfDirectory(atPath: runs.path).count == 4, "three, and latest")
            let path = try #require(output.firstMatch(of: /quorate report (\S+)/)?.output.1)
            #expect(try await session.run("report", String(path)).status == 1)
        }

        @Test(.enabled(if: ExternalChecks.isSetUp, ExternalChecks.reason))
        func anotherProgramReadsTheJUnitFile() async throws {
            let session = try CommandLineSession()
            try mixture(session)
            let outcome = try await session.run("test", "labs", "--jobs", "4", "--junit", "results.xml", "--json")
            #expect(outcome.status == 1, "\(outcome.errors)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let counts = try #require(document["counts"] as? [String: Int])
            #expect(counts == ["passed": 2, "failed": 1, "bad_input": 1, "not_judged": 0, "skipped": 0, "stopped": 0])
            let read = try await ExternalChecks.run("reads_junit.py", on: ["results.xml"], in: session)
            #expect(read.status == 0, "\(read.errors)")
            #expect(
                read.output.split(separator: "\n")
                    == [
                        "labs bad: Error bad-input", "labs good: passed", "labs wrong: Failure failed",
                        "labs/deep good: passed", "4 tests, 1 failures, 1 errors, 0 skipped",
                    ].map { Substring($0) })
        }

        @Test func anInterruptionEndsWhatGoesOnAndBeginsNothingElse() async throws {
            let session = try CommandLineSession()
            let long = Networks.topology(tasks: 4000)
            for name in ["a", "b", "c"] { try session.write(long, to: "\(name).yaml") }
            let child = try session.start(
                ["test", "a.yaml", "b.yaml", "c.yaml", "--jobs", "2", "--junit", "results.xml"])
            // Two of eight processes less the command itself, which both share.
            await session.until { session.processes().count == 15 }
            kill(child.identifier, SIGINT)
            await child.ended()
            let outcome = try session.outcome(of: child)
            #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
            #expect(session.processes().isEmpty)
            #expect(outcome.output.contains("0 passed, 0 failed, 0 could not be judged, 3 interrupted or not begun"))
            #expect(!outcome.errors.contains("running c.yaml"))
            let junit = try String(contentsOf: session.directory.appending(path: "results.xml"), encoding: .utf8)
            #expect(junit.contains("tests=\"3\" failures=\"0\" errors=\"2\" skipped=\"1\""), "\(junit)")
        }

        @Test func whatCannotBeDoneIsSaidBeforeAnythingIsRun() async throws {
            let session = try CommandLineSession()
            try session.write(Self.quick, to: "good.yaml")
            try FileManager.default.createDirectory(
                at: session.directory.appending(path: "empty"), withIntermediateDirectories: true)
            for (arguments, message) in [
                (["empty"], "empty: there is no *.yaml in it or below it"),
                (["good.yaml", "no"], "no: cannot be tested"),
                (["good.yaml", "--junit", "no/x.xml"], "no/x.xml.unfinished: cannot be written"),
                (["good.yaml", "--junit", "empty"], "empty: is a folder"),
                (["good.yaml", "--jobs", "0"], "within 1 to 64"),
                ([], "Missing expected argument"),
            ] {
                let child = try session.start(["test"] + arguments)
                await child.ended()
                let outcome = try session.outcome(of: child)
                #expect(outcome.status == 2 && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "runs").path))
        }
    }
}
