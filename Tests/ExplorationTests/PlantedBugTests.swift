#if DEBUG
    import Primitives
    import Simulation
    import TestSupport
    import Testing
    import Verdicts

    @testable import Exploration

    /// Mistakes planted into the machines are run into, told by their oracle, after as many scenarios as the documentation says,
    /// and made small.
    @Suite(.computing) struct PlantedBugTests {
        private static let limit: UInt64 = 2_000

        private static var explored: [PlantedBug] {
            get throws {
                try PlantedBugPage().rows.filter { $0.scenarios != nil || PlantedBugPage.isUpdating }.map(\.bug)
            }
        }

        @Test(arguments: try explored)
        func `Each planted bug is found by its oracle after so many scenarios, and shrunk`(_ bug: PlantedBug)
            async throws
        {
            try await PlantedBug.$current.withValue(bug) {
                if PlantedBugPage.isUpdating { try await Self.update(bug) }
                // How many hold before it only the update finds out: it takes minutes.
                let row = try #require(try PlantedBugPage().row(of: bug))
                let number = try #require(row.scenarios)
                let scenario = Scenario(seed: Scenario.seed(number - 1, of: 1))
                var violation = try #require(try Violation(of: scenario.plan), "\(bug.rawValue)")
                guard case .violated(let oracle) = violation.trouble.kind else {
                    Issue.record("\(bug.rawValue): \(violation.trouble)")
                    return
                }
                #expect(oracle.rawValue == row.exploration, "\(bug.rawValue): \(violation.trouble)")
                violation.shrink()
                #expect(violation.trouble.kind == .violated(oracle))
                let size = PlanSize(of: violation.plan.topology)
                // Of a mistake at an epoch's opening, as many tasks as it takes for one to be on its way then, and as many
                // operators as it takes for the sets to differ by enough.
                let tasks = bug == .epochNotPinned || bug == .recordAgain ? 8 : 3
                let operators = bug == .epochNotPinned ? 5 : 4
                #expect(size.operators <= operators && size.tasks <= tasks, "\(bug.rawValue): \(size)")
                #expect(try Violation(of: violation.plan)?.trouble.kind == .violated(oracle))
            }
        }

        private static func update(_ bug: PlantedBug) async throws {
            let findings = await Explorer(seed: 1, runs: limit, jobs: 2).explore()
            let found = try #require(findings.troubled.last, "\(bug.rawValue)")
            guard case .violated(let oracle)? = found.troubles.first?.kind else { return }
            try PlantedBugPage.update(bug, exploration: oracle.rawValue, scenarios: found.number + 1)
        }
    }
#endif
