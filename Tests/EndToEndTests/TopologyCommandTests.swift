import Foundation
import Testing

extension Commands {
    /// Topologies written out, their schema, and new ones, as a user would get them.
    @Suite(.timeLimit(.minutes(2)), .serialized) struct TopologyCommandTests {
        static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Topologies")

        static func topologies() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
                .map { folder.appending(path: $0).path }
        }

        @Test func whatIsShownIsTheSameTopology() async throws {
            let session = try CommandLineSession()
            let star = Self.folder.appending(path: "star.yaml").path
            let shown = try await session.run("topology", "show", star)
            #expect(shown.status == 0 && shown.output.contains("\n  op-16: {stake: "), "\(shown.errors)")
            try session.write(shown.output, to: "star.yaml")
            let again = try await session.run("topology", "show", "star.yaml")
            #expect(again.output == shown.output)
            try session.write("version: 1", to: "bad.yaml")
            let bad = try await session.run("topology", "show", "bad.yaml")
            #expect(bad.status == 2 && bad.output.isEmpty && bad.errors.contains("bad.yaml:1:1: name is missing"))
        }

        @Test func aNewTopologyOverwritesNothing() async throws {
            let session = try CommandLineSession()
            try session.write("mine", to: "lab.yaml")
            let refused = try await session.run("init", "lab.yaml")
            #expect(refused.status == 2 && refused.errors.contains("lab.yaml: is there already"), "\(refused.errors)")
            let file = session.directory.appending(path: "lab.yaml")
            #expect(try String(contentsOf: file, encoding: .utf8) == "mine")
            let own = try await session.run("init", "lab.yaml", "--module", "exec")
            #expect(own.status == 2 && own.errors.contains("lab.yaml: is there already"), "\(own.errors)")
            let program = session.directory.appending(path: "service.py")
            #expect(!FileManager.default.fileExists(atPath: program.path), "both or neither")
            #expect(try await session.run("init", "own.yaml", "--module", "exec").status == 0)
            let second = try await session.run("init", "other.yaml", "--module", "exec")
            #expect(second.status == 2 && second.errors.contains("service.py: is there already"), "\(second.errors)")
            let nowhere = try await session.run("init", "no/lab.yaml")
            #expect(
                nowhere.status == 2 && nowhere.errors.contains("no/lab.yaml: cannot be written"), "\(nowhere.errors)")
            let unknown = try await session.run("init", "--module", "sqaring")
            #expect(unknown.status == 2 && unknown.errors.contains("did you mean squaring?"), "\(unknown.errors)")
        }

        /// Every key that the format has.
        private static let everyKey = """
            version: 1
            name: lab
            seed: 7
            ledger: {preset: fast, slot: 50ms, slots-per-epoch: 32, unbonding-epochs: 2}
            network:
              dissemination: mesh
              link: {latency: 2ms, jitter: 500us, loss: 1%, duplicate: 0.1%, reorder: 1/9, bandwidth: 100 Mbit/s}
              partitions:
                - {between: [op-1, coordinator-squares], and: rest, at: 2s, for: 1s, one-way: true}
                - {between: op-1..op-2, and: ledger, one-way: false}
                - {isolate: [op-1, coordinator-squares], for: 1s}
                - {halves: all, at: 1s}
                - {ring: [op-1, op-2, coordinator-squares, ledger]}
              changes:
                - {between: op-1, and: rest, at: 2s, for: 1s, one-way: true, latency: 80ms, jitter: 10ms}
                - {loss: 1%, duplicate: 0.1%, reorder: 1/9, bandwidth: 1 Mbit/s}
            guard: written
            operators:
              op-1: {stake: 3 SOL, services: [squares]}
              op-2: {stake: 3 SOL}
            restakers: {r-1: {deposit: 2 SOL, delegate: {op-1: 1 SOL}}}
            services:
              squares:
                module: squaring
                threshold: 2/3
                accountability: required
                operators: [op-1..op-2]
                slash: {equivocation: 5%}
                load: {tasks: 9, rate: 5/s, arrival: poisson}
                deadline: 1s
                evidence-window: 2s
              audits: {module: squaring, operators: op-2, load: {in-flight: 2}}
              digests:
                module: exec
                command: [sh, digest.sh]
                time-limit: 500ms
                memory-limit: 64 MiB
                output-limit: 1 KiB
                validate: results
                load: {tasks: 9, rate: 5/s, payload: "${random}"}
            chaos: {every: 5s, lasting: 1s, of: [silent, partition, churn], within: 3/4}
            faults:
              - {operator: op-1, does: equivocate, service: squares, at: task 3, for: 2 tasks, probability: 1/2}
              - {coordinator: audits, does: coordinator-crash, point: detect, for: 1s}
              - {operators: [op-2], does: silent}
            timeline: []
            expect:
              slashed: [op-1]
              revoked: []
              certified: {at-least: 0%, at-most: 100%}
              quorum-latency: {p50: {at-most: 1s}, p90: {at-most: 1s}, p99: {at-most: 1s}, p999: {at-most: 1s}, max: {at-most: 1s}}
              verdicts: {agreement: holds, accountability: holds, innocence: holds, completeness: holds, exactly-once: holds, conservation: holds, weight: holds, liveness: violated}
            """

        private static let generated = """
            version: 1
            name: lab
            network: {link: {jitter: 1ms}, regions: {us-east-1: [op-1, coordinator-squares], ap-south-1: op-2..op-3}}
            operators: {count: 3, stake: zipf(0.5), total: 3 SOL}
            services: {squares: {module: squaring}}
            expect: {slashed: op-1, certified: 100%}
            """

        @Test(.enabled(if: ExternalChecks.isSetUp, ExternalChecks.reason))
        func aValidatorThatIsNotOursAgreesWithTheReader() async throws {
            let session = try CommandLineSession()
            try session.write(Self.everyKey, to: "every-key.yaml")
            try session.write(Self.generated, to: "generated.yaml")
            let files = ["every-key.yaml", "generated.yaml", "--"] + (try Self.topologies())
            let outcome = try await ExternalChecks.run("agrees_on_topologies.py", on: files, in: session)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains(" refused by both"))
        }
    }
}
