import Foundation
import Testing

/// `quorate bench` as a user would run it, with networks as small and short as it allows.
@Suite(.timeLimit(.minutes(2)), .serialized) struct BenchTests {
    private static let least = [
        "bench", "--operators", "3", "--dissemination", "star", "--load", "pipe", "--guard", "written", "--repeat", "1",
        "--seconds", "1",
    ]

    private func bench(_ session: CommandLineSession, _ more: String...) async throws -> CommandLineSession.Outcome {
        try await session.run(Self.least + more, environment: ["TMPDIR": session.directory.path])
    }

    /// What a bench prints with `--json`.
    private func document(_ session: CommandLineSession, _ arguments: [String]) async throws -> [String: Any] {
        let outcome = try await session.run(
            arguments + ["--json"], environment: ["TMPDIR": session.directory.path])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    /// What a reference program must print, whatever it does.
    private func reference(_ session: CommandLineSession, _ body: String) throws -> String {
        try session.write("#!/bin/sh\n\(body)\n", to: "reference")
        let path = session.directory.appending(path: "reference").path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func leftovers(_ session: CommandLineSession) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: session.directory.path)
            .filter { $0.hasPrefix("quorate-bench") }
    }

    @Test func aLineForUsTheReferenceAndTheRatios() async throws {
        let session = try CommandLineSession()
        let program = try reference(session, "echo '# n mode p50_us tasks_per_s'; echo \"$2 $4 1 1\"")
        let outcome = try await bench(session, "--against", program)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines.map { $0.split(separator: " ").prefix(3) }
                == ["quorate", "reference", "ratio"].map { [$0, "3", "pipe"] })
        #expect(try leftovers(session).isEmpty && session.processes().isEmpty)
    }

    @Test func oneDocumentOnStandardOutput() async throws {
        let session = try CommandLineSession()
        let document = try await document(session, Self.least)
        let result = try #require((document["results"] as? [[String: Any]])?.first)
        let figures = try #require(result["quorate"] as? [String: Any])
        #expect(result["n"] as? Int == 3 && result["reference"] is NSNull)
        #expect(try #require(figures["cpu_us_per_task"] as? Double) > 0)
        #expect(try #require(figures["resident_mib"] as? Double) > 1)
        #expect(figures["expired"] as? Double == 0)
    }

    @Test func aTopologyIsHeldAgainstItselfWithoutItsFaults() async throws {
        let session = try CommandLineSession()
        let faults = "[{operator: op-3, does: equivocate, at: task 5}, {operator: op-2, does: slow, delay: 300ms}]"
        let topology = Networks.topology(
            tasks: 60, faults: faults, expect: "{slashed: [op-3]}", deadline: "1s",
            window: "1s")
        try session.write(topology, to: "small.yaml")
        let document = try await document(session, ["bench", "faults", "small.yaml", "--repeat", "1"])
        let result = try #require((document["topologies"] as? [[String: Any]])?.first)
        for side in ["with", "without"] {
            let runs = try #require(result[side] as? [[String: Any]])
            #expect(runs.count == 1 && runs[0]["tasks"] as? Int == 60)
            #expect(try #require(runs[0]["peak_resident_bytes"] as? Int) > 1 << 20)
        }
        #expect(try leftovers(session).isEmpty && session.processes().isEmpty)

        try session.write(topology.replacing("does: slow", with: "does: slou"), to: "wrong.yaml")
        let refused = try await session.run("bench", "faults", "small.yaml", "wrong.yaml")
        #expect(refused.status == 2 && refused.errors.contains("wrong.yaml:"), "\(refused.errors)")
        try session.write(Networks.topology(tasks: 60), to: "sound.yaml")
        let pointless = try await session.run("bench", "faults", "sound.yaml")
        #expect(pointless.status == 2 && pointless.errors.contains("sound.yaml: has no faults"), "\(pointless.errors)")
    }

    private static let leastLedger = [
        "bench", "ledger", "--instructions", "1000", "--restakers", "1000", "--repeat", "1", "--seconds", "1",
    ]

    /// With a ledger process that is started, loaded and killed.
    @Test func theLedgerByItself() async throws {
        let session = try CommandLineSession()
        let document = try await document(session, Self.leastLedger + ["--section", "restart,durable"])
        let figures = try #require(document["figures"] as? [[String: Any]])
        #expect(figures.map { $0["section"] as? String } == ["restart", "restart", "durable", "durable"])
        #expect(figures.allSatisfy { ($0["median"] as? Double ?? 0) > 0 })
        #expect(try leftovers(session).isEmpty && session.processes().isEmpty)
    }

    @Test func theLedgersFiguresAreATable() async throws {
        let session = try CommandLineSession()
        let outcome = try await session.run(
            Self.leastLedger + ["--section", "evidence"], environment: ["TMPDIR": session.directory.path])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("# quorate"))
        #expect(lines[1].split(separator: " ").prefix(3) == ["section", "figure", "median"])
        #expect(lines[2].hasPrefix("evidence  verifications") && lines[2].contains("per_s"))
    }

    @Test func aReferenceThatFailsEndsItWithStatus2() async throws {
        let session = try CommandLineSession()
        let program = try reference(session, "echo out of luck >&2; exit 1")
        let outcome = try await bench(session, "--against", program)
        #expect(outcome.status == 2 && outcome.errors.contains("--against: \(program) exited(1): out of luck"))
        #expect(try leftovers(session).isEmpty && session.processes().isEmpty)
    }

    @Test func ctrlCLeavesNothingBehind() async throws {
        let session = try CommandLineSession()
        let child = try session.start(
            Self.least + ["--seconds", "60"], environment: ["TMPDIR": session.directory.path])
        // The bench itself, a ledger, a coordinator and three operators.
        await session.until { session.processes().count == 6 }
        kill(child.identifier, SIGINT)
        await child.ended()
        let outcome = try session.outcome(of: child)
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(try leftovers(session).isEmpty && session.processes().isEmpty)
    }
}
