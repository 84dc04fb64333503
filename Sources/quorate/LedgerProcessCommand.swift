import ArgumentParser
import LedgerNode
import SystemPackage

/// What `quorate run` starts as its ledger. Part of this program so that the node program needs no database.
struct LedgerProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger-process", abstract: "The ledger of a run, as run starts it.", shouldDisplay: false)

    @Argument(help: ArgumentHelp("The configuration that run has written.", valueName: "file"))
    var file: String

    func run() throws {
        LedgerProcess.run(configuration: FilePath(file))
    }
}
