#if DEBUG
    import Foundation
    import Primitives
    import TestSupport
    import Testing

    extension EndToEnd {
        /// Mistakes planted into the processes of a real run make the oracle speak that the documentation names, and without
        /// them it is content.
        @Suite(.timeLimit(.minutes(3))) struct PlantedBugTests {
            @Test func `Each planted bug is caught by its oracle in a real run`() async throws {
                let rows = try PlantedBugPage().rows
                #expect(rows.map(\.bug) == PlantedBug.allCases)
                let session = try CommandLineSession()
                try await forEachAtOnce(rows.flatMap { [($0, false), ($0, true)] }) { row, isPlanted in
                    try await Self.check(row, isPlanted: isPlanted, session)
                }
                #expect(session.processes().isEmpty)
            }

            private static func check(
                _ row: PlantedBugPage.Row, isPlanted: Bool, _ session: CommandLineSession
            ) async throws {
                let oracle = try #require(row.realRun, "\(row.bug.rawValue)")
                let name = "\(row.bug.rawValue)-\(isPlanted ? "with" : "without")"
                try session.write(scene(of: row.bug).topology, to: "\(name).yaml")
                let environment =
                    isPlanted ? [PlantedBug.variable: scene(of: row.bug).planted ?? row.bug.rawValue] : [:]
                let run = try await session.run(
                    ["run", "\(name).yaml", "--run-directory", name], environment: environment)
                let verdicts = try #require(
                    try session.results(in: name)["verdicts"] as? [[String: Any]], "\(name): \(run.errors)")
                let finding = try #require(verdicts.first { $0["oracle"] as? String == oracle })
                let verdict = finding["verdict"] as? String
                let account = finding["account"] as? String ?? ""
                if isPlanted {
                    #expect(verdict == "violated" && run.status == 1, "\(name): \(account)")
                    #expect((finding["violations"] as? [Any])?.isEmpty == false, "\(name)")
                } else {
                    #expect(verdict != "violated", "\(name): \(account)")
                }
            }
        }
    }

    /// What somebody has to do wrong for a mistake to show.
    private struct Scene {
        var operators = "{count: 3, stake: equal, total: 300 SOL}"
        var dissemination = "mesh"
        var latency = "1ms"
        var load = "{tasks: 5, rate: 20/s}"
        var deadline = "500ms"
        var window = "500ms"
        var faults = "[]"
        /// Nil: the bug itself, in every process.
        var planted: String?

        var topology: String {
            """
            version: 1
            name: planted
            seed: 7
            network: {dissemination: \(dissemination), link: {latency: \(latency)}}
            operators: \(operators)
            services:
              squares:
                module: squaring
                threshold: 2/3
                slash: {equivocation: 5%}
                load: \(load)
                deadline: \(deadline)
                evidence-window: \(window)
            faults: \(faults)

            """
        }
    }

    private let fourEqual = "{count: 4, stake: equal, total: 400 SOL}"

    private func scene(of bug: PlantedBug) -> Scene {
        switch bug {
        case .countHeads:
            Scene(
                operators:
                    "{op-1: {stake: 1000 SOL}, op-2: {stake: 10 SOL}, op-3: {stake: 10 SOL}, op-4: {stake: 10 SOL}}",
                faults: "[{operator: op-1, does: silent}]")
        case .atLeast: Scene(faults: "[{operator: op-3, does: silent}]")
        case .noDomainTag, .narrowSquare: Scene()
        case .skipSignature: Scene(planted: "skip-signature,no-domain-tag@op-3")
        case .stopAtQuorum:
            Scene(
                operators: fourEqual, window: "1s",
                faults: "[{operator: op-1, does: equivocate-split, at: task 0}]")
        // Tasks are on their way while an epoch opens, after 1.6 seconds.
        case .epochNotPinned:
            Scene(latency: "100ms", load: "{tasks: 100, rate: 40/s}", deadline: "1s", window: "1s")
        case .signBeforeSync:
            Scene(
                operators: fourEqual, load: "{tasks: 40, rate: 40/s}",
                faults: "[{operator: op-1, does: crash, at: task 10, for: 200ms}]")
        // The numbers of before would be those of another epoch.
        case .guardPerProcess:
            Scene(
                operators: fourEqual, load: "{tasks: 60, rate: 20/s}",
                faults: "[{coordinator: squares, does: coordinator-crash, at: 1800ms, for: 100ms}]")
        case .slashTwice:
            Scene(
                load: "{tasks: 2, rate: 10/s}", window: "1s",
                faults: "[{operator: op-3, does: equivocate, at: task 0}, "
                    + "{coordinator: squares, does: coordinator-crash, point: acknowledge, for: 200ms}]")
        case .invertedEvidenceCheck:
            Scene(
                load: "{tasks: 2, rate: 10/s}", window: "1s",
                faults: "[{operator: op-3, does: equivocate, at: task 0}]")
        case .burnFromWrongBucket:
            Scene(
                operators: fourEqual, load: "{tasks: 2, rate: 10/s}", window: "1s",
                faults: "[{operator: op-3, does: equivocate, at: task 0}]")
        // Back in time to be told again, in a star, where nobody else has seen both votes.
        case .forgetEvidence:
            Scene(
                dissemination: "star", load: "{tasks: 2, rate: 10/s}", window: "2500ms",
                faults: "[{operator: op-3, does: equivocate, at: task 0}, "
                    + "{coordinator: squares, does: coordinator-crash, point: persist, for: 100ms}]")
        case .recordAgain:
            Scene(
                load: "{tasks: 200, rate: 200/s}", deadline: "1s", window: "1s",
                faults: "[{operator: op-3, does: silent}]")
        }
    }
#endif
