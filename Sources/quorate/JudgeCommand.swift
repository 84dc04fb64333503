import ArgumentParser
import Cluster
import Reports
import SystemPackage

struct JudgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Judge a run again, from its directory alone.",
        discussion: """
            Asks every oracle about the records of a run, real or simulated, and compares with what its topology \
            expects. Of each violation it tells which tasks it is about and what it can be seen by: file, byte, digest, \
            and the bytes themselves, in hexadecimal, where they are not many.

              quorate judge runs/latest
              quorate judge /mnt/copied/quickstart-20261124T090248Z --json

            Nothing else is needed than the directory, which may be a copy from another machine, and is only read. \
            A file of it that is damaged is named, with the byte.

            Exit status: that of the run: 0 as expected; 1 not as expected; 3 it could not be judged; 130 it was \
            interrupted; 2 also if there is no such run, it still goes on, or a file of it cannot be read.
            """)

    @Argument(
        help: ArgumentHelp("A run directory, or its name below runs/. (default: runs/latest)", valueName: "run"),
        completion: .directory)
    var name: String?

    @Flag(help: "Print one JSON document instead.")
    var json = false

    func run() throws {
        let directory = try RunArgument.directory(name)
        guard !RunHold.exists(on: directory) else {
            throw CommandFailure.badInput("\(directory.path): the run still goes on; it is judged when it is over")
        }
        let run = try FinishedRun(directory: directory.path)
        for line in run.remarks { Console.complain(line) }
        guard let text = run.judgement(asJSON: json) else {
            throw CommandFailure.badInput("\(directory.path): the run never began: there is nothing to judge")
        }
        // Somebody else may have written what it tells.
        try Console.print(json ? text : TerminalText.harmless(text, keepsLines: true))
        throw run.status.code
    }
}
