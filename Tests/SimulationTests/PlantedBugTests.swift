#if DEBUG
    import Primitives
    import Simulation
    import Staging
    import TestSupport
    import Testing
    import TopologyFormat
    import Verdicts

    /// Mistakes planted into the machines, the ledger's among them, make their oracle speak in a simulated run.
    @Suite(.computing) struct PlantedBugTests {
        private struct Case: CustomTestStringConvertible {
            let bug: PlantedBug
            let oracle: Oracle
            let operators: Int
            let faults: String
            let load: String

            init(
                _ bug: PlantedBug, _ oracle: Oracle, operators: Int = 3, faults: String = "[]",
                load: String = "{tasks: 2, rate: 10/s}"
            ) {
                self.bug = bug
                self.oracle = oracle
                self.operators = operators
                self.faults = faults
                self.load = load
            }

            var testDescription: String { bug.rawValue }

            func judged() throws -> Finding {
                let topology = try Scene.topology(
                    operators: "{count: \(operators), stake: equal, total: \(operators)00 SOL}",
                    network: "{dissemination: mesh, link: {latency: 20ms}}", service: "load: \(load)", faults: faults)
                var plan = try Scene.plan(topology)
                // An oracle is to find it, and not the machine itself.
                plan.checksInvariants = false
                plan.signatures = .ed25519
                return oracle.judge(RunHistory(try Simulator.run(plan).records))
            }
        }

        private static let cases = [
            Case(.atLeast, .weight, faults: "[{operator: op-3, does: silent}]"),
            Case(.noDomainTag, .weight),
            // An epoch of the default ledger ends after 1.6 seconds.
            Case(.epochNotPinned, .liveness, load: "{tasks: 200, rate: 100/s}"),
            Case(
                .stopAtQuorum, .completeness, operators: 4,
                faults: "[{operator: op-1, does: equivocate-split, at: task 0}]"),
            Case(
                .slashTwice, .exactlyOnce,
                faults: """
                    [{operator: op-3, does: equivocate, at: task 0},
                     {coordinator: squares, does: coordinator-crash, point: acknowledge, for: 200ms}]
                    """),
            Case(.invertedEvidenceCheck, .completeness, faults: "[{operator: op-3, does: equivocate, at: task 0}]"),
        ]

        @Test(arguments: cases) private func itsOracleSpeaks(_ planted: Case) throws {
            let without = try planted.judged()
            #expect(without.verdict == .holds || without.verdict == .notApplicable, "\(without.account)")
            let with = try PlantedBug.$current.withValue(planted.bug) { try planted.judged() }
            #expect(with.verdict == .violated, "\(with.account)")
        }
    }
#endif
