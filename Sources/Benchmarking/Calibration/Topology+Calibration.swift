import Primitives
import TopologyFormat

extension Topology {
    /// A small network of equal operators, whose work is timed.
    ///
    /// - Parameter rate: tasks a second.
    static func calibration(
        operators: Int, dissemination: NetworkPlan.Dissemination, tasks: UInt64 = 1, rate: UInt64 = 1000
    ) throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: calibration
            seed: 1
            guard: written
            ledger: {preset: solayer-docs}
            network: {dissemination: \(dissemination.rawValue)}
            operators: {count: \(operators), stake: equal, total: \(operators) SOL}
            services:
              squares:
                module: squaring
                load: {tasks: \(tasks), rate: \(rate)/s}
                deadline: 1s
                evidence-window: 1s
            """, file: "calibration")
    }
}
