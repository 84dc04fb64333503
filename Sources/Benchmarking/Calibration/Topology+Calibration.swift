import Primitives
import TopologyFormat

extension Topology {
    /// A small network of equal operators, whose work is timed.
    static func calibration(operators: Int, dissemination: NetworkPlan.Dissemination, tasks: UInt64 = 1) throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: calibration
            seed: 1
            ledger: {preset: solayer-docs}
            network: {dissemination: \(dissemination.rawValue)}
            operators: {count: \(operators), stake: equal, total: \(operators) SOL}
            services:
              squares:
                module: squaring
                load: {tasks: \(tasks), rate: 1000/s}
                deadline: 1s
                evidence-window: 2s
            """, file: "calibration")
    }
}
