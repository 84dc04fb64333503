import Foundation
import Testing

extension Commands {
    /// What a user would see of `quorate compare-policies`.
    @Suite(.timeLimit(.minutes(5)), .serialized) struct PolicyCommandTests {
        private static let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        private static func file(_ name: String) -> String { project.appending(path: "Topologies/\(name).yaml").path }

        @Test func theReadmesTableIsWhatIsPrinted() async throws {
            let session = try CommandLineSession()
            let compared = try await session.run(
                "compare-policies", Self.file("two-services"), "--signatures", "modelled")
            #expect(compared.status == 0, "\(compared.errors)")
            let readme = try String(contentsOf: Self.project.appending(path: "README.md"), encoding: .utf8)
            let table = try #require(
                compared.output.components(separatedBy: "\n\n").first { $0.hasPrefix("what restakers lost") })
            #expect(readme.contains(table), "\(table)")
            #expect(compared.output.contains("as in solayer-docs: 2s and 550ms to submit what was seen outlast"))
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "runs").path))
        }

        /// What is written is what was simulated.
        @Test func aPolicyIsLeftAsATopologyThatComesToTheSame() async throws {
            let session = try CommandLineSession()
            let compared = try await session.run(
                "compare-policies", Self.file("veto"), "--policy", "ledger.veto=none; services.*.slash.to=op-1",
                "--write", "policies", "--json")
            #expect(compared.status == 0, "\(compared.errors)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any])
            let policies = try #require(document["policies"] as? [[String: Any]])
            #expect(policies.map { $0["to_others_lamports"] as? String } == ["0", "9500000000"])
            #expect(policies.map { $0["slashes_vetoed"] as? Int } == [1, 0])

            let run = try await session.run("simulate", "policies/1.yaml", "--run-directory", "lab")
            // The file expects op-2 to be let off.
            #expect(run.status == 1 && run.output.contains("op-2"), "\(run.output)")
            let explained = try await session.run("ledger", "explain", "op-2", "lab")
            #expect(explained.output.contains("-5.000000000 SOL"))
        }

        @Test(arguments: [
            (
                ["--policy", "ledger.allocation=uniqe"],
                "ledger.allocation: uniqe is not an allocation; did you mean unique?"
            ),
            (["--policy", "allocation"], "--policy \"allocation\": allocation is not a setting"),
            (["--policy", "seed=7"], "seed is the same under every policy; leave it out"),
            (["--policy", "ledger.veto=none; ledger.veto=1 epoch"], "ledger.veto is set twice"),
            (["--policy", ""], "nothing is set; write ledger.allocation=unique"),
            (["--write", "."], ".: cannot be made: File exists"),
            (["--inputs"], "--inputs is for a run's records"),
            (["--tasks", "0"], "0 is not within"),
        ])
        func whatCannotBeComparedIsNamed(arguments: [String], error: String) async throws {
            let session = try CommandLineSession()
            let outcome = try await session.run(["compare-policies", Self.file("veto")] + arguments)
            #expect(outcome.status == 2 && outcome.errors.contains(error), "\(outcome.errors)")
        }
    }
}
