import Cluster
import Faults
import Foundation
import Messages
import Primitives
import Records
import Reports
import Staging
import SystemPackage
import TopologyFormat
import Verdicts

/// What the faults of a topology cost those who have none: the same network with its faults and without, in turn.
package struct FaultBench: Sendable {
    /// With its overrides applied.
    private let topology: Topology
    private let seed: UInt64
    private let repeats: Int
    private let executables: Executables

    package init(_ topology: Topology, seed: UInt64, repeats: Int, executables: Executables) {
        (self.topology, self.seed) = (topology, seed)
        (self.repeats, self.executables) = (repeats, executables)
    }

    /// They take turns in being first: what the machine does besides meets both. Cancelling kills all processes, and
    /// throws.
    package func run() async throws -> FaultCost {
        try await TemporaryDirectory.use { scratch in
            var cost = FaultCost()
            for number in 0..<repeats {
                for isFaulty in number % 2 == 0 ? [false, true] : [true, false] {
                    let directory = try RunDirectory.make(at: scratch.path.appending("\(number)-\(isFaulty)"))
                    let sample = try await sample(isFaulty: isFaulty, in: directory)
                    try FileManager.default.removeItem(atPath: directory.path.string)
                    if isFaulty { cost.with.append(sample) } else { cost.without.append(sample) }
                }
            }
            return cost
        }
    }

    private func sample(isFaulty: Bool, in directory: RunDirectory) async throws -> FaultCost.Sample {
        let topology = isFaulty ? topology : topology.withoutFaults
        let run = RealRun(topology: topology, seed: seed, directory: directory, executables: executables)
        let outcome = try await run.run()
        guard outcome.ending == .completed, outcome.failures.isEmpty else { throw ValidationError.runFailed(outcome) }
        let history = RunHistory(try RunRecords.load(directory: directory.path))
        // Those that do wrong may use what they like.
        let culprits = Set(self.topology.drawingChaos(seed: seed).faults.map(\.party))
        let readings = outcome.usages.filter { !culprits.contains($0.party) }.compactMap(\.readings.last)
        return FaultCost.Sample(
            latency: QuorumLatency(history.tasks), peakBytes: readings.map(\.peakResidentBytes).max() ?? 0,
            deepestQueue: readings.compactMap(\.deepestQueue).max() ?? 0)
    }
}

/// Runs of one topology with its faults and without, pair by pair.
package struct FaultCost: Sendable {
    package struct Sample: Sendable {
        package var latency: QuorumLatency
        /// Of the process without a fault that ever had the most memory.
        package var peakBytes: UInt64
        /// Of the one with most events that ever waited for its machine.
        package var deepestQueue: UInt64

        package init(latency: QuorumLatency, peakBytes: UInt64, deepestQueue: UInt64) {
            (self.latency, self.peakBytes, self.deepestQueue) = (latency, peakBytes, deepestQueue)
        }

        /// Of its tasks' latencies; nil where half of them, or more, have no certificate.
        package var median: Duration? {
            if case .measured(let latency) = latency.reading(.p50) { latency } else { nil }
        }
    }

    package var with: [Sample] = []
    package var without: [Sample] = []

    package init(with: [Sample] = [], without: [Sample] = []) { (self.with, self.without) = (with, without) }

    /// With faults / without, of each pair's p50, ascending; pairs without one are left out.
    package var ratios: [Double] {
        zip(with, without).compactMap { with, without in
            guard let with = with.median, let without = without.median, without > .zero else { return nil }
            return Double(with.nanoseconds) / Double(without.nanoseconds)
        }.sorted()
    }

    /// The lower one of two in the middle; nil where one of them is missing, or all are.
    package static func median<Value: Comparable>(_ values: [Value?]) -> Value? {
        let known = values.compactMap(\.self).sorted()
        return known.isEmpty || known.count < values.count ? nil : known[(known.count - 1) / 2]
    }

    package static func json(_ costs: [(name: String, cost: FaultCost)]) -> JSONValue {
        func json(_ samples: [Sample]) -> JSONValue {
            .array(
                samples.map { sample in
                    .object([
                        ("p50_ms", sample.median.map(JSONValue.milliseconds) ?? .null),
                        ("tasks", .unsigned(sample.latency.count)),
                        ("without_certificate", .unsigned(sample.latency.infinite)),
                        ("peak_resident_bytes", .unsigned(sample.peakBytes)),
                        ("deepest_queue", .unsigned(sample.deepestQueue)),
                    ])
                })
        }
        return .object([
            ("schema_version", .integer(1)),
            (
                "topologies",
                .array(
                    costs.map { name, cost in
                        .object([
                            ("name", .string(name)), ("without", json(cost.without)), ("with", json(cost.with)),
                            ("ratios", .array(cost.ratios.map(JSONValue.decimal))),
                        ])
                    })
            ),
        ])
    }
}

extension Topology {
    /// The same network, of which nobody is faulty and every link as it is at the beginning.
    package var withoutFaults: Topology {
        var topology = self
        topology.faults = []
        topology.chaos = nil
        topology.network.partitions = []
        topology.network.changes = []
        return topology
    }
}
