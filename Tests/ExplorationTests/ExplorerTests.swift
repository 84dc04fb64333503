import Faults
import Messages
import Primitives
import Simulation
import TestSupport
import Testing
import TopologyFormat
import Verdicts

@testable import Exploration

@Suite struct ExplorerTests {
    /// A few hundred networks, and whatever there is of adversaries and oracles. Whoever breaks a rule of the protocol
    /// is most likely told so here first.
    @Test(.computing) func hundredsOfScenariosHold() async {
        let findings = await Explorer(seed: 2, runs: 400, jobs: 2, keepsGoing: true).explore()
        let accounts = findings.troubled.map { "\($0.seed): \($0.troubles)" }
        #expect(findings.troubled.isEmpty, "\(accounts)")
        #expect(findings.coverage.runs == 400)
        for behaviour in Behaviour.allCases {
            #expect(findings.coverage[.acted, behaviour.rawValue] > 2, "\(behaviour)")
        }
        for oracle in Oracle.allCases {
            #expect(findings.coverage[.judged, oracle.rawValue] > 0, "\(oracle)")
        }
        for point in KillPoint.allCases {
            let deaths = Behaviour.allCases.map { findings.coverage[.killPoint, Coverage.name(of: point, $0)] }
            #expect(deaths.contains { $0 > 0 }, "\(point)")
        }
        for point in Behaviour.ledgerCrash.points {
            #expect(findings.coverage[.killPoint, Coverage.name(of: point, .ledgerCrash)] > 0, "\(point)")
        }
        let common: Set<Coverage.Happening> = [
            .restart, .expiry, .slash, .revocation, .epochTurn, .revision, .recovery,
        ]
        for happening in common {
            #expect(findings.coverage[.happened, happening.rawValue] > 5, "\(happening)")
        }
        let events: Set<Coverage.StakeEvent> = [
            .obstacle, .pending, .vetoed, .executedLater, .redistributed, .severalAssets, .exitInEpoch,
            .exitBeforeProof,
            .exitWhilePending, .rateFall, .rateRise, .jailed,
        ]
        for event in events { #expect(findings.coverage[.restaking, event.rawValue] > 0, "\(event)") }
        let changes: [StakeChange] = [
            .deposit, .withdrawal, .delegation, .undelegation, .rate, .optOut, .veto, .motion,
        ]
        for change in changes { #expect(findings.coverage[.carriedOut, change.rawValue] > 1, "\(change)") }
    }

    @Test func threadsMakeNoDifference() async {
        func explore(_ jobs: Int) async -> ExplorationFindings {
            await Explorer(seed: 3, runs: 24, jobs: jobs, keepsGoing: true).explore()
        }
        let one = await explore(1)
        #expect(await explore(2) == one)
        #expect(await explore(5) == one)
        #expect(one.coverage.runs == 24 && one.events > 0)
    }

    /// Every fourth has something wrong with it, which its worker finds at a time of its own.
    private static let troubled = Trial { plan throws(SimulationError) in
        if plan.seed % 4 == 3 { throw .tooManyEvents(plan.seed, at: .zero) }
        return try Simulator.run(plan)
    }

    @Test func whatIsRefusedIsCountedAndNotJudged() async {
        let findings = await Explorer(seed: 1, runs: 16, jobs: 3, trial: Self.troubled).explore()
        let expected = (0..<16 as Range<UInt64>).map { Scenario.seed($0, of: 1) }.filter { $0 % 4 == 3 }
        #expect(!expected.isEmpty)
        #expect(findings.troubled.map(\.seed) == expected)
        #expect(findings.unjudged == UInt64(expected.count) && findings.violations == 0)
        #expect(findings.coverage.runs == 16)
    }

    /// A coordinator that is dead and comes back has nobody left to vote when its operators are silent: what nobody
    /// promised is not held against anyone, but a network that never ends is.
    private static func endless(every divisor: UInt64) -> Trial {
        Trial { plan throws(SimulationError) in
            var run = try Simulator.run(plan)
            if plan.seed % divisor == 0 { run.ending = .timedOut(waitingFor: ["coordinator-squares"]) }
            return run
        }
    }

    @Test func theFirstViolationEndsItWhoeverFindsIt() async throws {
        func explore(_ jobs: Int, keepsGoing: Bool) async -> ExplorationFindings {
            await Explorer(seed: 9, runs: 20, jobs: jobs, keepsGoing: keepsGoing, trial: Self.endless(every: 5))
                .explore()
        }
        let one = await explore(1, keepsGoing: false)
        let first = try #require((0..<20 as Range<UInt64>).first { Scenario.seed($0, of: 9) % 5 == 0 })
        #expect(one.coverage.runs == first + 1 && one.violations == 1)
        #expect(one.troubled.map(\.number) == [first])
        #expect(one.troubled[0].troubles[0].kind == .unfinished)
        #expect(await explore(4, keepsGoing: false) == one)
        let all = await explore(2, keepsGoing: true)
        #expect(all.violations == UInt64((0..<20 as Range<UInt64>).count { Scenario.seed($0, of: 9) % 5 == 0 }))
        #expect(all.coverage.runs == 20)
    }

    @Test func nothingMoreIsBegunWhenTimeIsUp() async {
        let findings = await Explorer(seed: 9, runs: 20, jobs: 2).explore(mayGoOn: { false })
        #expect(findings == ExplorationFindings())
    }

    /// A coordinator that is cut off from the ledger for good has every reason not to come to an end.
    @Test func whoeverCannotEndIsNoViolation() throws {
        var plan = Scenario(seed: 1).plan
        plan.topology = try Topology.parse(
            """
            version: 1
            name: cut
            network: {partitions: [{between: [coordinator-squares], and: [ledger], at: 0ms}]}
            operators: {op-1: {stake: 1 SOL}}
            services: {squares: {module: squaring, load: {tasks: 1}}}
            """, file: "cut.yaml")
        let cut = try Trial().run(plan)
        #expect(cut.run.ending == .timedOut(waitingFor: ["coordinator-squares"]))
        #expect(cut.troubles.isEmpty, "\(cut.troubles)")
        plan.topology.network.partitions = []
        #expect(try Self.endless(every: 1).run(plan).troubles.map(\.kind) == [.unfinished])
    }

    @Test func whatNeverHappenedIsListed() {
        let absent = Coverage().absent.map(\.name)
        #expect(absent.contains("equivocate-split") && absent.contains("liveness") && absent.contains("badEvidence"))
        #expect(!absent.contains("applied"))
    }
}
