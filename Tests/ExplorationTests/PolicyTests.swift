import Messages
import Primitives
import Simulation
import Staging
import TestSupport
import Testing
import TopologyFormat

@testable import Exploration

/// One incident under several rules: amounts that anybody can work out.
@Suite(.computing) struct PolicyTests {
    /// Both AVSs have all five; op-5 has 100 SOL of its own and 50 SOL of bob's, and equivocates in one of them.
    private static let text = """
        version: 1
        name: lab
        seed: 7
        ledger: {slots-per-epoch: 40}
        operators:
          op-1: {stake: 300 SOL}
          op-2: {stake: 300 SOL}
          op-3: {stake: 300 SOL}
          op-4: {stake: 300 SOL}
          op-5: {stake: 100 SOL}
        restakers:
          bob: {deposit: 80 SOL, delegate: {op-5: 50 SOL}}
        services:
          one:
            module: squaring
            load: {tasks: 60, rate: 40/s}
            deadline: 500ms
            evidence-window: 800ms
          two:
            module: squaring
            load: {tasks: 60, rate: 40/s}
            deadline: 500ms
            evidence-window: 800ms
        faults:
          - {operator: op-5, does: equivocate, at: task 20, service: one}
        timeline:
          - {at: task 40 of one, service: one, cancel-slash-of: op-5}

        """

    private static func outcome(_ settings: String..., timeline: Bool = false) throws -> PolicyOutcome {
        let made = try PolicyCase(
            PolicyVariant(name: "x", settings: settings.map { try TopologySetting($0) }), text: text, file: "lab.yaml")
        var topology = made.topology
        if !timeline { topology.timeline = [] }
        let outcome = try PolicyOutcome(of: SimulationPlan(topology: topology, seed: 7, signatures: .modelled))
        #expect(outcome.troubles.isEmpty, "\(outcome.troubles)")
        return outcome
    }

    /// In thousandths of a SOL: what op-5 and bob have lost.
    private static func losses(_ outcome: PolicyOutcome) -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: outcome.losses.map { ($0.restaker, $0.value.number / 1_000_000) })
    }

    @Test func whatIsLostFollowsTheRule() throws {
        #expect(try Self.losses(Self.outcome()) == ["op-5": 5_000, "bob": 2_500])
        #expect(try Self.losses(Self.outcome("ledger.allocation=unique")) == ["op-5": 2_500, "bob": 1_250])
        // (3 x 1 / 5)^2 = 36 %
        #expect(
            try Self.losses(Self.outcome("services.*.slash.policy=correlated")) == ["op-5": 36_000, "bob": 18_000])
        #expect(try Self.losses(Self.outcome("services.two.slash.equivocation=20%")) == ["op-5": 5_000, "bob": 2_500])
    }

    @Test func whatWasSlashedGoesWhereTheRuleSays() throws {
        let sum = Lamports(7_500_000_000)
        let burned = try Self.outcome()
        #expect(burned.burned == Lamports(7_125_000_000) && burned.toReporters == Lamports(375_000_000))
        let kept = try Self.outcome("services.one.slash.to=service")
        #expect(kept.toServices == Lamports(7_125_000_000) && kept.burned == .zero)
        let given = try Self.outcome("services.one.slash.to=op-1", "ledger.reporter-reward=0%")
        #expect(given.toOthers == sum && given.toReporters == .zero)
    }

    @Test func itIsFollowedUntilNothingIsPending() throws {
        let fixed = try Self.outcome()
        #expect(fixed.settled == Epoch(0) && fixed.executed == 1 && fixed.vetoed == 0)
        let correlated = try Self.outcome("services.*.slash.policy=correlated")
        #expect(correlated.settled == Epoch(3), "the offence's epoch and two of unbonding are over")
        #expect(try Self.outcome("ledger.veto=1.5 epochs").settled == Epoch(1))
        let vetoed = try Self.outcome("ledger.veto=1.5 epochs", timeline: true)
        #expect(vetoed.vetoed == 1 && vetoed.executed == 0 && vetoed.losses.isEmpty)
    }

    @Test func theQuorumIsThatOfWhoIsLeft() throws {
        let shared = try Self.outcome()
        #expect(shared.services.map { $0.first?.total } == [Lamports(1_350_000_000_000), Lamports(1_350_000_000_000)])
        #expect(shared.services.map { $0.last?.total } == [Lamports(1_200_000_000_000), Lamports(1_200_000_000_000)])
        #expect(shared.services.map(\.certifiedInTime) == [60, 60] && shared.services.map(\.issued) == [60, 60])
        let unique = try Self.outcome("ledger.allocation=unique")
        #expect(unique.services.map { $0.last?.members.count } == [4, 4])
        #expect(unique.services[1].last?.total == Lamports(600_000_000_000))
    }

    @Test func theStandardPoliciesDifferFromTheFileInOneThingEach() throws {
        let own = try PolicyCase(.asWritten, text: Self.text, file: "lab.yaml")
        let variants = PolicyVariant.standard(for: own.topology)
        #expect(Set(variants.map(\.name)).count == variants.count)
        #expect(!variants.contains { $0.name.contains("disputes") }, "nothing is disputed")
        var same: [String] = []
        for variant in variants {
            let made = try PolicyCase(variant, text: Self.text, file: "lab.yaml")
            if made.topology == own.topology { same.append(variant.name) }
        }
        #expect(same == ["allocation shared", "fixed slashes", "slashed stake burned", "no veto", "as in fast"])
        let mainnet = try PolicyCase(variants.last!, text: Self.text, file: "lab.yaml").topology.ledger
        #expect(variants.last!.name == "as in mainnet-like")
        #expect(mainnet.unbondingEpochs == 7 && mainnet.vetoSlots == 60 && mainnet.slotsPerEpoch == 40)

        let disputed = Self.text + "  - {at: task 50 of one, restaker: bob, dispute: task 3 of one}\n"
        let topology = try Topology.parse(disputed, file: "lab.yaml")
        #expect(PolicyVariant.standard(for: topology).contains { $0.name == "disputes slash" })
    }
}
