import Foundation
import Testing

extension EndToEnd {
    /// Services of one's own, with real programs.
    @Suite(.timeLimit(.minutes(2))) struct ServiceTests {
        private static let topologies = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Topologies/").standardizedFileURL

        private static func topology(
            _ program: String, tasks: Int = 20, more: String = "", expect: String = "{certified: 100%}"
        ) -> String {
            Networks.topology(tasks: tasks, expect: expect, deadline: "1s", window: "1s")
                .replacing("module: squaring", with: "module: exec\n    command: \(program)\n    \(more)")
        }

        @Test(arguments: ["own-service", "shell-service"])
        func theExamplesAreWhatTheySay(name: String) async throws {
            let session = try CommandLineSession()
            let file = Self.topologies.appending(path: "\(name).yaml").path
            // Tasks enough for the lie and what follows it.
            let tasks = name == "own-service" ? "60" : "35"
            let run = try await session.run("run", file, "--tasks", tasks)
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("op-3 signed two different results"), "\(run.output)")
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(session.processes().isEmpty)
        }

        @Test func aProgramThatIsNotThereIsBadInput() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology("[./service]"), to: "lab.yaml")
            for command in [["run", "lab.yaml"], ["topology", "check", "lab.yaml"]] {
                let child = try session.start(command)
                await child.ended()
                let outcome = try session.outcome(of: child)
                #expect(outcome.status == 2)
                #expect(
                    outcome.errors.contains("lab.yaml:15:15: services.squares.command: ./service is not there; "),
                    "\(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "runs").path))
        }

        @Test func aProgramThatHangsOnEveryTaskFailsTheRunAndSaysSo() async throws {
            let session = try CommandLineSession()
            // What it starts has a group of its own: nobody is left for all that.
            try session.write(
                Self.topology("[sh, -c, \"setsid sleep 1000 & sleep 1000\"]", more: "time-limit: 100ms"),
                to: "lab.yaml")
            let run = try await session.run("run", "lab.yaml")
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            #expect(
                run.output.contains("no result       op-1, op-2, op-3 and 2 more had no result for"), "\(run.output)")
            #expect(run.output.contains("too few operators had a result"), "\(run.output)")
            let results = try session.results()
            let executions = try #require(results["executions"] as? [[String: Any]])
            #expect(Set(executions.compactMap { $0["operator"] as? String }).count == 5)
            #expect(
                executions.contains {
                    ($0["reason"] as? String) == "the program had not answered anything yet when the deadline passed"
                })
            #expect((results["tasks"] as? [String: Int])?["expired"] == 20)
            let csv = try String(
                contentsOf: session.directory.appending(path: "runs/latest/latencies.csv"), encoding: .utf8)
            #expect(csv.contains(",expired,5,"), "\(csv)")
            #expect(session.processes().isEmpty)
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        }

        @Test func operatorsWhoseProgramsDifferHaveNoQuorum() async throws {
            let session = try CommandLineSession()
            try session.write(
                """
                import json, os, sys
                for line in sys.stdin:
                    task = json.loads(line)["task"]
                    print(json.dumps({"task": task, "result": os.environ["QUORATE_OPERATOR"]}), flush=True)
                """, to: "random.py")
            try session.write(Self.topology("[python3, random.py]", tasks: 5), to: "lab.yaml")
            let run = try await session.run("run", "lab.yaml")
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            #expect(
                run.output.contains("5 tasks of squares have no quorum, and honest operators' results"), "\(run.output)"
            )
            let disagreements = try #require(try session.results()["disagreements"] as? [[String: Any]])
            #expect(disagreements.first?["most_results"] as? Int == 5)
        }

        /// Killed as a whole while programs compute: node, program, and what the program has started.
        @Test func whenTheRunIsKilledItsProgramsEnd() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology("[sh, -c, \"sleep 1000 & sleep 1000\"]", tasks: 4000), to: "lab.yaml")
            let child = try session.start(["run", "lab.yaml"])
            try await session.until { try session.errors(of: child).contains("running") }
            await session.until { session.processes().count >= 8 + 15 }
            kill(child.identifier, SIGKILL)
            await child.ended()
            await session.until { session.processes().isEmpty }
        }
    }
}
