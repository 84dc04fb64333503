import ArgumentParser
import Cluster
import Foundation
import Primitives
import Reports
import TopologyFormat

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a topology with real processes over TCP on this machine.",
        discussion: """
            Starts a ledger, a coordinator for each AVS and the operators, runs the load and the faults of the \
            topology, judges what happened against what the topology expects, and leaves a run directory.

              quorate run Topologies/quickstart.yaml --tasks 2000 --rate 400/s

            The summary goes to standard output, progress and messages to standard error. Ctrl-C stops the network \
            in good order and judges what there is; a second one kills it at once.

            Exit status: 0 as expected; 1 not as expected; 2 the input or its surroundings are wrong; 3 it could not \
            be judged; 130 interrupted.
            """)

    @OptionGroup var options: RunOptions

    @Flag(help: "Print results.json to standard output instead of the summary.")
    var json = false

    @Flag(help: "Go on without an operator or coordinator that dies in the run; a death at the start ends it.")
    var keepGoing = false

    @Option(
        help: ArgumentHelp(
            "How often every process is asked what it uses, and the files are weighed: 10s, 1m. quorate growth compares "
                + "it. (default: once, at the end)", valueName: "duration"),
        transform: {
            try ScalarGrammar<Duration>.duration(.milliseconds(100) ... .seconds(3600), example: "10s").parse($0)
        })
    var measureEvery: Duration?

    func run() async throws {
        let prepared = try PreparedRun(
            topologyPath: options.topology, overrides: options.load.overrides, runDirectory: options.runDirectory,
            keepGoing: keepGoing,
            startedAt: Date())
        Console.complain("\(prepared.topology.account); seed \(prepared.seed)")
        Console.complain("run directory \(prepared.directory.path)")
        if let drawn = prepared.chaos { Console.complain(drawn) }
        let display = ProgressDisplay(prepared.topology)
        let signals = StopSignals()
        Orphans.adopt()
        let outcome = await prepared.network(keepsGoing: keepGoing, measuringEvery: measureEvery)
            .run(interruptions: signals.arrivals) { display.show($0) }
        Orphans.end()
        signals.restore()
        let run = try FinishedRun(of: outcome, in: prepared.directory)
        for line in run.remarks { Console.complain(line) }
        try run.show(asJSON: json)
        if let hint = run.statusHint { Console.complain(hint) }
        throw run.status.code
    }
}
