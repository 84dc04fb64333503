import ArgumentParser
import Benchmarking
import Cluster
import Glibc
import Node
import Primitives
import Reports
import TopologyFormat

/// What is measured is a command of its own each, since their options differ; without one it is networks.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure what networks of this machine can do, what its ledger can, and what faults cost.",
        discussion: """
            Without a subcommand it measures networks, and takes the options of `quorate bench networks`:

              quorate bench --operators 16,32 --dissemination star --guard written --repeat 5
              quorate bench ledger
              quorate bench faults Topologies/faults/flood.yaml
            """,
        subcommands: [NetworkBenchCommand.self, LedgerBenchCommand.self, FaultBenchCommand.self],
        defaultSubcommand: NetworkBenchCommand.self)
}

struct NetworkBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "networks", abstract: "Measure what networks of this machine can do.",
        discussion: """
            Runs networks of equal operators without link latency or faults under closed loops, and prints a line for \
            each: latency of the quorum, tasks a second, processor time for each task, memory of an operator, beside \
            what the cryptography alone takes. Lines that begin with # say what is in which column; the last of them \
            names the columns.

              quorate bench --operators 16,32 --dissemination star --guard written --repeat 5

            With --against, another program is run in turn with ours and the ratios are printed. It is called as \
            COMMAND -n N -m loop|pipe -s SECONDS, is meant to do what a star of N operators does, and prints a header \
            and a line:

              # n mode p50_us p90_us p99_us tasks_per_s cpu_us_per_task
              16 loop 1312.0 1650.2 2301.9 731.5 1980.3

            Only the columns that both have are compared; p50_us must be there.

            Run directories are temporary (in $TMPDIR, or /tmp) and removed. A case takes three times --seconds and \
            some more, since its evidence windows are longer than its load.

            Exit status: 0 when all was measured; 2 when a run or the reference program fails, or the input is wrong; \
            130 interrupted.
            """)

    @Option(
        help: ArgumentHelp(
            "Numbers of operators. (default: 4,7,16,32, for stars 64 too)", valueName: "n,n..."),
        transform: {
            try list($0, of: ScalarGrammar<UInt64>.integer(1...UInt64(HostCapacity.largestNetwork), example: "16"))
        })
    var operators: [UInt64]?

    @Option(
        help: ArgumentHelp("star and mesh, or one of them.", valueName: "star,mesh"),
        transform: { try words($0, "a dissemination") })
    var dissemination: [NetworkPlan.Dissemination] = [.star, .mesh]

    @Option(
        help: ArgumentHelp("loop (one task in flight) and pipe (64), or one of them.", valueName: "loop,pipe"),
        transform: { try words($0, "a load") })
    var load: [BenchCase.Load] = [.loop, .pipe]

    @Option(
        name: .customLong("guard"),
        help: ArgumentHelp("written and synced, or one of them.", valueName: "written,synced"),
        transform: { try words($0, "a guard mode") })
    var guardModes: [Topology.GuardMode] = [.written, .synced]

    @Option(
        help: ArgumentHelp("Measure for so long, after a warm-up of a tenth of it and at least 0.5 s.", valueName: "s"),
        transform: { try ScalarGrammar<UInt64>.integer(1...600, example: "3").parse($0) })
    var seconds: UInt64 = 3

    @Option(
        help: ArgumentHelp("End a load earlier, with this many tasks, those of the warm-up included.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...1_000_000_000, example: "1000").parse($0) })
    var tasks: UInt64?

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Runs of each: percentiles are those of all their tasks, everything else the median.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...100, example: "5").parse($0) })
    var repeats: UInt64 = 3

    @Option(help: ArgumentHelp("A reference program to run in turn with ours.", valueName: "command"))
    var against: String?

    @Flag(help: "Print one JSON document at the end instead of lines.")
    var json = false

    func run() async throws {
        let reference = try CommandFailure.asBadInput { try against.map { try ReferenceProgram($0) } }
        let executables = try CommandFailure.asBadInput { try Executables.find() }
        let bench = Bench(cases, times: times, reference: reference, executables: executables)
        try await Interruptible.run { try await measure(bench) }
    }

    private func measure(_ bench: Bench) async throws {
        let host = HostFacts.current(guardMode: "", transport: "tcp loopback")
        let cost = CryptographyCost.measure(rounds: 21) { MonotonicClock.now }
        var results: [BenchResult] = []
        var fileSystem = ""
        try await bench.run { found in
            fileSystem = found
            Console.complain("measuring \(cases.count) networks, \(repeats) times each")
            guard !json else { return }
            try Console.print(
                BenchTable.head(
                    version: Quorate.version, host: host, fileSystem: found, cost: cost, times: times,
                    reference: against))
        } report: { result in
            results.append(result)
            if json {
                Console.complain("\(result.bench.name): done, \(results.count) of \(cases.count)")
            } else {
                try Console.print(BenchTable.lines(of: result))
            }
        }
        guard json else { return }
        try Console.print(
            BenchDocument.json(
                results, version: Quorate.version, host: host, fileSystem: fileSystem, cost: cost, times: times,
                reference: against
            ).document)
    }

    private var times: BenchTimes {
        BenchTimes(measured: .seconds(Int64(seconds)), tasks: tasks ?? 1_000_000_000, repeats: Int(repeats))
    }

    var cases: [BenchCase] {
        var cases: [BenchCase] = []
        for dissemination in dissemination {
            let usual: [UInt64] = dissemination == .star ? [4, 7, 16, 32, 64] : [4, 7, 16, 32]
            for (guardMode, load, count) in guardModes.flatMap({ mode in
                load.flatMap { load in (operators ?? usual).map { (mode, load, $0) } }
            }) {
                cases.append(
                    BenchCase(
                        operators: Int(count), load: load, dissemination: dissemination, guardMode: guardMode))
            }
        }
        return cases
    }
}

/// Values separated by commas, each once.
func list<Value: Hashable>(_ text: String, of grammar: ScalarGrammar<Value>) throws -> [Value] {
    let values = try text.split(separator: ",", omittingEmptySubsequences: false).map { try grammar.parse(String($0)) }
    guard Set(values).count == values.count else { throw ValidationError("\(text) names one of them twice") }
    return values
}

func words<Value: Hashable & CaseIterable & RawRepresentable<String>>(
    _ text: String, _ noun: String
) throws -> [Value] {
    try list(text, of: .choice(noun, of: Value.allCases.map { ($0.rawValue, $0) }))
}
