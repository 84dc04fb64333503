import Primitives
import Reports
import Simulation
import TopologyFormat
import Verdicts

/// What real runs came to, and simulated ones.
package struct ValidationResult: Sendable {
    package let real: Part
    package let simulated: Part

    package init(real: Part, simulated: Part) {
        self.real = real
        self.simulated = simulated
    }

    /// All runs of one kind together.
    package struct Part: Sendable {
        fileprivate let tasks: [RunHistory.IssuedTask]
        /// Of operators and coordinators, from the beginning to the end.
        fileprivate let processorTime: Duration
        package let latency: QuorumLatency

        package init(_ tasks: [RunHistory.IssuedTask], processorTime: Duration) {
            self.tasks = tasks
            self.processorTime = processorTime
            latency = QuorumLatency(tasks)
        }

        /// Each task weighs the same.
        package init(_ runs: [Part]) {
            self.init(runs.flatMap(\.tasks), processorTime: runs.reduce(.zero) { $0 + $1.processorTime })
        }

        package var processorTimePerTask: Duration? { tasks.isEmpty ? nil : processorTime / tasks.count }

        package func reading(_ percentile: Percentile) -> Duration? {
            if case .measured(let latency) = latency.reading(percentile) { latency } else { nil }
        }
    }

    package static let percentiles: [Percentile] = [.p50, .p90, .p99, .max]

    /// Simulated / real; nil where one of them has no figure.
    package func ratio(_ percentile: Percentile) -> Double? {
        Self.ratio(simulated.reading(percentile), real.reading(percentile))
    }

    package var processorTimeRatio: Double? {
        Self.ratio(simulated.processorTimePerTask, real.processorTimePerTask)
    }

    private static func ratio(_ simulated: Duration?, _ real: Duration?) -> Double? {
        guard let simulated, let real, real > .zero else { return nil }
        return Double(simulated.nanoseconds) / Double(real.nanoseconds)
    }

    /// Whether the medians differ by no more than this share of the real one; nil where there is none.
    package func isWithin(_ share: Fraction) -> Bool? {
        guard let simulated = simulated.reading(.p50), let real = real.reading(.p50) else { return nil }
        let difference = (simulated.nanoseconds - real.nanoseconds).magnitude
        return UInt128(difference) * UInt128(share.denominator)
            <= UInt128(real.nanoseconds.magnitude) * UInt128(share.numerator)
    }
}

// MARK: - Text

extension ValidationResult {
    /// `1.234`
    package static func milliseconds(_ duration: Duration) -> String {
        BenchTable.decimal(duration.inMicroseconds / 1000, places: 3)
    }

    /// `0.97`
    package static func ratioText(_ ratio: Double) -> String { BenchTable.decimal(ratio, places: 2) }

    /// - Parameters:
    ///   - topology: as it was run.
    ///   - cores: that simulated nodes shared.
    package func json(topology: Topology, seed: UInt64, cores: Cores) -> JSONValue {
        .object([
            ("schema_version", .integer(1)), ("name", .string(topology.name)), ("seed", .string("\(seed)")),
            ("simulated_cores", Self.json(cores)), ("real", Self.json(real)), ("simulated", Self.json(simulated)),
            (
                "ratio",
                .object(
                    Self.percentiles.map { ($0.rawValue, ratio($0).map(JSONValue.decimal) ?? .null) } + [
                        ("processor_time", processorTimeRatio.map(JSONValue.decimal) ?? .null)
                    ])
            ),
        ])
    }

    private static func json(_ cores: Cores) -> JSONValue {
        switch cores {
        case .perNode: .string("per-node")
        case .shared(let count): .integer(Int64(count))
        }
    }

    private static func json(_ part: Part) -> JSONValue {
        .object(
            percentiles.map { ("\($0.rawValue)_ms", part.reading($0).map(JSONValue.milliseconds) ?? .null) } + [
                ("tasks", .unsigned(part.latency.count)), ("without_certificate", .unsigned(part.latency.infinite)),
                ("processor_time_ms_per_task", part.processorTimePerTask.map(JSONValue.milliseconds) ?? .null),
            ])
    }
}
