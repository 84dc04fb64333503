import Foundation
import Testing

extension EndToEnd {
    /// From a calibration to a simulation that is held against real runs, as small and short as can be.
    @Suite(.timeLimit(.minutes(3))) struct ValidateTests {
        private static let topology = """
            version: 1
            name: tiny
            seed: 7
            network: {dissemination: star}
            operators: {count: 3, stake: equal, total: 3 SOL}
            services:
              squares:
                module: squaring
                load: {tasks: 25, rate: 100/s}
                deadline: 500ms
                evidence-window: 500ms
            """

        private func document(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test func fromACalibrationToAComparison() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "tiny.yaml")
            let environment = ["TMPDIR": session.directory.path]
            let calibration = try await session.run(
                "calibrate", "--seconds", "1", "--output", "costs.json", environment: environment)
            #expect(calibration.status == 0, "\(calibration.output)\(calibration.errors)")
            #expect(calibration.output.contains("verify_ns"))
            let file = try document(
                String(contentsOf: session.directory.appending(path: "costs.json"), encoding: .utf8))
            let costs = try #require(file["costs"] as? [String: Int])
            #expect(costs.count == 16 && costs.values.allSatisfy { $0 >= 0 })
            #expect(try #require(costs["verify_ns"]) > #require(costs["sign_ns"]))
            #expect(try #require(costs["sign_ns"]) > #require(costs["execute_ns"]))

            let simulated = try await session.run(
                "simulate", "tiny.yaml", "--costs", "costs.json", "--cores", "2", "--run-directory", "lab")
            #expect(simulated.status == 0, "\(simulated.output)\(simulated.errors)")

            let table = try await session.run(
                "validate", "tiny.yaml", "--costs", "costs.json", environment: environment)
            #expect(table.status == 0, "\(table.output)\(table.errors)")
            #expect(table.output.contains("simulated / real") && table.output.contains("quorum latency p50, ms"))

            let result = try await session.run(
                "validate", "tiny.yaml", "--costs", "none", "--json", "--within", "0%", environment: environment)
            // Without any cost nothing takes any time, which no real run comes near.
            #expect(result.status == 1, "\(result.output)\(result.errors)")
            let comparison = try document(result.output)
            let real = try #require(comparison["real"] as? [String: Any])
            #expect(real["tasks"] as? Int == 25 && (comparison["ratio"] as? [String: Any])?["p50"] as? Double == 0)
            #expect(try #require(real["p50_ms"] as? Double) > 0)
            let leftovers = try FileManager.default.contentsOfDirectory(atPath: session.directory.path)
            #expect(!leftovers.contains { $0.hasPrefix("quorate-bench") } && session.processes().isEmpty)
        }

        @Test func whatIsWrongEndsItBeforeAnythingRuns() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "tiny.yaml")
            try session.write(
                Self.topology.replacing("module: squaring", with: "module: exec\n    command: [cat]"),
                to: "program.yaml")
            try session.write("{\"schema_version\": 1, \"costs\": {\"verify_ns\": \"slow\"}}", to: "costs.json")
            let cases: [([String], String)] = [
                (["validate", "nowhere.yaml"], "nowhere.yaml"),
                (["validate", "program.yaml"], "services.squares.module: exec runs a program"),
                (["shrink", "tiny.yaml", "--output", "no/such/place.yaml"], "no/such/place.yaml: cannot be written"),
                (["shrink", "tiny.yaml", "--costs", "nowhere.json"], "nowhere.json: cannot be read"),
                (["shrink", "5", "--costs", "none"], "leave them out"),
                (["simulate", "--scenario", "5", "--cores", "1"], "leave them out"),
                (["validate", "tiny.yaml", "--costs", "nowhere.json"], "nowhere.json: cannot be read"),
                (
                    ["validate", "tiny.yaml", "--costs", "costs.json"],
                    "costs.json:1:33: costs.verify_ns: \"slow\" is not a whole number of nanoseconds"
                ),
                (["simulate", "tiny.yaml", "--costs", "costs.json"], "costs.json:1:33: costs.verify_ns"),
                (["validate", "tiny.yaml", "--within", "0.15"], "0.15 is not a share; write 15%"),
                (["validate", "tiny.yaml", "--cores", "0"], "0 is not it; write per-node"),
                (["calibrate", "--output", "no/such/place.json"], "no/such/place.json: cannot be written"),
                (["calibrate", "--seconds", "0"], "--seconds"),
            ]
            for (arguments, message) in cases {
                let child = try session.start(arguments)
                await child.ended()
                let outcome = try session.outcome(of: child)
                #expect(outcome.status == 2 && outcome.output.isEmpty, "\(arguments)")
                #expect(outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
            }
        }
    }
}
