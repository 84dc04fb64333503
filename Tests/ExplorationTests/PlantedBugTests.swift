#if DEBUG
    import Primitives
    import Simulation
    import TestSupport
    import Testing
    import Verdicts

    @testable import Exploration

    /// Mistakes planted into the machines are run into, told by their oracle, and made small.
    ///
    /// Those in the check of signatures are not among them: no adversary forges a vote yet.
    @Suite(.computing) struct PlantedBugTests {
        private static let runs: UInt64 = 2_000

        @Test(
            arguments: [
                (.countHeads, .weight), (.atLeast, .weight), (.noDomainTag, .innocence), (.stopAtQuorum, .completeness),
                (.epochNotPinned, .liveness), (.slashTwice, .exactlyOnce), (.invertedEvidenceCheck, .completeness),
                (.forgetEvidence, .completeness),
            ] as [(PlantedBug, Oracle)])
        func isFoundByItsOracleAndShrunk(_ bug: PlantedBug, _ oracle: Oracle) async throws {
            try await PlantedBug.$current.withValue(bug) {
                let findings = await Explorer(seed: 3, runs: Self.runs, jobs: 2).explore()
                let found = try #require(findings.troubled.last)
                #expect(found.troubles.first?.kind == .violated(oracle), "\(found.troubles)")
                #expect(found.number < Self.runs)
                var violation = try #require(try Violation(of: Scenario(seed: found.seed).plan))
                violation.shrink()
                #expect(violation.trouble.kind == .violated(oracle))
                let size = PlanSize(of: violation.plan.topology)
                #expect(size.operators <= 4 && size.tasks <= 3, "\(size)")
                #expect(try Violation(of: violation.plan)?.trouble.kind == .violated(oracle))
            }
        }
    }
#endif
