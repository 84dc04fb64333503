import ArgumentParser
import Cluster
import Reports

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show what a run came to, again.",
        discussion: """
            Judges the run once more from what it has left, and prints the summary that it printed at its end.

              quorate report
              quorate report quickstart-20261124T090248Z --json

            The run directory is only read, unless --write says to make its files again, as after an update of Quorate.

            Exit status: that of the run: 0 as expected; 1 not as expected; 3 it could not be judged; 130 it was \
            interrupted; 2 also if there is no such run, it still goes on, or a file of it cannot be read.
            """)

    @Argument(
        help: ArgumentHelp("A run directory, or its name below runs/. (default: runs/latest)", valueName: "run"),
        completion: .directory)
    var name: String?

    @Flag(help: "Print one JSON document, as in results.json, instead of the summary.")
    var json = false

    @Flag(help: "Write results.json, report.html, latencies.csv and evidence/ again.")
    var write = false

    func run() throws {
        let directory = try RunArgument.directory(name)
        guard !RunHold.exists(on: directory) else {
            throw CommandFailure.badInput("\(directory.path): the run still goes on; it is judged when it is over")
        }
        let run = try FinishedRun(directory: directory.path)
        for failure in run.outcome.failures.prefix(ProgressDisplay.shownFailures) {
            Console.complain("error: \(failure)")
        }
        for line in run.remarks { Console.complain(line) }
        if write { try run.write() }
        try run.show(asJSON: json)
        throw run.status.code
    }
}
