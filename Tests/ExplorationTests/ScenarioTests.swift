import Faults
import Links
import Messages
import Primitives
import Simulation
import TestSupport
import Testing
import TopologyFormat

@testable import Exploration

@Suite(.computing) struct ScenarioTests {
    /// What a file cannot say, no scenario has: `shrink` writes them as files.
    @Test func everyScenarioReadsBackFromItsFile() throws {
        for seed in 0..<2_000 as Range<UInt64> {
            let topology = Scenario(seed: seed).plan.topology
            let again = try Topology.parse(topology.yaml, file: "scenario-\(seed).yaml")
            #expect(again == topology, "\(topology.yaml)")
        }
    }

    @Test func aSeedDrawsOneScenario() {
        let seeds = (0..<100 as Range<UInt64>).map { Scenario.seed($0, of: 7) }
        #expect(Set(seeds).count == 100)
        #expect(Set(seeds.map { Scenario(seed: $0).plan }).count == 100)
        #expect(seeds.map { Scenario(seed: $0) } == seeds.map { Scenario(seed: $0) })
    }

    @Test func everyAdversaryIsDrawnWithEveryKindOfSchedule() {
        let faults = (0..<2_000 as Range<UInt64>).flatMap { Scenario(seed: $0).plan.topology.faults }
        for behaviour in Behaviour.allCases {
            let own = faults.filter { $0.behaviour == behaviour }
            #expect(own.count > 15, "\(behaviour)")
            let beginnings = Set(own.map { Self.kind(of: $0.begins) })
            let extents = Set(own.map { Self.kind(of: $0.lasts) })
            switch behaviour {
            case .twin: #expect(beginnings == ["start"] && extents == ["end"])
            case .amnesia: #expect(beginnings == ["task"] && extents == ["time"])
            case .powerLoss: #expect(beginnings == ["time"] && extents.count == 2)
            case .pause: #expect(beginnings.count == 3 && extents == ["time"])
            case .ledgerCrash: #expect(beginnings == ["start", "time"] && extents == ["time"])
            default: #expect(beginnings.count == 3 && extents.count >= 2, "\(behaviour): \(beginnings), \(extents)")
            }
        }
        #expect(Set(faults.compactMap(\.point)) == Set(KillPoint.allCases))
    }

    private static func kind(of beginning: FaultPlan.Beginning) -> String {
        switch beginning {
        case .start: "start"
        case .task: "task"
        case .after: "time"
        }
    }

    private static func kind(of extent: FaultPlan.Extent) -> String {
        switch extent {
        case .tasks: "tasks"
        case .duration: "time"
        case .untilTheEnd: "end"
        }
    }

    /// In most, whoever signs two things holds too little for two certificates; in some, enough.
    @Test func cheatsStayWithinTheirBudgetInMostScenarios() {
        let plans = (0..<1_000 as Range<UInt64>).map { Scenario(seed: $0).plan.topology }
        let beyond = plans.count { topology in
            let stakes = topology.stakesAtGenesis
            let cheats = Set(topology.faults.filter { $0.behaviour.isProvable }.map(\.party))
            return topology.services.contains { service in
                let total = service.operators.reduce(UInt128(0)) { $0 + UInt128(stakes[Int($1.number)].number) }
                let held = service.operators.filter { cheats.contains(.signer($0)) }
                    .reduce(UInt128(0)) { $0 + UInt128(stakes[Int($1.number)].number) }
                let (numerator, denominator) = (
                    UInt128(service.threshold.numerator), UInt128(service.threshold.denominator)
                )
                return held > 0 && held * denominator + total * denominator >= total * 2 * numerator
            }
        }
        #expect((20..<300).contains(beyond), "\(beyond)")
    }

    // MARK: Stakes that change

    private static let topologies = (0..<1_500 as Range<UInt64>).map { Scenario(seed: $0).plan.topology }

    @Test func stakesChangeInSomeScenariosAndStandStillInOthers() {
        let changing = Self.topologies.count { !$0.timeline.isEmpty }
        #expect((750..<1_050).contains(changing), "\(changing)")
        let still = Self.topologies.count {
            $0.timeline.isEmpty && $0.assets.isEmpty && Coverage.rules(of: $0).allSatisfy { $0 == .vetoWindow }
        }
        #expect((450..<750).contains(still), "\(still)")
    }

    @Test func everyChangeIsDrawnInEveryKindOfMoment() {
        let entries = Self.topologies.flatMap(\.timeline)
        for change in StakeChange.allCases where change != .disputeVote {
            #expect(entries.count { StakeChange($0.act) == change } > 5, "\(change)")
        }
        for change in [StakeChange.undelegation, .delegation, .deposit, .withdrawal, .rate, .clock] {
            let moments = Set(entries.filter { StakeChange($0.act) == change }.map { Self.kind(of: $0.at) })
            #expect(moments == ["epoch", "task", "time"], "\(change): \(moments)")
        }
        #expect(entries.contains { $0.repetition != nil })
    }

    private static func kind(of moment: TimelinePlan.Moment) -> String {
        switch moment {
        case .epoch: "epoch"
        case .task: "task"
        case .after: "time"
        }
    }

    @Test func everyRuleIsDrawn() {
        let rules = Self.topologies.flatMap(Coverage.rules)
        for rule in Coverage.Rule.allCases { #expect(rules.count { $0 == rule } > 10, "\(rule)") }
    }

    /// What befalls links is over before the calm, so that what is open then must still be certified.
    @Test func ringsAndSlowLinksAreDrawnAndEnd() {
        #expect(Self.topologies.count(where: LinkDraw.hasRing) > 20)
        let changes = Self.topologies.flatMap(\.network.changes)
        #expect(changes.count > 200 && changes.contains(where: \.isAmongAll) && changes.contains(where: \.isOneWay))
        #expect(changes.allSatisfy { $0.lasts != nil && !$0.change.isEmpty })
        for terms in ["latency", "jitter", "loss", "duplicate", "reorder", "bandwidth"] {
            #expect(changes.count { $0.change.terms.contains { $0.key == terms } } > 20, "\(terms)")
        }
    }

    /// In the same task as the offence, so that the exit and the proof are on their way at once.
    @Test func someLeaveAtTheMomentOfTheOffence() {
        let races = Self.topologies.count { topology in
            topology.timeline.contains { entry in
                guard case .undelegate(_, _, let signer) = entry.act, case .task(_, let task) = entry.at else {
                    return false
                }
                return topology.faults.contains {
                    $0.party == .signer(signer) && $0.behaviour.isProvable && $0.begins == .task(task)
                }
            }
        }
        #expect(races > 60, "\(races)")
    }
}
