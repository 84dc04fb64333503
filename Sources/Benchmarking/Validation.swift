import Cluster
import Foundation
import Primitives
import Records
import Reports
import Simulation
import SystemPackage
import TopologyFormat
import Verdicts

/// One topology, run by real processes and under virtual time, with the same load: how far a simulation is from what it
/// simulates.
package struct Validation: Sendable {
    /// With its overrides applied.
    private let topology: Topology
    private let seed: UInt64
    private let costs: CostModel
    private let cores: Cores
    private let repeats: Int
    private let executables: Executables

    /// - Parameter repeats: how often each; each time with the next seed, which both of them get.
    package init(
        _ topology: Topology, seed: UInt64, costs: CostModel, cores: Cores, repeats: Int, executables: Executables
    ) {
        self.topology = topology
        self.seed = seed
        self.costs = costs
        self.cores = cores
        self.repeats = repeats
        self.executables = executables
    }

    /// - Parameter report: is called with what is done next.
    package func simulate(report: (String) -> Void) throws -> ValidationResult.Part {
        ValidationResult.Part(
            try seeds.enumerated().map { number, seed in
                report("simulating, \(number + 1) of \(repeats)")
                return try simulate(seed: seed)
            })
    }

    /// Cancelling kills all processes, and throws.
    package func runReally(report: (String) -> Void) async throws -> ValidationResult.Part {
        try await TemporaryDirectory.use { scratch in
            var parts: [ValidationResult.Part] = []
            for (number, seed) in seeds.enumerated() {
                report("running, \(number + 1) of \(repeats)")
                let directory = try RunDirectory.make(at: scratch.path.appending("\(number)"))
                parts.append(try await runReally(seed: seed, in: directory))
                try FileManager.default.removeItem(atPath: directory.path.string)
            }
            return ValidationResult.Part(parts)
        }
    }

    private var seeds: [UInt64] { (0..<repeats).map { seed &+ UInt64($0) } }

    private func simulate(seed: UInt64) throws -> ValidationResult.Part {
        var topology = topology
        topology.seed = seed
        let run = try Simulator.run(SimulationPlan(topology: topology, seed: seed, costs: costs, cores: cores))
        guard run.ending == .completed else { throw ValidationError.simulationTimedOut }
        return ValidationResult.Part(RunHistory(run.records).tasks, processorTime: run.nodeWork)
    }

    private func runReally(seed: UInt64, in directory: RunDirectory) async throws -> ValidationResult.Part {
        var topology = topology
        topology.seed = seed
        let run = RealRun(topology: topology, seed: seed, directory: directory, executables: executables)
        let outcome = try await run.run()
        guard outcome.ending == .completed else { throw ValidationError.runFailed(outcome) }
        let used = outcome.processorTimeOfNodes
        let history = RunHistory(try RunRecords.load(directory: directory.path))
        return ValidationResult.Part(history.tasks, processorTime: used)
    }
}

/// Why there is nothing to compare.
package enum ValidationError: Error, Sendable {
    case runFailed(RunOutcome)
    case simulationTimedOut
}

extension ValidationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .runFailed(let outcome):
            (["the real run ended otherwise than it should (\(outcome.ending))"] + outcome.failures.map(\.description))
                .joined(separator: "\n")
        case .simulationTimedOut: "the simulated run did not come to its end within the time that a real one has"
        }
    }
}
