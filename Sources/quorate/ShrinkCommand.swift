import ArgumentParser
import Benchmarking
import Cluster
import Exploration
import Foundation
import Primitives
import Simulation
import Staging
import TopologyFormat

struct ShrinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink", abstract: "Make a network that violates an oracle as small as it can be.",
        discussion: """
            Takes the seed of a scenario that quorate explore has named, or a topology, simulates it, and leaves out \
            whatever it can without the same oracle being content: partitions, faults, services, operators, restakers, \
            tasks, time. What is left is printed as a topology that quorate simulate takes, and quorate run too where \
            nobody loses power in it.

              quorate shrink 1234567890 --output small.yaml
              quorate shrink lab.yaml --costs slow

            Exit status: 0 when it was shrunk; 2 when nothing is violated, or the input is wrong.
            """)

    @Argument(help: ArgumentHelp("The seed of a scenario, or a topology in YAML.", valueName: "seed-or-file"))
    var source: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the topology to this file; one that is there is replaced.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("Simulations at most. (default: 3000)", valueName: "n"),
        transform: { Int(try ScalarGrammar<UInt64>.integer(1...1_000_000, example: "3000").parse($0)) })
    var runs = Shrinker.standardLimit

    @Option(
        help: ArgumentHelp("Of a topology: its seed, where it does not say one.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(0...UInt64.max, example: "42").parse($0) })
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Of a topology: what the nodes' work takes: none, standard, slow, or a file that quorate calibrate has "
                + "written. (default: standard)", valueName: "none|standard|slow|file"))
    var costs: String?

    @Option(
        help: ArgumentHelp(
            "Of a topology: who works where, per-node, or how many processors all share. (default: per-node)",
            valueName: "per-node|n"),
        transform: { try SimulationOptions.cores($0) })
    var cores: Cores?

    func validate() throws {
        if UInt64(source) != nil, seed != nil || costs != nil || cores != nil {
            throw ValidationError("a scenario says itself what --seed, --costs and --cores would: leave them out")
        }
    }

    func run() throws {
        if let output { try OutputFile.check(output) }
        let plan = try plan()
        Console.complain("\(source): \(PlanSize(of: plan.topology))")
        let source = source
        let found = try CommandFailure.asBadInput { try Violation(of: plan) }
        guard var violation = found else {
            throw CommandFailure.badInput("\(source): every oracle holds; there is nothing to shrink")
        }
        Console.complain("\(violation.trouble)")
        violation.shrink(limit: runs, progress: { Console.complain("\($1) simulations: \($0)") })
        Console.complain("\(PlanSize(of: violation.plan.topology)), after \(violation.tried) simulations")
        let text = text(of: violation)
        guard let output else { return try Console.print(text) }
        try OutputFile.write(Array(text.utf8), to: output)
        Console.complain(command(for: violation.plan, file: output))
    }

    private func plan() throws(CommandFailure) -> SimulationPlan {
        if let scenario = UInt64(source) { return Scenario(seed: scenario).plan }
        let source = source
        var topology = try CommandFailure.asBadInput { try Topology.load(path: source) }
        guard let seed = seed ?? topology.seed else {
            throw .badInput("\(source): has no seed, and what it shows depends on one; write --seed 42")
        }
        topology.seed = seed
        let costs = costs ?? "standard"
        let model = try CommandFailure.asBadInput { try CostFile.costs(named: costs) }
        return SimulationPlan(topology: topology, seed: seed, costs: model, cores: cores ?? .perNode)
    }

    private func text(of violation: Violation) -> String {
        let account = violation.trouble.description.replacing("\n", with: " ")
        return """
            # Shows: \(account)
            # Made by: \(request)
            # To see it: \(command(for: violation.plan, file: output ?? "FILE"))
            \(violation.plan.topology.yaml)
            """
    }

    /// What was asked for.
    private var request: String {
        var words = ["quorate shrink", source]
        if let seed { words += ["--seed", "\(seed)"] }
        if let costs { words += ["--costs", costs] }
        if let cores { words += ["--cores", SimulationOptions.word(for: cores)] }
        return words.joined(separator: " ")
    }

    private func command(for plan: SimulationPlan, file: String) -> String {
        var words = ["quorate simulate", file]
        if plan.costs != .standard { words += ["--costs", plan.costs.word ?? costs ?? "FILE"] }
        if plan.cores != .perNode { words += ["--cores", SimulationOptions.word(for: plan.cores)] }
        if plan.signatures != .ed25519 { words += ["--signatures", plan.signatures.rawValue] }
        return words.joined(separator: " ")
    }
}
