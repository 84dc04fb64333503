import Cryptography
import Messages
import Primitives
import Records
import Simulation
import Staging
import TopologyFormat
import Verdicts

/// Small networks to be simulated, in suites that are `computing`.
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
        var plan = SimulationPlan(
            topology: try topology ?? self.topology(), seed: seed, costs: costs, cores: cores, signatures: .modelled)
        plan.checksInvariants = true
        return plan
    }

    static func certified(_ run: SimulatedRun) -> Int {
        RunHistory(run.records).tasks.count(where: \.certifiedInTime)
    }

    /// In the order of the tasks; of those that were certified in time.
    static func latencies(_ run: SimulatedRun) -> [Duration] {
        RunHistory(run.records).tasks.filter(\.certifiedInTime).map { $0.certified! - $0.task.issued }
    }

    /// By whatever signatures are valid where it is called.
    static func judged(_ run: SimulatedRun) -> [Finding] { Finding.all(of: RunHistory(run.records)) }

    /// What the oracles have to complain of, in words.
    ///
    /// - Parameter seed: the run's: its signatures are valid for nobody else.
    static func violations(_ run: SimulatedRun, seed: UInt64 = 42) -> [String] {
        SignaturePlan.modelled.scheme(seed: seed).scoped {
            judged(run).filter { $0.verdict == .violated || $0.verdict == .unknown }
                .map { "\($0.oracle.rawValue): \($0.account)" }
        }
    }
}
