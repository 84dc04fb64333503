import ArgumentParser
import Benchmarking
import Cluster
import Primitives
import Reports
import TopologyFormat

struct FaultBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faults", abstract: "Measure what the faults of topologies cost those who have none.",
        discussion: """
            Runs each topology with its faults, partitions, link changes and chaos, and without them, in turn, and prints \
            a line for each: the median of the runs' p50 of quorum latency, the ratio of each pair of runs (the median, \
            and between what all lie), the most memory that a process without a fault ever had, and the most events that \
            ever waited for one.

              quorate bench faults Topologies/faults/flood.yaml --duration 10s --repeat 5

            One pair says little: the machine does other things too. Run directories are temporary (in $TMPDIR, or /tmp) \
            and removed.

            Exit status: 0 when all was measured; with --within, 1 when the median of a topology's ratios is greater, and 3 \
            when there is none; 2 when a run fails, or the input is wrong; 130 interrupted.
            """)

    @Argument(help: ArgumentHelp("The topologies, in YAML.", valueName: "topology"), completion: .topology)
    var topologies: [String]

    @OptionGroup var load: LoadOptions

    @Option(
        name: .customLong("repeat"), help: ArgumentHelp("Pairs of runs of each topology.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...100, example: "5").parse($0) })
    var repeats: UInt64 = 5

    @Option(
        help: ArgumentHelp("Fail where a topology's ratio is greater: 2.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...1_000, example: "2").parse($0) })
    var within: UInt64?

    @Flag(help: "Print one JSON document instead of the table.")
    var json = false

    func run() async throws {
        let executables = try CommandFailure.asBadInput { try Executables.find() }
        // All of them before any is run.
        let topologies = try CommandFailure.asBadInput {
            try self.topologies.map { try Topology.load(path: $0).overridden(by: load.overrides) }
        }
        for (topology, path) in zip(topologies, self.topologies) where topology == topology.withoutFaults {
            throw CommandFailure.badInput(
                "\(path): has no faults, partitions, link changes or chaos, so there is nothing to compare; "
                    + "quorate faults lists topologies that have")
        }
        var costs: [(name: String, cost: FaultCost)] = []
        for topology in topologies {
            let seed = topology.seed ?? TopologyInput.drawnSeed()
            Console.complain("\(topology.account); seed \(seed); \(repeats) times with its faults, and without")
            let bench = FaultBench(topology, seed: seed, repeats: Int(repeats), executables: executables)
            costs.append((topology.name, try await Interruptible.run { try await bench.run() }))
        }
        try Console.print(json ? FaultCost.json(costs).document : Self.table(costs).text)
        try judge(costs.map(\.cost))
    }

    private func judge(_ costs: [FaultCost]) throws {
        guard let within else { return }
        let ratios = costs.map { FaultCost.median($0.ratios) }
        if ratios.contains(where: { $0.map { $0 > Double(within) } ?? false }) { throw ExitStatus.notAsExpected.code }
        if ratios.contains(nil) { throw ExitStatus.notJudged.code }
    }

    private static func table(_ costs: [(name: String, cost: FaultCost)]) -> TextTable {
        func milliseconds(_ samples: [FaultCost.Sample]) -> String {
            FaultCost.median(samples.map(\.median)).map(ValidationResult.milliseconds) ?? "-"
        }
        func mebibytes(_ samples: [FaultCost.Sample]) -> String {
            ((samples.map(\.peakBytes).max() ?? 0) / 1_048_576).grouped
        }
        func queue(_ samples: [FaultCost.Sample]) -> String { (samples.map(\.deepestQueue).max() ?? 0).grouped }
        let rows = costs.map { name, cost in
            let ratios = cost.ratios
            return [
                name, milliseconds(cost.without), milliseconds(cost.with),
                FaultCost.median(ratios).map(ValidationResult.ratioText) ?? "-",
                ratios.isEmpty
                    ? "-" : "\(ValidationResult.ratioText(ratios[0]))..\(ValidationResult.ratioText(ratios.last!))",
                mebibytes(cost.without), mebibytes(cost.with), queue(cost.without), queue(cost.with),
            ]
        }
        return TextTable(
            columns: [.init("topology")]
                + [
                    "p50 ms without", "with", "ratio", "from..to", "most MiB without", "with", "deepest queue without",
                    "with",
                ].map { .init($0, isNumber: true) }, rows: rows)
    }
}
