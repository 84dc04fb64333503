import Cluster
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// A ledger that dies in a run, and in a live cluster.
    @Suite(.timeLimit(.minutes(4))) struct LedgerRestartTests {
        private let session = try! CommandLineSession()
        private var environment: [String: String] { ["XDG_RUNTIME_DIR": session.directory.path] }

        private func quorate(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            try await session.run(arguments, environment: environment)
        }

        /// kill -9 at each of its points, in one run.
        @Test func wheneverItDiesEveryTaskIsCertifiedAndTheCheatSlashedOnce() async throws {
            let faults = ["receive", "persist", "acknowledge"].enumerated().map { place, point in
                "{does: ledger-crash, at: \(50 + 700 * place)ms, for: 200ms, point: \(point)}"
            }
            let topology = Networks.topology(
                faults: "[{operator: op-5, does: equivocate, at: task 10}, \(faults.joined(separator: ", "))]",
                expect: "{slashed: [op-5], certified: 100%}", deadline: "1s", window: "1s")
            try session.write(topology, to: "crash.yaml")
            let run = try await quorate("run", "crash.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let deaths = run.errors.split(separator: "\n").count { $0 == "ledger crashed, as its fault says" }
            #expect(deaths == 3, "\(run.errors)")
            #expect(run.output.contains("exactly-once    holds           1 offence, 1 slash"), "\(run.output)")
            let replay = try await quorate("replay", "runs/latest")
            #expect(replay.status == 0 && replay.output.contains("ledger, process 4: identical"), "\(replay.output)")
        }

        @Test func aLiveClusterOutlivesItsLedger() async throws {
            try session.write(Networks.topology(tasks: 20, deadline: "800ms", window: "1200ms"), to: "small.yaml")
            let up = try await quorate("up", "small.yaml", "--detach")
            #expect(up.status == 0, "\(up.errors)")
            #expect(try await quorate("kill", "ledger").output == "ledger is killed\n")
            let task = try await quorate("task", "submit", "squares", "12", "--wait")
            #expect(task.status == 0, "voting needs no ledger: \(task.errors)")
            let older = try await quorate("restart", "ledger", "--disk", "older")
            #expect(
                older.status == 2
                    && older.errors.contains("the ledger goes on from its own log alone: an older one lacks what has"),
                "\(older.errors)")
            #expect(try await quorate("restart", "ledger").output == "ledger is started again, as its process 2\n")
            #expect(try await quorate("pause", "ledger").output == "ledger is paused\n")
            #expect(try await quorate("resume", "ledger").output == "ledger goes on\n")
            let injected = try await quorate(
                "fault", "inject", "ledger", "ledger-crash", "--for", "200ms", "--point", "persist")
            #expect(injected.status == 0, "\(injected.errors)")
            #expect(try await quorate("task", "submit", "squares", "13", "--wait").status == 0)
            // Dead again when the end comes.
            _ = try await quorate("kill", "ledger")
            let down = try await quorate("down")
            #expect(down.status == 0, "\(down.output)\(down.errors)")
            #expect(session.processes().isEmpty)
        }

        /// A coordinator whose guard was put back from a backup.
        @Test func aCoordinatorWithAnOlderGuardIsNotRevoked() async throws {
            try session.write(Networks.topology(tasks: 20, deadline: "800ms", window: "1200ms"), to: "small.yaml")
            _ = try await quorate("up", "small.yaml", "--detach")
            #expect(try await quorate("task", "submit", "squares", "12", "--wait").status == 0)
            let restarted = try await quorate("restart", "coordinator-squares", "--disk", "older")
            #expect(restarted.status == 0, "\(restarted.errors)")
            let refused = try await quorate("task", "submit", "squares", "13", "--wait")
            #expect(refused.status != 0 && refused.errors.contains("older than what others hold"), "\(refused.errors)")
            let log = try await quorate("logs", "coordinator-squares")
            #expect(log.output.contains("the guard is older than what"), "\(log.output)")
            let empty = try await quorate("restart", "coordinator-squares", "--disk", "empty")
            #expect(empty.status == 2 && empty.errors.contains("would issue its numbers again"), "\(empty.errors)")
            let down = try await quorate("down")
            #expect(!down.output.contains("revoked"), "\(down.output)")
        }
    }
}
