import Primitives
import TopologyFormat

/// What a chaos comes to in one run, for whoever starts it.
enum ChaosAccount {
    /// `chaos: 9 faults, 4 partitions or slow links, 2 times churn; what and when: quorate topology show ...`
    ///
    /// - Parameters:
    ///   - drawn: the topology with what has been drawn.
    ///   - original: before that.
    ///   - command: how to see all of it.
    /// - Returns: nil where there is no chaos.
    static func text(of drawn: Topology, from original: Topology, command: String) -> String? {
        guard original.chaos != nil else { return nil }
        let counts = [
            (drawn.faults.count - original.faults.count, "fault", "faults"),
            (
                drawn.network.partitions.count + drawn.network.changes.count - original.network.partitions.count
                    - original.network.changes.count, "partition or slow link", "partitions or slow links"
            ),
            (
                drawn.timeline.count - original.timeline.count, "entry of the timeline", "entries of the timeline"
            ),
        ].filter { $0.0 > 0 }.map { "\($0) \($0 == 1 ? $1 : $2)" }
        guard !counts.isEmpty else { return "chaos: the run is too short for any, or nobody has room for one" }
        return "chaos: \(counts.joined(separator: ", ")); what and when: \(command)"
    }

    static func command(file: String, seed: UInt64, _ arguments: [String]) -> String {
        (["quorate topology show", file, "--chaos"] + arguments + ["--seed \(seed)"]).joined(separator: " ")
    }
}
