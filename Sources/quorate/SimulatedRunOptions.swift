import ArgumentParser
import Exploration
import Primitives
import Simulation
import Staging
import TopologyFormat

/// What is simulated, with what load, and where its results go.
struct SimulatedRunOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The topology, in YAML.", valueName: "topology"), completion: .topology)
    var topology: String?

    @Option(
        help: ArgumentHelp(
            "Instead of a topology: a scenario, as quorate explore draws it from this number; what its work costs it says "
                + "itself.",
            valueName: "seed"),
        transform: { try ScalarGrammar<UInt64>.integer(0...UInt64.max, example: "42").parse($0) })
    var scenario: UInt64?

    @OptionGroup var load: LoadOptions

    @Option(
        help: ArgumentHelp(
            "Where to leave the results; must not exist or be empty. (default: runs/<name>-<UTC time>)",
            valueName: "directory"))
    var runDirectory: String?

    func validate() throws {
        guard (topology == nil) != (scenario == nil) else {
            throw ValidationError(
                topology == nil ? "Missing expected argument '<topology>'" : "give a topology or --scenario, not both")
        }
    }

    func input() throws(CommandFailure) -> TopologyInput {
        if let topology { return try TopologyInput(topology) }
        let plan = Scenario(seed: scenario ?? 0).plan
        return TopologyInput(plan.expectingItsOutcome().topology, path: "scenario \(plan.seed)")
    }
}

extension SimulationOptions {
    /// With the costs, the cores and the signatures of a scenario, if one is given.
    func adopting(_ scenario: UInt64?) -> SimulationOptions {
        guard let scenario else { return self }
        var options = self
        let plan = Scenario(seed: scenario).plan
        options.costs = plan.costs.word ?? options.costs
        options.cores = plan.cores
        options.signatures = plan.signatures
        return options
    }
}
