import Foundation
import Testing

extension EndToEnd {
    /// Cheats and deaths beyond one operator's, with real processes.
    @Suite(.timeLimit(.minutes(4))) struct AccountabilityTests {
        /// What the ledger was asked for, and what it answered, a line each.
        private static func instructions(_ session: CommandLineSession) async throws -> [String] {
            let trace = try await session.run("replay", "runs/latest", "--node", "ledger", "--trace")
            return trace.output.split(separator: "\n").filter { $0.contains("note: instruction") }.map(String.init)
        }

        /// The table of kill points: wherever the coordinator dies between two votes and the ledger's receipt, once it
        /// is back the slash has happened, once, and nothing that was certified is missing.
        @Test func aCoordinatorThatDiesOnTheWayToASlashChangesNothing() async throws {
            let deaths = [
                ("mesh", "detect"), ("star", "persist"), ("mesh", "submit"), ("star", "acknowledge"),
                ("star", "detect"),
            ]
            try await forEachAtOnce(deaths) { try await Self.aCoordinatorDies($0, at: $1) }
        }

        private static func aCoordinatorDies(_ dissemination: String, at point: String) async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                dissemination: dissemination, tasks: 30,
                faults: """
                    [{operator: op-3, does: equivocate, at: task 10},
                     {coordinator: squares, does: coordinator-crash, point: \(point), for: 300ms}]
                    """,
                expect: "{slashed: [op-3], certified: 100%}", deadline: "2s", window: "2500ms")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.errors.contains("coordinator-squares is started again"))
            #expect((try session.results()["slashes"] as? [Any])?.count == 1)
            let instructions = try await instructions(session)
            #expect(instructions.count { $0.contains("evidence against op-3 about squares 10: applied") } == 1)
            let unsettled = (0..<30).filter { number in
                !instructions.contains { $0.contains("certificate of squares \(number),") && $0.hasSuffix("applied") }
            }
            #expect(unsettled.isEmpty)
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(session.processes().isEmpty)
        }

        @Test func withTheCoordinatorGoneForGoodItsOperatorsSubmitWhatTheyHold() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                tasks: 30,
                faults: """
                    [{operator: op-3, does: equivocate, at: task 10},
                     {coordinator: squares, does: coordinator-crash, point: detect}]
                    """,
                expect: "{slashed: [op-3]}", deadline: "1s", window: "1500ms")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let instructions = try await Self.instructions(session)
            #expect(!instructions.contains { $0.contains("by coordinator-squares: certificate") })
            #expect(instructions.contains { $0.contains("certificate of squares 9,") && $0.hasSuffix("applied") })
            #expect(instructions.count { $0.contains("evidence against op-3 about squares 10: applied") } == 1)
        }

        /// 40 % and 25 % collude, or 25 % and 5 %.
        @Test(arguments: [(true, "op-1, op-2"), (false, "op-2, op-5")])
        func whoColludesWithACoordinatorIsSlashedBeyondAThirdAndBelowIt(isBeyond: Bool, names: String) async throws {
            let session = try CommandLineSession()
            let stakes = isBeyond ? [40, 25, 12, 12, 11] : [24, 25, 23, 23, 5]
            let operators = stakes.enumerated().map { "  op-\($0 + 1): {stake: \($1) SOL}" }.joined(separator: "\n")
            let topology = Networks.topology(
                tasks: 20,
                faults: """
                    [{coordinator: squares, does: coordinator-equivocates, at: task 10},
                     {operators: [\(names)], does: collusion}]
                    """,
                expect: """
                    {slashed: [\(names)], revoked: [squares],
                     verdicts: {accountability: \(isBeyond ? "holds" : "not-applicable")}}
                    """, deadline: "1s", window: "1500ms"
            ).replacing(Networks.operators, with: "operators:\n\(operators)")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        }

        @Test func aSlashInOneServiceTakesTheSeatInTheOther() async throws {
            let session = try CommandLineSession()
            let second = """
                  audits:
                    module: squaring
                    threshold: 3/5
                    operators: [op-2, op-3, op-4]
                    load: {tasks: 40, rate: 20/s}
                    deadline: 2s
                    evidence-window: 2500ms
                faults:
                """
            let topology = Networks.topology(
                tasks: 40, faults: "[{operator: op-3, does: equivocate, at: task 10, service: squares}]",
                expect: "{slashed: [op-3], certified: 100%}"
            ).replacing("faults:", with: second.replacing("\n      ", with: "\n"))
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let slash = try #require((try session.results()["slashes"] as? [[String: Any]])?.first)
            let seats = try #require(slash["seats"] as? [[String: Any]])
            #expect(seats.map { $0["service"] as? String } == ["squares", "audits"])
            #expect(seats[1]["total_before_lamports"] as? String == "60000000000")
            #expect(seats[1]["total_after_lamports"] as? String == "45000000000")
            #expect((seats[1]["coordinator_ms"] as? Double ?? -1) > 0)
        }
    }
}
