import Foundation
import Testing

extension EndToEnd {
    /// Real processes, real TCP, real keys, a real ledger: what a user would see of `quorate run`.
    @Suite(.timeLimit(.minutes(2))) struct RunTests {
        @Test(arguments: [
            ("mesh", "equivocate-split"), ("mesh", "equivocate"), ("star", "equivocate"),
        ])
        func anEquivocatorIsSlashedOnceAndTheRunReplays(dissemination: String, fault: String) async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                dissemination: dissemination, faults: "[{operator: op-3, does: \(fault), at: task 20}]",
                expect: "{slashed: [op-3], certified: 100%}")
            try session.write(topology, to: "small.yaml")

            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let results = try session.results()
            let slashes = try #require(results["slashes"] as? [[String: Any]])
            #expect(slashes.count == 1)
            #expect(slashes.first?["operator"] as? String == "op-3")
            #expect(slashes.first?["slashed_lamports"] as? String == "750000000", "5 % of 15 SOL")
            let tasks = try #require(results["tasks"] as? [String: Int])
            #expect(tasks == ["issued": 60, "certified": 60, "expired": 0, "open": 0, "never_issued": 0])

            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(replay.output.split(separator: "\n").count == 7, "a ledger, a coordinator, five operators")
            #expect(session.processes().isEmpty)
        }

        @Test func whoCrashesIsRestartedAndNeverSlashed() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                faults: "[{operator: op-5, does: crash, at: task 10, for: 300ms}]",
                expect: "{slashed: [], certified: 100%}")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let records = session.directory.appending(path: "runs/latest/records")
            #expect(FileManager.default.fileExists(atPath: records.appending(path: "op-5.2.qrec").path))
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        }

        @Test func aSilentThirdStopsTheQuorumAndNobodyIsSlashed() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                tasks: 10,
                faults: "[{operator: op-1, does: silent, at: start}, {operator: op-5, does: silent, at: start}]",
                expect: "{slashed: [], certified: 0%, verdicts: {liveness: not-applicable}}", deadline: "300ms",
                window: "500ms")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(
                try session.results()["tasks"] as? [String: Int] == [
                    "issued": 10, "certified": 0, "expired": 10, "open": 0, "never_issued": 0,
                ])
        }

        @Test func anExpectationThatIsNotMetIsExitStatusOne() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(tasks: 5, expect: "{slashed: [op-2]}", deadline: "1s", window: "1s")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml", "--json")
            #expect(run.status == 1, "\(run.output)\(run.errors)")
            let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(document["verdict"] as? String != "holds")
        }

        @Test func whenTheParentIsKilledItsChildrenEnd() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 4000), to: "small.yaml")
            let child = try session.start(["run", "small.yaml"])
            try await session.until { try session.errors(of: child).contains("running") }
            #expect(session.processes().count == 8, "the command, a ledger, a coordinator, five operators")
            kill(child.identifier, SIGKILL)
            await child.ended()
            await session.until { session.processes().isEmpty }
        }

        @Test func anInterruptedRunStopsInOrderAndIsJudged() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 4000), to: "small.yaml")
            let child = try session.start(["run", "small.yaml"])
            try await session.until { try session.errors(of: child).contains("running") }
            kill(child.identifier, SIGINT)
            await child.ended()
            let outcome = try session.outcome(of: child)
            #expect(outcome.status == 130, "\(outcome.output)\(outcome.errors)")
            #expect(session.processes().isEmpty)
            #expect(try session.results()["verdicts"] != nil)
        }
    }
}
