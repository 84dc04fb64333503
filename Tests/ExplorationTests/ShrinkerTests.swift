import Faults
import Links
import Messages
import Primitives
import Records
import Simulation
import TestSupport
import Testing
import TopologyFormat

@testable import Exploration

@Suite(.computing) struct ShrinkerTests {
    /// The largest of many scenarios for which this can be said.
    private func largest(where shows: (SimulationPlan) -> Bool) throws -> SimulationPlan {
        let plans = (0..<400 as Range<UInt64>).map { Scenario(seed: $0).plan }.filter(shows)
        return try #require(plans.max { Self.weight(of: $0) < Self.weight(of: $1) })
    }

    private static func weight(of plan: SimulationPlan) -> Int {
        let size = PlanSize(of: plan.topology)
        return size.operators * 10 + size.faults * 10 + size.services * 10 + size.partitions * 10 + Int(size.tasks)
    }

    private func equivocates(_ plan: SimulationPlan) -> Bool {
        plan.topology.faults.contains { $0.behaviour == .equivocateSplit }
    }

    @Test func whatDoesNotMatterIsLeftOut() throws {
        let plan = try largest(where: equivocates)
        var shrinker = Shrinker(shows: equivocates)
        let smallest = shrinker.shrink(plan)
        let topology = smallest.topology
        #expect(
            "\(PlanSize(of: topology))" == "1 operator, 0 restakers, 1 service, 1 task, 1 fault, 0 partitions",
            "\(topology.yaml)")
        #expect(topology.network.link == .none && topology.ledger == .fast && topology.guardMode == .synced)
        #expect(topology.operators[0].stake == Lamports(Lamports.perSOL))
        #expect(topology.faults[0].begins == .start && topology.faults[0].lasts == .tasks(1))
        #expect(topology.services[0].deadline <= .seconds(1) && topology.services[0].threshold == .twoThirds)
        #expect(smallest.costs == .standard && smallest.cores == .perNode)
        #expect(topology.readsBack)
    }

    /// Indices are renumbered everywhere: what is kept is the same party under another number.
    @Test func whoeverMattersStays() throws {
        let plan = try largest { $0.topology.services.count == 2 && $0.topology.operators.count > 5 }
        let (last, service) = (plan.topology.operators.last!.name, plan.topology.services[1].name)
        var shrinker = Shrinker { plan in
            plan.topology.operators.contains { $0.name == last }
                && plan.topology.services.contains { $0.name == service } && plan.topology.operators.count >= 2
        }
        let smallest = shrinker.shrink(plan).topology
        #expect(smallest.operators.map(\.name).contains(last) && smallest.operators.count == 2)
        #expect(smallest.services.map(\.name) == [service])
    }

    @Test func itIsTheSameEveryTimeAndNeverBeyondItsLimit() throws {
        let plan = try largest(where: equivocates)
        var (one, other) = (Shrinker(shows: equivocates), Shrinker(shows: equivocates))
        #expect(one.shrink(plan) == other.shrink(plan))
        #expect(one.tried == other.tried && one.tried < 500)
        var bounded = Shrinker(limit: 3, shows: equivocates)
        let some = bounded.shrink(plan)
        #expect(bounded.tried == 3 && equivocates(some))
        var stopped = Shrinker(shows: equivocates)
        #expect(stopped.shrink(plan, mayGoOn: { false }) == plan)
    }

    @Test func whoeverLeavesIsMissedNowhere() throws {
        for seed in 0..<300 as Range<UInt64> {
            let topology = Scenario(seed: seed).plan.topology
            for place in topology.operators.indices where topology.operators.count > 1 {
                let rest = topology.withoutOperator(place)
                #expect(rest.operators.count == topology.operators.count - 1)
                let numbers = rest.services.flatMap(\.operators) + rest.faults.flatMap(\.accomplices)
                #expect(numbers.allSatisfy { Int($0.number) < rest.operators.count })
                for fault in rest.faults {
                    guard case .signer(let signer) = fault.party else { continue }
                    #expect(Int(signer.number) < rest.operators.count)
                }
            }
            for place in topology.services.indices where topology.services.count > 1 {
                let rest = topology.withoutService(place)
                #expect(rest.services.count == topology.services.count - 1)
                #expect(rest.faults.compactMap(\.service).allSatisfy { Int($0.number) < rest.services.count })
            }
        }
    }

    // MARK: Stakes that change

    /// With a timeline, several assets and rules that nobody asked for.
    private func isElaborate(_ plan: SimulationPlan) -> Bool {
        plan.topology.timeline.count > 3 && !plan.topology.assets.isEmpty
            && plan.topology.ledger.allocation != .shared
    }

    @Test func rulesAndAssetsThatDoNotMatterAreLeftOut() throws {
        let plan = try largest { equivocates($0) && isElaborate($0) }
        var shrinker = Shrinker(shows: equivocates)
        let smallest = shrinker.shrink(plan).topology
        #expect(
            "\(PlanSize(of: smallest))" == "1 operator, 0 restakers, 1 service, 1 task, 1 fault, 0 partitions",
            "\(smallest.yaml)")
        #expect(smallest.ledger == .fast && smallest.operators[0].allocations.isEmpty)
        #expect(smallest.nativePool == NativePoolPlan() && smallest.operators[0].commission == .zero)
        let service = smallest.services[0]
        #expect(service.slash == SlashPlan() && service.assetWeights.isEmpty && service.jail == JailTerms())
        #expect(service.reward == RewardTerms() && service.isOpen && service.disputes == .void)
    }

    @Test func aLinkChangeThatMattersStaysAndBecomesPlain() throws {
        func loses(_ plan: SimulationPlan) -> Bool {
            plan.topology.network.changes.contains { $0.change.loss != nil && !$0.isAmongAll }
        }
        let plan = try largest {
            loses($0) && $0.topology.network.changes.contains { $0.change.terms.count > 2 }
        }
        var shrinker = Shrinker(shows: loses)
        let topology = shrinker.shrink(plan).topology
        let change = try #require(topology.network.changes.first)
        #expect(topology.network.changes.count == 1 && topology.network.partitions.isEmpty)
        #expect(change.between.count == 1 && change.and.count == 1 && !change.isOneWay && change.begins == .zero)
        #expect(change.change.terms.map(\.key) == ["loss"])
        #expect("\(PlanSize(of: topology))".hasSuffix("0 partitions, 1 link change"))
        #expect(topology.readsBack)
    }

    @Test func anEntryThatMattersStaysAndBecomesPlain() throws {
        func undelegates(_ plan: SimulationPlan) -> Bool {
            plan.topology.timeline.contains { entry in
                if case .undelegate(.restaker, let quantity, _) = entry.act { quantity.asset != "SOL" } else { false }
            }
        }
        let plan = try largest { undelegates($0) && $0.topology.timeline.count > 3 }
        var shrinker = Shrinker(shows: undelegates)
        let topology = shrinker.shrink(plan).topology
        #expect(topology.timeline.count == 1 && topology.assets.count == 1 && topology.restakers.count == 1)
        let entry = try #require(topology.timeline.first)
        #expect(entry.at == .after(.zero) && entry.repetition == nil)
        guard case .undelegate(_, .share(let share, _), _) = entry.act else {
            Issue.record("\(entry)")
            return
        }
        #expect(share == .basisPoints(10_000))
        #expect(
            PlanSize(of: topology).description.hasSuffix(", 1 asset, 1 timeline entry"), "\(PlanSize(of: topology))")
    }

    @Test func anAssetThatLeavesIsMissedNowhere() throws {
        let topologies = (0..<400 as Range<UInt64>).map { Scenario(seed: $0).plan.topology }.filter { topology in
            // Where restakers leave with it, a service may be left without stake.
            !topology.assets.isEmpty && topology.operators.allSatisfy { $0.stake > .zero }
        }
        #expect(topologies.count > 50)
        for topology in topologies {
            for place in topology.assets.indices {
                let rest = topology.withoutAsset(AssetID(place + 1))
                #expect(rest.assets.count == topology.assets.count - 1)
                #expect(rest.readsBack, "\(rest.yaml)")
            }
        }
    }

    // MARK: With the simulator

    /// A network that does what it should has nothing to shrink.
    @Test func aSoundScenarioIsNoViolation() throws {
        #expect(try Violation(of: Scenario(seed: Scenario.seed(0, of: 2)).plan) == nil)
    }

    /// Says of every run in which somebody is slashed that it never ends: the least of these has one operator and one
    /// task.
    @Test func aRealRunIsShrunkToWhatMakesIt() throws {
        let trial = Trial { plan throws(SimulationError) in
            var run = try Simulator.run(plan)
            let hasSlash = run.records.nodes.contains { node in
                node.party == .ledger
                    && node.notes.contains { if case .slashed = $0.observation { true } else { false } }
            }
            run.ending = hasSlash ? .timedOut(waitingFor: ["coordinator-squares"]) : .completed
            return run
        }
        var found: Violation?
        for number in 0..<100 as Range<UInt64> where found == nil {
            let plan = Scenario(seed: Scenario.seed(number, of: 2)).plan
            let behaviours = plan.topology.faults.map(\.behaviour)
            guard behaviours.count > 1, plan.topology.operators.count > 3, !behaviours.contains(.collusion) else {
                continue
            }
            found = try Violation(of: plan, trial: trial)
        }
        var violation = try #require(found)
        violation.shrink()
        let topology = violation.plan.topology
        #expect(
            "\(PlanSize(of: topology))" == "1 operator, 0 restakers, 1 service, 1 task, 1 fault, 0 partitions",
            "\(topology.yaml)")
        #expect(violation.trouble.kind == .unfinished)
        #expect(topology.expect.slashed == [OperatorIndex(0)])
        #expect(topology.readsBack)
    }
}
