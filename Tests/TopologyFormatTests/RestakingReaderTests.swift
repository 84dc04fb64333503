import Messages
import Primitives
import Testing

@testable import TopologyFormat

/// Assets, the ledger's rules, services' terms and the timeline: what is right, and what is said about what is not.
@Suite struct RestakingReaderTests {
    private static func parse(_ change: (String, String)) throws -> Topology {
        try Topology.parse(BadTopology.sound.replacingOccurrence(change.0, change.1), file: "lab.yaml")
    }

    @Test func presetsHaveTheirVetoWindows() throws {
        let mainnet = try Self.parse(("name: lab", "name: lab\nledger: {preset: mainnet-like}")).ledger
        #expect(mainnet.vetoSlots == 648_000, "1.5 epochs of 432,000 slots")
        #expect(try Self.parse(("name: lab", "name: lab\nledger: {preset: solayer-docs}")).ledger.vetoSlots == 0)
        let short = try Self.parse(
            ("name: lab", "name: lab\nledger: {preset: mainnet-like, slots-per-epoch: 10, unbonding-epochs: 3}"))
        #expect(short.ledger.vetoSlots == 30, "no longer than unbonding")
        let fast = try Self.parse(("name: lab", "name: lab\nledger: {veto: 1.5 epochs}")).ledger
        #expect(fast.vetoSlots == 48)
    }

    @Test func aYieldOfAYearIsSpreadOverItsEpochs() throws {
        let topology = try Self.parse(
            (
                "name: lab",
                "name: lab\nledger: {preset: mainnet-like}\nbase-validators: {v: {yield: 7.3%/year, mev: 1%/epoch}}"
            ))
        let plan = topology.nativePool.validators[0]
        // A year has 182.5 epochs of two days.
        #expect(plan.yield.perEpoch(of: topology.ledger) == 400_000_000)
        #expect(plan.mev.perEpoch(of: topology.ledger) == 10_000_000_000)
    }

