import Primitives
import Records
import Staging
import TopologyFormat

/// Runs a topology under virtual time: the machines of real runs, in one process, on one thread, from one seed.
package enum Simulator {
    /// - Parameter observer: sees everything as it happens; what it does changes nothing.
    package static func run(
        _ plan: SimulationPlan, observer: (any SimulationObserver)? = nil
    ) throws(SimulationError) -> SimulatedRun {
        try check(plan)
        return try plan.withSignatures { () throws(SimulationError) in
            var world = try World(plan, observer: observer)
            return try world.run()
        }
    }

    /// Whether it can be simulated at all: asks for what shows before anything is simulated.
    package static func check(_ plan: SimulationPlan) throws(SimulationError) {
        for service in plan.topology.services where service.program != nil {
            throw .programs(service: service.name)
        }
        let span = RunPatience(of: plan.topology).timeLimit
        guard span <= plan.limits.virtualTime else { throw .tooLong(span: span, limit: plan.limits.virtualTime) }
        let memory = MemoryEstimate.bytes(of: plan)
        guard memory <= plan.limits.memoryBytes else {
            throw .tooMuchMemory(estimated: memory, limit: plan.limits.memoryBytes)
        }
    }
}
