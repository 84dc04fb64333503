import Foundation
import Testing

extension Commands {
    /// What a user would see of `quorate simulate`.
    @Suite(.timeLimit(.minutes(5)), .serialized) struct SimulateTests {
        private static let topologies = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Topologies")

        private static func topology(_ name: String) -> String { topologies.appending(path: "\(name).yaml").path }

        /// Every topology that comes with Quorate, but for those that run programs.
        private static let simulated: [String] = {
            let names = try! FileManager.default.contentsOfDirectory(atPath: topologies.path).filter {
                $0.hasSuffix(".yaml")
            }
            return names.filter { name in
                let text = try! String(contentsOf: topologies.appending(path: name), encoding: .utf8)
                return !text.contains("module: exec")
            }.map { String($0.dropLast(".yaml".count)) }.sorted()
        }()

        /// What a run leaves, by its path within the directory.
        private func files(below directory: URL) throws -> [String: Data] {
            let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            var files: [String: Data] = [:]
            for name in names {
                let file = directory.appending(path: name)
                let isDirectory = try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory ?? false
                if !isDirectory { files[name] = try Data(contentsOf: file) }
            }
            return files
        }

        /// Two processes that have nothing in common but the build: other surroundings, other hash seeds, another place.
        @Test func oneSeedGivesOneRunToTheByte() async throws {
            let sessions = try [CommandLineSession(), CommandLineSession()]
            let environments = [
                ["SWIFT_DETERMINISTIC_HASHING": "1", "TZ": "UTC", "LC_ALL": "C"],
                ["TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "HOME": "/", "QUORATE_WHATEVER": "x"],
            ]
            var found: [[String: Data]] = []
            for (session, environment) in zip(sessions, environments) {
                let run = try await session.run(
                    "simulate", Self.topology("quickstart"), "--run-directory", "lab", environment: environment)
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                #expect(run.errors.contains("seed 42"))
                found.append(try files(below: session.directory.appending(path: "lab")))
                let results = try session.results(in: "lab")
                #expect(results["verdict"] as? String == "holds")
                #expect(results["mode"] as? String == "simulated")
            }
            #expect(found[0].keys.sorted() == found[1].keys.sorted())
            #expect(found[0].keys.contains("records/op-3.1.qrec"))
            let differing = found[0].keys.filter { found[0][$0] != found[1][$0] }
            #expect(Set(differing).isSubset(of: ["run.json", "outcome.json"]), "they alone tell of real time")
        }

        @Test func anotherSeedGivesAnotherRun() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 5), to: "small.yaml")
            var audits: Set<String> = []
            for seed in ["1", "2", "1"] {
                let run = try await session.run("simulate", "small.yaml", "--seed", seed, "--json")
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                let document = try #require(
                    try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
                let simulation = try #require(document["simulation"] as? [String: Any])
                audits.insert(try #require(simulation["audit"] as? String))
                #expect(run.errors.contains(" simulated seconds per second, "))
            }
            #expect(audits.count == 2)
        }

        @Test(arguments: simulated)
        func everyTopologyIsAsItExpects(name: String) async throws {
            let session = try CommandLineSession()
            let run = try await session.run("simulate", Self.topology(name), "--signatures", "modelled")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
        }

        @Test func whatWasSimulatedWithInputsReplays() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                faults: "[{operator: op-3, does: equivocate-split, at: task 20}, "
                    + "{operator: op-5, does: crash, at: task 10, for: 300ms}]",
                expect: "{slashed: [op-3], certified: 100%}")
            try session.write(topology, to: "small.yaml")
            for signatures in ["ed25519", "modelled"] {
                let run = try await session.run("simulate", "small.yaml", "--inputs", "--signatures", signatures)
                #expect(run.status == 0, "\(run.output)\(run.errors)")
                let replay = try await session.run("replay", "runs/latest")
                #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
                let lines = replay.output.split(separator: "\n")
                #expect(lines.count == 8, "a ledger, a coordinator, five operators, one of them twice")
                #expect(lines.allSatisfy { $0.contains(": identical (") }, "\(replay.output)")
                let report = try await session.run("report")
                #expect(report.status == 0 && report.output == run.output, "\(report.output)")
            }
            _ = try await session.run("simulate", "small.yaml")
            let none = try await session.run("replay", "runs/latest")
            #expect(none.status == 2)
            #expect(none.errors.contains("was simulated without --inputs"))
            #expect(none.errors.contains("--seed 7 --costs standard --cores per-node --signatures ed25519 --inputs"))
            let list = try await session.run("runs")
            #expect(list.output.matches(of: /modelled/).count == 1 && list.output.matches(of: /simulated/).count == 2)
        }

        @Test func whatAModelledRunLeavesIsNoProof() async throws {
            let session = try CommandLineSession()
            let topology = Networks.topology(
                faults: "[{operator: op-3, does: equivocate, at: task 20}]", expect: "{slashed: [op-3]}")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("simulate", "small.yaml", "--signatures", "modelled")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let slash = try #require((try session.results()["slashes"] as? [[String: Any]])?.first)
            let proof = "runs/latest/" + (try #require(slash["proof"] as? String))
            let export = try await session.run("export", "runs/latest", "--certificate", "3", "--output", "three.borsh")
            #expect(export.status == 0 && export.output.contains("proves nothing outside its simulation"))
            for file in [proof, "three.borsh"] {
                let verify = try await session.run("verify", file)
                #expect(verify.status == 1)
                #expect(
                    verify.output.contains(
                        "invalid: its signatures are modelled: it proves nothing outside its simulation"))
            }
            let solana = try await session.run("export", proof, "--solana")
            #expect(solana.status == 1)
            let page = try String(
                contentsOf: session.directory.appending(path: "runs/latest/report.html"), encoding: .utf8)
            #expect(page.contains("Modelled signatures: "))
        }

        @Test func aTraceGoesToStandardOutputAndTheSummaryBesideIt() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 3), to: "small.yaml")
            let run = try await session.run("simulate", "small.yaml", "--trace", "--only", "op-1", "--task", "2")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.contains("op-1") && !run.output.contains("verdict"))
            #expect(run.errors.contains("verdict         holds"))
        }

        @Test func aFailureNamesTheCommandThatShowsItAgain() async throws {
            let session = try CommandLineSession()
            try session.write(Networks.topology(tasks: 5, expect: "{slashed: [op-2]}"), to: "small.yaml")
            let first = try await session.run("simulate", "small.yaml", "--costs", "none", "--run-directory", "lab")
            #expect(first.status == 1, "\(first.output)\(first.errors)")
            let line = try #require(first.output.split(separator: "\n").first { $0.hasPrefix("see it again") })
            let words = line.dropFirst("see it again".count).split(separator: " ").map(String.init)
            #expect(words.first == "quorate" && words.contains("--seed"))
            let again = try session.start(Array(words.dropFirst()) + ["--run-directory", "again"])
            await again.ended()
            #expect(try session.outcome(of: again).status == 1)
            #expect(
                try files(below: session.directory.appending(path: "lab/records"))
                    == files(below: session.directory.appending(path: "again/records")))
        }
    }
}
