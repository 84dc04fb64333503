import Primitives
import Simulation
import Staging
import TopologyFormat

/// One whole run that a seed draws: operators, stakes and the rules for them, services, network, faults, what is done to
/// stakes in the meantime, and what the work costs.
///
/// Whatever it draws can be written as a topology and read again. In its first part anything may happen. Most faults have
/// an end, and these ends and those of all partitions and slow links lie before one moment, the calm; a part of the loads, of the
/// deadlines and of the epochs reach far beyond it, so that what is open then must still be certified.
package struct Scenario: Hashable, Sendable {
    package let seed: UInt64
    package let plan: SimulationPlan

    package init(seed: UInt64) {
        self.seed = seed
        let pace = ScenarioPace(seed: seed)
        var topology = StakeDraw.topology(seed: seed)
        pace.apply(to: &topology, seed: seed)
        topology.network.partitions = PartitionDraw.partitions(of: topology, before: pace.calm, seed: seed)
        topology.network.partitions += LinkDraw.ring(of: topology, before: pace.calm, seed: seed)
        topology.network.changes = LinkDraw.changes(of: topology, before: pace.calm, seed: seed)
        let changes = Self.changesStake(seed: seed)
        if changes { topology = RestakingDraw.restaking(in: topology, seed: seed) }
        topology.faults = FaultDraw.faults(of: topology, before: pace.calm, seed: seed)
        if changes { topology.timeline = TimelineDraw.timeline(of: topology, before: pace.calm, seed: seed) }
        var dice = Dice(seed: seed, purpose: "means")
        // Modelled ones are several times as fast, and say the same; but for the keys, which decide little.
        let signatures: SignaturePlan = dice.hits(percent: 75) ? .modelled : .ed25519
        var plan = SimulationPlan(
            topology: topology, seed: seed, costs: pace.costs, cores: pace.cores, signatures: signatures)
        plan.checksInvariants = dice.hits(percent: 4)
        self.plan = plan
    }

    /// In the others stake is native SOL alone and stands still, so that all the rest is seen by itself.
    private static func changesStake(seed: UInt64) -> Bool {
        var dice = Dice(seed: seed, purpose: "stake changes")
        return dice.hits(percent: 60)
    }

    /// The seed of one scenario of a series.
    package static func seed(_ number: UInt64, of series: UInt64) -> UInt64 {
        SeededRandom.draw(seed: series, purpose: "scenario", number)
    }
}
