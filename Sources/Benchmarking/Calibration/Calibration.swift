import Cluster
import Foundation
import Glibc
import Node
import Primitives
import Services
import Simulation
import SystemPackage
import TopologyFormat

/// Measures what the work of nodes costs on this machine: each part by itself, with the code that real nodes run, then
/// small networks of real processes, for what only shows there.
///
/// Everything is measured again and again in turn, so that whatever else the machine does falls on all of it alike.
///
/// Processors and disks that have had nothing to do for longer take longer. The figures are those of a network with a
/// hundred tasks a second.
package struct Calibration: Sendable {
    private let duration: Duration
    private let cores: Int
    private let executables: Executables
    private let effort: Effort

    /// What one round comes to.
    private struct Effort {
        let leastRounds: Int
        let repetitions: Int
        let tasks: UInt64

        static let full = Effort(leastRounds: NetworkBench.shapes.count, repetitions: 100, tasks: 100)
        /// Enough to see that everything can be measured.
        static let least = Effort(leastRounds: 1, repetitions: 8, tasks: 10)
    }

    /// Tasks a second.
    static let rate: UInt64 = 100
    /// What lies between two of them, in microseconds.
    static let pause = useconds_t(1_000_000 / rate)

    /// Less time than this is too little for figures that mean anything.
    package static let leastDuration = Duration.seconds(20)

    /// - Parameters:
    ///   - duration: rounds go on for so long; the last one is finished.
    ///   - cores: of this machine.
    package init(_ duration: Duration, cores: Int, executables: Executables) {
        self.duration = duration
        self.cores = cores
        self.executables = executables
        effort = duration < Self.leastDuration ? .least : .full
    }

    /// Cancelling ends it, with all processes.
    ///
    /// - Parameter report: is called with each round that is done.
    /// - Returns: what was measured, and on what the files lay.
    package func run(report: (Int) -> Void) async throws -> (samples: CostSamples, fileSystem: String) {
        try await TemporaryDirectory.use { scratch in
            let start = MonotonicClock.now
            var samples = CostSamples()
            var observations: [NetworkBench.Observation] = []
            let benches = try Benches(below: scratch.path)
            defer { benches.close() }
            var round = 0
            while round < effort.leastRounds || MonotonicClock.now - start < duration {
                try benches.measure(effort, into: &samples)
                try Task.checkCancellation()
                let network = NetworkBench(executables: executables, tasks: effort.tasks)
                let shape = NetworkBench.shapes[round % NetworkBench.shapes.count]
                observations.append(try await network.observe(shape, at: scratch.path.appending("network")))
                round += 1
                report(round)
            }
            // How often a node is woken depends a little on what waking costs.
            var costs = samples.costs
            for _ in 0..<2 {
                let wakes = try NetworkBench.wakes(observations, costs, cores: cores).sorted()
                costs.wake = wakes[wakes.count / 2]
            }
            for wake in try NetworkBench.wakes(observations, costs, cores: cores) { samples.add(wake, to: .wake) }
            return (samples, scratch.fileSystem)
        }
    }

    /// What is measured within this process. Its calls wait for other threads, which no task may.
    private struct Benches {
        private let path: FilePath
        private let transport: TransportBench
        private let disk: DiskBench
        private let rouse: RouseBench

        init(below path: FilePath) throws {
            self.path = path
            transport = try TransportBench(directory: try Self.directory("transport", in: path))
            disk = try DiskBench(directory: try Self.directory("disk", in: path))
            rouse = try RouseBench()
        }

        func close() {
            try? transport.close()
            try? rouse.close()
        }

        func measure(_ effort: Effort, into samples: inout CostSamples) throws {
            measureProcessor(into: &samples)
            try disk.measure(times: effort.repetitions / 4, into: &samples)
            try transport.measure(times: 2 * effort.repetitions, into: &samples)
            try rouse.measure(times: effort.repetitions / 4, into: &samples)
            var (events, handling) = (0, Duration.zero)
            for shape in NetworkBench.shapes {
                let name = "machines-\(shape.dissemination.rawValue)-\(shape.operators)"
                let place = try Self.directory(name, in: path)
                defer { try? FileManager.default.removeItem(atPath: place.string) }
                let topology = try Topology.calibration(
                    operators: shape.operators, dissemination: shape.dissemination, tasks: effort.tasks)
                var bench = try MachineBench(topology, directory: place)
                try bench.run()
                events += bench.events
                handling += bench.handling
                for applying in bench.applying { samples.add(applying, to: .apply) }
            }
            samples.add(handling / max(1, events), to: .handle)
        }

        /// Cryptography and modules.
        private func measureProcessor(into samples: inout CostSamples) {
            let cost = CryptographyCost.measure(rounds: 3) { ThreadClock.instant }
            samples.add(cost.sign, to: .sign)
            samples.add(cost.verify, to: .verify)
            let payload = Squaring.bytes(UInt64(7))
            let start = ThreadClock.now
            for _ in 0..<Self.executions { _ = Squaring.execute(payload) }
            samples.add((ThreadClock.now - start) / Self.executions, to: .execute)
        }

        private static let executions = 1_000

        private static func directory(_ name: String, in parent: FilePath) throws -> FilePath {
            let path = parent.appending(name)
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
            return path
        }
    }
}