    @Test func uniquePartsThatAreNotNamedShareWhatIsLeft() throws {
        let text = BadTopology.sound.replacingOccurrence("name: lab", "name: lab\nledger: {allocation: unique}")
            .replacingOccurrence("services:\n", "services:\n  cubes: {module: squaring}\n  roots: {module: squaring}\n")
            .replacingOccurrence("stake: 300 SOL", "stake: 300 SOL, allocate: {cubes: 40%}")
        let topology = try Topology.parse(text, file: "lab.yaml")
        let magnitudes = topology.operators[0].allocations.map(\.magnitude.number)
        #expect(magnitudes == [400_000_000_000_000_000, 300_000_000_000_000_000, 300_000_000_000_000_000])
        #expect(
            topology.operators[1].allocations.map(\.magnitude.number)
                == Array(repeating: 333_333_333_333_333_333, count: 3))
    }

    @Test func amountsCarryTheirAsset() throws {
        let topology = try Self.parse(
            (
                "restakers:\n  r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}",
                "assets: {mSOL: {rate: 1.25 SOL}}\nrestakers:\n"
                    + "  r-1: {deposit: [5 mSOL, 7 lamports], delegate: {op-1: 2.000000001 mSOL}}"
            ))
        let mSOL = AssetID(1 as UInt32)
        #expect(
            topology.restakers[0].deposits
                == [AmountPlan(mSOL, Units(5_000_000_000)), AmountPlan(.native, Units(7))])
        #expect(topology.restakers[0].delegations[0].amount == Units(2_000_000_001))
        #expect(topology.stakesAtGenesis[0].number == 300_000_000_000 + 2_500_000_001)
    }

    private static let restaker = "r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}"
    private static let example = TimelineReader.example

    @Test(
        arguments: [
            BadTopology(
                "name: lab", "name: lab\nassets: {SOL: {}}", "3:10: assets.SOL: SOL is always there; leave it out"),
            BadTopology(
                "name: lab", "name: lab\nassets: {m-SOL: {}}",
                "3:10: assets.m-SOL: m-SOL is not an asset's name; write 1 to 16 letters and digits, a letter first: mSOL"
            ),
            BadTopology(
                "name: lab", "name: lab\nassets: {mSOL: {rate: 1.25}}",
                "3:23: assets.mSOL.rate: 1.25 has no unit; write 1.25 SOL"),
            BadTopology(
                restaker, "r-1: {deposit: 100 mSOL}",
                "8:18: restakers.r-1.deposit: 100 mSOL is not an amount; its unit must be SOL, lamports"),
            BadTopology(
                restaker, "r-1: {deposit: [1 SOL, 2 SOL]}",
                "8:26: restakers.r-1.deposit[1]: SOL is given twice; write one amount"),
            BadTopology(
                restaker, "op-1: {deposit: 1 SOL}",
                "8:3: restakers.op-1: op-1 is an operator; what it restakes itself is its stake"),
            BadTopology(
                "name: lab", "name: lab\nledger: {veto: 3 epochs}",
                "3:16: ledger.veto: the veto window outlasts unbonding, 2 epochs; make it shorter"),
            BadTopology(
                "name: lab", "name: lab\nledger: {veto: 3}",
                "3:16: ledger.veto: 3 is not a span; its unit must be epochs or slots"),
            BadTopology(
                "name: lab", "name: lab\nledger: {council: {members: 3, quorum: 4}}",
                "3:19: ledger.council: a quorum of 4 of 3 members; write 3 of 5"),
            BadTopology(
                "name: lab", "name: lab\nledger: {release: {caps: {epoch 2: 1 SOL, epoch 1: 2 SOL}}}",
                "3:43: ledger.release.caps.epoch 1: caps stand in the order of their epochs"),
            BadTopology(
                "name: lab", "name: lab\nbase-validators: {v-1: {yield: 7%}}",
                "3:32: base-validators.v-1.yield: 7% is not a yield; write 7%/year"),
            BadTopology(
                "stake: 300 SOL", "stake: 300 SOL, allocate: {squares: 50%}",
                "4:46: operators.op-1.allocate.squares: the ledger's allocation is shared: all stake secures every "
                    + "service; leave this out"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 3, restaker: r-9, claim: rewards}]",
                "3:36: timeline[0].restaker: r-9 is not a restaker; did you mean r-1?"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 3, restaker: r-1}]",
                "3:36: timeline[0].restaker: what happens is missing; write deposit, withdraw, delegate, undelegate, "
                    + "emergency-exit, claim, propose, accept, reject, dispute"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 3, restaker: r-1, deposit: 1 SOL, from: op-1}]",
                "3:57: timeline[0]: from does not go with the others here; leave it out"),
            BadTopology(
                "name: lab",
                "name: lab\ntimeline: [{at: start, operator: op-1, client: agave 2.1 beta, class: general}]",
                "3:48: timeline[0].client: agave 2.1 beta is not a client; write a name and a version, each of 1 to 32 ASCII "
                    + "letters, digits and signs: agave 2.1.0",
                "3:71: timeline[0].class: general is not a client's class; write general-purpose or service-specific"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: start, operator: op-1, leaves: all, class: service-specific}]",
                "3:53: timeline[0]: class does not go with the others here; leave it out"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: start, restaker: r-1, dispute: 137}]",
                "3:48: timeline[0].dispute: 137 is not a task; write task 137"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: start, validator: v-1, yield: 2%/year}]",
                "3:35: timeline[0].validator: v-1 is not a base validator; there is none here"),
            BadTopology(
                "module: squaring", "module: squaring\n    reward: {budget: 9223372036 SOL}",
                "10:3: services: all budgets and all stake together exceed 9223372036.854775808 SOL, the most that a ledger "
                    + "takes"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: soon, forward: 1 epoch}]",
                "3:17: timeline[0].at: soon is not a moment; write epoch 3, task 200 or 2s"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 1, every: 5 tasks, times: 2, forward: 1 epoch}]",
                "3:33: timeline[0].every: 5 tasks is not an interval here; write 2 epochs"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 1, every: 1 epoch, forward: 1 epoch}]",
                "3:33: timeline[0].every: how often is missing; write times: 10"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: task 1000, forward: 1 epoch}]",
                "3:17: timeline[0].at: task 1000 is beyond the load of squares: tasks 0 to 999"),
            BadTopology(
                "name: lab", "name: lab\ntimeline: [{at: epoch 1, undelegat: 1 SOL}]",
                "3:12: timeline[0]: who does something is missing; write \(example)",
                "3:26: timeline[0]: unknown key undelegat; did you mean undelegate?"),
        ])
    func mistakesAreNamed(_ bad: BadTopology) throws { try bad.expectErrors() }
}
