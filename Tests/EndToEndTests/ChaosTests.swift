import Foundation
import Testing

extension EndToEnd {
    /// Faults that a seed draws, as a user would see them.
    @Suite(.timeLimit(.minutes(2))) struct ChaosTests {
        private static let chaos = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Topologies/faults/chaos.yaml").path
        private static let quickstart = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Topologies/quickstart.yaml").path

        @Test func whatWillHappenIsShownAsATopology() async throws {
            let session = try CommandLineSession()
            let shown = try await session.run("topology", "show", Self.chaos, "--chaos", "--seed", "7")
            #expect(shown.status == 0 && !shown.output.contains("\nchaos:") && shown.output.contains("does: "))
            let other = try await session.run("topology", "show", Self.chaos, "--chaos", "--seed", "8")
            #expect(other.status == 0 && other.output != shown.output)
            let plain = try await session.run("topology", "show", Self.chaos)
            #expect(plain.status == 0 && plain.output.contains("\nchaos: {every: ") && !plain.output.contains("does: "))

            // The same run, drawn or written out.
            try session.write(shown.output, to: "shown.yaml")
            var audits: [String] = []
            for (file, directory) in [(Self.chaos, "drawn"), ("shown.yaml", "written")] {
                let run = try await session.run(
                    "simulate", file, "--seed", "7", "--signatures", "modelled", "--run-directory", directory)
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                #expect(
                    run.errors.contains("quorate topology show \(file) --chaos --seed 7") == (directory == "drawn"),
                    "\(run.errors)")
                let simulation = try session.results(in: directory)["simulation"] as? [String: Any]
                audits.append(try #require(simulation?["audit"] as? String))
            }
            #expect(audits[0] == audits[1])
        }

        @Test func whatCannotBeShownIsSaid() async throws {
            let session = try CommandLineSession()
            let none = try await session.run("topology", "show", Self.quickstart, "--chaos")
            #expect(none.status == 2 && none.errors.contains("it has no chaos; write chaos: {every: 5s}"))
            let alone = try await session.run("topology", "show", Self.chaos, "--seed", "7")
            #expect(alone.status == 2 && alone.errors.contains("they go with --chaos"))
            let text = try String(contentsOfFile: Self.chaos, encoding: .utf8).replacing("seed: 42\n", with: "")
            try session.write(text, to: "seedless.yaml")
            let seedless = try await session.run("topology", "show", "seedless.yaml", "--chaos")
            #expect(seedless.status == 2 && seedless.errors.contains("it has no seed, so each run draws its own"))
        }

        @Test func aRealRunHasItAndIsMeasured() async throws {
            let session = try CommandLineSession()
            let run = try await session.run(
                "run", Self.chaos, "--duration", "6s", "--seed", "3", "--measure-every", "250ms", "--run-directory",
                "storm")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.errors.contains("chaos: ") && run.errors.contains("--chaos --duration 6s --seed 3"))
            let report = try await session.run("report", "storm")
            #expect(report.status == 0 && report.output == run.output, "whoever judges draws the same")
            let growth = try await session.run("growth", "storm", "--json")
            #expect(growth.status == 0, "\(growth.output)\(growth.errors)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(growth.output.utf8)) as? [String: Any])
            let memory = try #require(document["memory"] as? [[String: Any]])
            let files = try #require(document["files"] as? [[String: Any]])
            #expect(Set(memory.compactMap { $0["name"] as? String }).isSuperset(of: ["ledger", "op-1"]))
            #expect(
                files.compactMap { $0["name"] as? String } == ["records", "guards", "ledger", "logs", "configurations"])
            #expect(session.processes().isEmpty)
        }

        @Test func aRunThatWasNotMeasuredHasNoGrowth() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 20), to: "small.yaml")
            let run = try await session.run("simulate", "small.yaml", "--run-directory", "lab")
            #expect(run.status == 0, "\(run.errors)")
            let growth = try await session.run("growth", "lab")
            #expect(growth.status == 2 && growth.errors.contains("lab: nothing was measured while it ran"))
        }
    }
}
