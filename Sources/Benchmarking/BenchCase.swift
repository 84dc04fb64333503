import Primitives
import TopologyFormat

/// One network under one load: a line of the benchmark.
package struct BenchCase: Hashable, Sendable {
    package var operators: Int
    package var load: Load
    package var dissemination: NetworkPlan.Dissemination
    package var guardMode: Topology.GuardMode

    package init(
        operators: Int, load: Load, dissemination: NetworkPlan.Dissemination, guardMode: Topology.GuardMode
    ) {
        self.operators = operators
        self.load = load
        self.dissemination = dissemination
        self.guardMode = guardMode
    }

    package enum Load: String, CaseIterable, Hashable, Sendable {
        /// One task at a time: the next is issued the moment one is certified.
        case loop
        /// So many at a time that the network is never without work.
        case pipe

        package var inFlight: UInt64 {
            switch self {
            case .loop: 1
            case .pipe: 64
            }
        }
    }

    /// The fewest of equal operators that hold more than two thirds.
    package var quorum: Int { operators * 2 / 3 + 1 }

    /// `star of 16, loop, written`
    package var name: String {
        "\(dissemination.rawValue) of \(operators), \(load.rawValue), \(guardMode.rawValue)"
    }
}

/// How long each run takes, and how many there are.
package struct BenchTimes: Hashable, Sendable {
    /// How long is measured, unless the tasks run out.
    package var measured: Duration
    /// At most, those of the warm-up included.
    package var tasks: UInt64
    package var repeats: Int

    package init(measured: Duration, tasks: UInt64, repeats: Int) {
        self.measured = measured
        self.tasks = tasks
        self.repeats = repeats
    }

    /// How long the tasks in flight take together: in a large mesh nothing is certified for seconds.
    package var window = Duration.zero

    /// Long enough for a case to come to its working state, and for several windows of tasks to be measured. The
    /// cryptography of a window on one core is about what two cores take for all of it.
    package func fitting(_ one: BenchCase, _ cost: CryptographyCost) -> BenchTimes {
        var times = self
        times.window = cost.perTask(of: one) * Int(one.load.inFlight)
        times.measured = max(measured, times.window * 3)
        return times
    }

    /// Not counted: connections, caches and the allocator come to their working state.
    package var warmUp: Duration { max(.milliseconds(500), measured / 10, window * 2) }
    package var load: Duration { warmUp + measured }
    /// No window closes under load, so that settlement does not compete with what is measured. For the last tasks too
    /// it is long enough to be certified, on a slow machine as well.
    package var evidenceWindow: Duration { load + .seconds(2) + window * 2 }
}

extension BenchCase {
    /// Equal stakes, no link latency, and epochs so long that none ends in a run.
    package func topology(_ times: BenchTimes) throws -> Topology {
        let window = DurationText.of(times.evidenceWindow)
        let text = """
            version: 1
            name: bench
            seed: 1
            guard: \(guardMode.rawValue)
            ledger: {preset: solayer-docs}
            network: {dissemination: \(dissemination.rawValue)}
            operators: {count: \(operators), stake: equal, total: \(operators) SOL}
            services:
              squares:
                module: squaring
                load: {tasks: \(times.tasks), in-flight: \(load.inFlight)}
                deadline: \(window)
                evidence-window: \(window)
            """
        var topology = try Topology.parse(text, file: "bench")
        topology.services[0].load.pacing = .closed(inFlight: load.inFlight, lasting: times.load)
        return topology
    }
}
