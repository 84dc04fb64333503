import ArgumentParser
import Benchmarking
import Cluster
import Primitives
import Reports
import TopologyFormat

struct LedgerBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Measure what the ledger of this machine can do by itself.",
        discussion: """
            Prints one table: instructions a second in memory, what a slash costs against the number of restakers, what a \
            large network's epoch, state root and snapshot take, how long a restart takes after many instructions, and how \
            many instructions a second get their receipt from a ledger process with its log on a disk.

              quorate bench ledger
              quorate bench ledger --section memory,durable --repeat 7

            Of each figure it prints the median, and between what all repetitions lie. What happens in memory is told in \
            processor time of the one thread that does it, without signature checks unless it says so; restarts and durable \
            instructions in time on the clock, which whatever else the machine does makes longer.

            Files are made in $TMPDIR, or /tmp, and removed.

            Exit status: 0 when all was measured; 2 when something cannot be, or the input is wrong; 130 interrupted.
            """)

    @Option(
        help: ArgumentHelp(
            "Some of memory, evidence, slash, state, restart, durable. (default: all)", valueName: "section,..."),
        transform: { try words($0, "a section") })
    var section: [LedgerBench.Section] = LedgerBench.Section.allCases

    @Option(
        name: .customLong("repeat"), help: ArgumentHelp("Repetitions of each figure.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...100, example: "5").parse($0) })
    var repeats: UInt64 = 5

    @Option(
        help: ArgumentHelp("In the log that is restarted from; in memory a fifth of them.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1_000...10_000_000, example: "1000000").parse($0) })
    var instructions: UInt64 = 1_000_000

    @Option(
        help: ArgumentHelp("Of the largest network; a tenth or less of them where less will do.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1_000...1_000_000, example: "100000").parse($0) })
    var restakers: UInt64 = 100_000

    @Option(
        help: ArgumentHelp("Of the largest network.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...10_000, example: "1000").parse($0) })
    var operators: UInt64 = 1_000

    @Option(
        help: ArgumentHelp("Load the ledger process for so long each time.", valueName: "s"),
        transform: { try ScalarGrammar<UInt64>.integer(1...600, example: "3").parse($0) })
    var seconds: UInt64 = 3

    @Flag(help: "Print one JSON document instead of a table.")
    var json = false

    func run() async throws {
        let executables = try CommandFailure.asBadInput { try Executables.find() }
        let sizes = LedgerBench.Sizes(
            instructions: Int(instructions), restakers: Int(restakers), operators: Int(operators),
            repeats: Int(repeats), seconds: Int(seconds))
        let bench = LedgerBench(section, sizes: sizes, executables: executables)
        let host = HostFacts.current(guardMode: "", transport: "tcp loopback")
        if host.build != "release" {
            Console.complain("this is a debug build: what it measures says nothing of a release build")
        }
        try await Interruptible.run {
            var (figures, fileSystem): ([LedgerFigure], String) = ([], "")
            try await bench.run {
                fileSystem = $0
            } report: { found in
                figures += found
                Console.complain("\(found.first?.section.rawValue ?? ""): done")
            }
            try Console.print(
                json
                    ? LedgerBenchDocument.json(figures, version: Quorate.version, host: host, fileSystem: fileSystem)
                        .document
                    : Self.head(host, fileSystem) + Self.table(figures).text)
        }
    }

    private static func head(_ host: HostFacts, _ fileSystem: String) -> String {
        "# quorate \(Quorate.version), \(host.build) build, \(host.cores) cores, \(host.architecture), kernel "
            + "\(host.kernel), files on \(fileSystem)\n"
    }

    private static func table(_ figures: [LedgerFigure]) -> TextTable {
        TextTable(
            columns: [
                .init("section"), .init("figure"), .init("median", isNumber: true), .init("unit"),
                .init("least - most", isNumber: true), .init("runs", isNumber: true), .init("aim", isNumber: true),
            ],
            rows: figures.map { figure in
                [
                    figure.section.rawValue, figure.name, figure.text(figure.median), figure.unit.rawValue,
                    figure.spread, "\(figure.values.count)", figure.aimText,
                ]
            })
    }
}

extension LedgerFigure {
    /// `5000, met`
    fileprivate var aimText: String {
        guard let aim, let meetsAim else { return "" }
        return "\(text(aim)), \(meetsAim ? "met" : "missed")"
    }
}
