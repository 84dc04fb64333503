import ArgumentParser
import Cluster
import Foundation
import Glibc
import Primitives
import Reports
import SystemPackage
import TopologyFormat

struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run topologies and say which are as they expect.",
        discussion: """
            Runs each topology with real processes and judges its expect:, prints a line when it ends, and of one that \
            is not as expected what was found, and the commands that show it again. Of a folder, every *.yaml in it and \
            below it; what is hidden and what runs have left is passed over. With --simulated, a topology that no simulation \
            can run is skipped, and says so.

              quorate test Topologies
              quorate test Topologies/faults --simulated
              quorate test lab.yaml attacks/ --junit results.xml

            Each run leaves a run directory as with quorate run. Ctrl-C stops what goes on in good order, and nothing \
            else is begun; a second one kills at once.

            Exit status: 130 interrupted; or else 1 when any is not as expected; or else 2 when any is no topology, or \
            its surroundings are wrong, the others being run all the same (nothing is where there is no such file); or else 3 when any could not be judged; 0 \
            when all are as expected.
            """)

    @Argument(
        help: ArgumentHelp("Topologies in YAML, or folders with some.", valueName: "path"),
        completion: .topology)
    var paths: [String]

    @OptionGroup var load: LoadOptions

    @Option(
        help: ArgumentHelp(
            "So many at once. More than one share the cores, and so are slower: what they expect of latencies may then "
                + "not be met.", valueName: "n"),
        transform: { try ScalarGrammar<UInt64>.integer(1...64, example: "2").parse($0) })
    var jobs: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Also write the results as JUnit's XML; a file that is there is replaced.", valueName: "file"),
        completion: .file(extensions: ["xml"]))
    var junit: String?

    @Option(
        help: ArgumentHelp("Where to make the run directories. (default: runs)", valueName: "directory"),
        completion: .directory)
    var runs: String?

    @Flag(help: "Simulate them, each from its seed, instead of running them with real processes.")
    var simulated = false

    @Flag(help: "Print one JSON document at the end instead of lines.")
    var json = false

    func run() async throws {
        let files = try TopologyFiles(paths).files
        if !simulated { _ = try CommandFailure.asBadInput { try Executables.find() } }
        let topologies = files.compactMap { try? Topology.load(path: $0.path.string) }
        let jobs = Int(jobs)
        if !simulated {
            try CommandFailure.asBadInput { try HostCapacity.prepare(for: topologies, atOnce: jobs) }
        }
        // What would only be noticed in the end is noticed before the first minute is spent.
        if let junit {
            guard !RunArgument.isDirectory(FilePath(junit)) else {
                throw CommandFailure.badInput("\(junit): is a folder; --junit names a file")
            }
            try OutputFile.write([], to: "\(junit).unfinished")
        }

        let style: Style = Console.takesColour(STDOUT_FILENO) ? .coloured : .plain
        let display = TestDisplay(files, style: json ? nil : style, isTerminal: Console.isTerminal(STDERR_FILENO))
        let interruptions = Interruptions()
        let signals = StopSignals()
        let arrivals = signals.arrivals
        let watch = Task {
            for await _ in arrivals {
                if !interruptions.haveCome { Console.complain("interrupted; stopping, and once more kills at once") }
                interruptions.arrive()
            }
        }
        let startedAt = Date()
        let clock = ContinuousClock()
        let start = clock.now
        let runner = TestRunner(
            jobs: jobs, parent: runs.map { FilePath($0) } ?? RunArgument.parent, load: load,
            isSimulated: simulated, interruptions: interruptions)
        let results = await runner.run(files, began: display.began, ended: display.ended)
        watch.cancel()
        signals.restore()
        let duration = clock.now - start
        if let junit {
            let report = JUnitReport(results: results, startedAt: startedAt, duration: duration)
            try OutputFile.write(Array(report.document.utf8), to: "\(junit).unfinished")
            guard rename("\(junit).unfinished", junit) == 0 else {
                throw CommandFailure.badInput("\(junit): cannot write: \(Errno(rawValue: errno))")
            }
        }
        if let failure = display.failure { throw failure }
        if json {
            try Console.print(TestResult.document(results, duration: duration).document)
        } else {
            try Console.print(TestResult.closing(results, duration: duration))
        }
        throw TestResult.status(of: results).code
    }
}
