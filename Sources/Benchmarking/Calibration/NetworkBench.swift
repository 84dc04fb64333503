import Cluster
import Foundation
import Primitives
import Simulation
import SystemPackage
import TopologyFormat

/// Small networks of real processes, to find what it costs a process to be woken: the processor time that they used, and
/// that their work does not explain.
///
/// A process that has waited finds its caches full of what others have done meanwhile, and everything it does then takes
/// longer than in any loop that measures it by itself. Here all of that is put down to waking, of which a simulation of
/// the same network tells how often it happens.
struct NetworkBench {
    struct Shape: Hashable, Sendable {
        let operators: Int
        let dissemination: NetworkPlan.Dissemination
    }

    static let shapes = [
        Shape(operators: 4, dissemination: .star), Shape(operators: 4, dissemination: .mesh),
        Shape(operators: 10, dissemination: .star), Shape(operators: 7, dissemination: .mesh),
    ]

    /// What one network used.
    struct Observation: Hashable, Sendable {
        let topology: Topology
        /// Of operators and coordinator.
        let processorTime: Duration
    }

    let executables: Executables
    let tasks: UInt64

    /// - Parameter path: where to make the run directory, which is removed again.
    func observe(_ shape: Shape, at path: FilePath) async throws -> Observation {
        let topology = try Topology.calibration(
            operators: shape.operators, dissemination: shape.dissemination, tasks: tasks, rate: Calibration.rate)
        let directory = try RunDirectory.make(at: path)
        defer { try? FileManager.default.removeItem(atPath: directory.path.string) }
        let outcome = try await RealRun(topology: topology, seed: 1, directory: directory, executables: executables)
            .run()
        guard outcome.ending == .completed, outcome.failures.isEmpty else {
            throw CalibrationError.runFailed(outcome)
        }
        return Observation(topology: topology, processorTime: outcome.processorTimeOfNodes)
    }

    /// What is left of each observation for one waking, when all other work costs so much.
    static func wakes(_ observations: [Observation], _ costs: CostModel, cores: Int) throws -> [Duration] {
        try observations.map { observation in
            let run = try Simulator.run(
                SimulationPlan(topology: observation.topology, seed: 1, costs: costs, cores: .shared(cores)))
            let rest = observation.processorTime - (run.nodeWork - costs.wake * Int(run.wakes))
            return max(.zero, rest / max(1, Int(run.wakes)))
        }
    }
}
