import ArgumentParser
import Cluster
import Glibc
import LedgerNode
import Records
import Restaking
import SystemPackage

struct LedgerSalvageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage", abstract: "Write a damaged log up to its last good entry into another file.",
        discussion: """
            For a ledger that refuses its log. Every entry is checked, from the genesis of the run that the log lies in, its \
            signature too; those up to the first that is not good are written to the other file. The damaged log stays as \
            it is, and whoever had a receipt for what is left out of the copy can be told so.

              quorate ledger salvage runs/lab/ledger/log.sqlite --into good.sqlite

            To go on from the copy, move log.sqlite away together with log.sqlite-wal, log.sqlite-shm and \
            log.sqlite.head, and the copy into its place.

            Exit status: 0 when there is a copy; 2 when the log cannot be opened or the copy cannot be written.
            """)

    @Argument(help: ArgumentHelp("The damaged log, as the message names it.", valueName: "log"))
    var log: String

    @Option(help: ArgumentHelp("The copy; there must be no such file yet.", valueName: "file"))
    var into: String

    func run() throws {
        let directory = RunDirectory(path: FilePath(log).removingLastComponent().removingLastComponent())
        guard access(log, F_OK) == 0 else {
            throw CommandFailure.badInput(
                "\(log): there is no log here; a simulated run has none, nothing of it can be damaged")
        }
        guard directory.has(directory.genesis) else {
            throw CommandFailure.badInput(
                "\(log): does not lie in ledger/ of a run's directory; there is no \(directory.genesis) to check it against"
            )
        }
        let salvage = try CommandFailure.asBadInput {
            let genesis = try RunRecords.genesis(ofRunIn: directory.path)
            return try InstructionLog(reading: log).salvage(into: into, from: genesis)
        }
        let result = "\(into): \(salvage.head.sequence) entries"
        guard let fault = salvage.fault else { return try Console.print("\(result); nothing is wrong with \(log)") }
        try Console.print("\(result), up to where \(fault.placeAndProblem)")
    }
}
