import Messages
import Primitives
import Records
import Simulation
import TopologyFormat
import Verdicts

/// Small networks to be simulated.
enum Scene {
    static func topology(
        operators: String =
            "{op-1: {stake: 300 SOL}, op-2: {stake: 200 SOL}, op-3: {stake: 100 SOL}, op-4: {stake: 100 SOL}}",
        network: String = "{dissemination: mesh}", service: String = "load: {tasks: 20, rate: 100/s}",
        faults: String = "[]"
    ) throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: scene
            seed: 42
            network: \(network)
            operators: \(operators)
            services:
              squares:
                module: squaring
                threshold: 2/3
                operators: all
                \(service)
            faults: \(faults)
            """, file: "scene.yaml")
    }

    static func plan(
        _ topology: Topology? = nil, seed: UInt64 = 42, costs: CostModel = .standard, cores: Cores = .perNode
    ) throws -> SimulationPlan {
        var plan = SimulationPlan(topology: try topology ?? self.topology(), seed: seed, costs: costs, cores: cores)
        plan.checksInvariants = true
        return plan
    }

    static func certified(_ run: SimulatedRun) -> Int {
        RunHistory(run.records).tasks.count(where: \.certifiedInTime)
    }

    static func judged(_ run: SimulatedRun) -> [Finding] { Oracle.allCases.map { $0.judge(RunHistory(run.records)) } }
}
