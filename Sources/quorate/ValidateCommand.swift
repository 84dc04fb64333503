import ArgumentParser
import Benchmarking
import Cluster
import Foundation
import Primitives
import Reports
import Simulation
import TopologyFormat
import Verdicts

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Hold a simulation of a topology against real runs of it.",
        discussion: """
            Simulates the topology and runs it with real processes, under the same load, and prints both \
            distributions of quorum latency side by side, and what the work of a task took.

              quorate calibrate --output costs.json
              quorate validate Topologies/star.yaml --costs costs.json --repeat 5

            Simulated nodes take turns on as many processors as this machine has, unless --cores says otherwise. The \
            real part needs a machine that does nothing else, and a release build, to mean anything. Run directories \
            are temporary (in $TMPDIR, or /tmp) and removed.

            Exit status: 0 when both could be measured, whatever they say; with --within, 1 when the medians differ by \
            more, and 3 when there are none; 2 when a run fails, or the input is wrong; 130 interrupted.
            """)

    @Argument(help: ArgumentHelp("The topology, in YAML.", valueName: "topology"), completion: .topology)
    var topology: String

    @OptionGroup var load: LoadOptions

    @Option(
        help: ArgumentHelp(
            "What the nodes' work takes: none, standard, slow, or a file that quorate calibrate has written.",
            valueName: "none|standard|slow|file"))
    var costs = "standard"

    @Option(
        help: ArgumentHelp(
            "Who works where in the simulation: per-node, or how many processors all share. (default: as many as "
                + "this machine has)", valueName: "per-node|n"),
        transform: { try SimulationOptions.cores($0) })
    var cores: Cores?

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp("Runs of each kind; all their tasks are taken together. (default: 1)", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...100, example: "5").parse($0) })
    var repeats: UInt64 = 1

    @Option(
        help: ArgumentHelp("Fail where the medians differ by more: 15%.", valueName: "share"),
        transform: { try ScalarGrammar<Fraction>.share(example: "15%").parse($0) })
    var within: Fraction?

    @Flag(help: "Print one JSON document instead of the table.")
    var json = false

    func run() async throws {
        let original = try CommandFailure.asBadInput { try Topology.load(path: self.topology) }
        let model = try CommandFailure.asBadInput { try CostFile.costs(named: costs) }
        let executables = try CommandFailure.asBadInput { try Executables.find() }
        let topology = try CommandFailure.asBadInput { try original.overridden(by: load.overrides) }
        let seed = topology.seed ?? TopologyInput.drawnSeed()
        let cores = self.cores ?? .shared(ProcessInfo.processInfo.activeProcessorCount)
        let validation = Validation(
            topology, seed: seed, costs: model, cores: cores, repeats: Int(repeats), executables: executables)
        Console.complain("\(topology.account); seed \(seed)")
        let simulated = try CommandFailure.asBadInput { try validation.simulate { Console.complain($0) } }
        let real = try await Interruptible.run { try await validation.runReally { Console.complain($0) } }
        let result = ValidationResult(real: real, simulated: simulated)
        try Console.print(
            json ? result.json(topology: topology, seed: seed, cores: cores).document : Self.table(result).text)
        try judge(result)
    }

    private func judge(_ result: ValidationResult) throws {
        guard let within else { return }
        switch result.isWithin(within) {
        case true?: break
        case false?:
            Console.complain("the medians differ by more than \(within)")
            throw ExitStatus.notAsExpected.code
        case nil:
            Console.complain("there is no median to compare: too few tasks, or too few with a certificate")
            throw ExitStatus.notJudged.code
        }
    }

    private static func table(_ result: ValidationResult) -> TextTable {
        func text(_ duration: Duration?) -> String { duration.map(ValidationResult.milliseconds) ?? "-" }
        func text(_ ratio: Double?) -> String { ratio.map(ValidationResult.ratioText) ?? "-" }
        func count(_ count: (QuorumLatency) -> UInt64) -> [String] {
            [count(result.real.latency).grouped, count(result.simulated.latency).grouped, ""]
        }
        let rows =
            ValidationResult.percentiles.map { percentile in
                [
                    "quorum latency \(percentile.label), ms", text(result.real.reading(percentile)),
                    text(result.simulated.reading(percentile)), text(result.ratio(percentile)),
                ]
            } + [
                ["tasks"] + count(\.count), ["without a certificate in time"] + count(\.infinite),
                [
                    "processor time a task, ms", text(result.real.processorTimePerTask),
                    text(result.simulated.processorTimePerTask), text(result.processorTimeRatio),
                ],
            ]
        return TextTable(
            columns: [
                .init(""), .init("real", isNumber: true), .init("simulated", isNumber: true),
                .init("simulated / real", isNumber: true),
            ], rows: rows)
    }
}
