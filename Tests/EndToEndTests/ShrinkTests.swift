import Foundation
import Testing

extension Commands {
    /// What violates an oracle becomes small, and the file says how to see it and how it was made.
    @Suite(.timeLimit(.minutes(2)), .serialized) struct ShrinkTests {
        private static let topology = """
            version: 1
            name: late
            seed: 3
            network: {dissemination: star, link: {latency: 20ms}}
            operators: {count: 5, stake: equal, total: 5 SOL}
            services:
              squares:
                module: squaring
                load: {tasks: 40, rate: 50/s}
                deadline: 45ms
                evidence-window: 2s
            """

        @Test func whatIsMadeSmallIsSeenByTheCommandThatStandsInIt() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology, to: "late.yaml")
            let outcome = try await session.run("shrink", "late.yaml", "--costs", "slow", "--output", "small.yaml")
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(outcome.errors.contains("1 operator, 0 restakers, 1 service, 1 task"), "\(outcome.errors)")
            let small = try String(contentsOf: session.directory.appending(path: "small.yaml"), encoding: .utf8)
            #expect(small.contains("# Made by: quorate shrink late.yaml --costs slow\n"))
            let lines = small.split(separator: "\n")
            let command = try #require(lines.first { $0.hasPrefix("# To see it: quorate ") })
            let child = try session.start(
                command.dropFirst("# To see it: quorate ".count).split(separator: " ").map(String.init))
            await child.ended()
            let seen = try session.outcome(of: child)
            #expect(seen.status == 1 && seen.output.contains("liveness is violated"), "\(seen.output)\(seen.errors)")
        }

        @Test func whatViolatesNothingIsNotShrunk() async throws {
            let session = try CommandLineSession()
            try session.write(Self.topology.replacing("45ms", with: "1s"), to: "well.yaml")
            let outcome = try await session.run("shrink", "well.yaml", "--output", "small.yaml")
            #expect(outcome.status == 2 && outcome.errors.contains("well.yaml: every oracle holds"))
            #expect(!FileManager.default.fileExists(atPath: session.directory.appending(path: "small.yaml").path))
        }
    }
}
