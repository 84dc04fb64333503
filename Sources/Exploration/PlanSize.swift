import Primitives
import Simulation
import TopologyFormat

/// How much there is to a plan, for whoever compares two.
package struct PlanSize: Hashable, Sendable {
    package let operators: Int
    package let restakers: Int
    package let services: Int
    package let tasks: UInt64
    package let faults: Int
    package let partitions: Int
    package let linkChanges: Int
    /// Besides native SOL.
    package let assets: Int
    package let timeline: Int

    package init(of topology: Topology) {
        operators = topology.operators.count
        restakers = topology.restakers.count
        services = topology.services.count
        tasks = topology.services.map(\.load.tasks).reduce(0, +)
        faults = topology.faults.count
        partitions = topology.network.partitions.count
        linkChanges = topology.network.changes.count
        assets = topology.assets.count
        timeline = topology.timeline.count
    }
}

extension PlanSize: CustomStringConvertible {
    package var description: String {
        [
            (UInt64(operators), "operator"), (UInt64(restakers), "restaker"), (UInt64(services), "service"),
            (tasks, "task"),
            (UInt64(faults), "fault"), (UInt64(partitions), "partition"),
        ].map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
            + (linkChanges == 0 ? "" : ", \(linkChanges) link change\(linkChanges == 1 ? "" : "s")")
            + (assets == 0 ? "" : ", \(assets) asset\(assets == 1 ? "" : "s")")
            + (timeline == 0 ? "" : ", \(timeline) timeline \(timeline == 1 ? "entry" : "entries")")
    }
}
