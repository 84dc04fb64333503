import ArgumentParser
import Cluster
import Cryptography
import Foundation
import LedgerNode
import Reports
import SystemPackage

struct LedgerImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Check a file that export has written, and make a directory of it.",
        discussion: """
            Nothing in the file is believed: the ledger is applied again from genesis, with every signature checked and \
            every outcome compared, up to the state root and the digest of the file. Every ledger command then looks \
            into the directory as into that of a run; there are no records in it that could be judged or replayed.

              quorate ledger import lab.ledger
              quorate ledger import lab.ledger --into published
              quorate ledger explain r-1 published

            The directory is there once it is whole: of a file that is refused nothing is left. runs/latest stays what it is.

            Exit status: 0; 2 when the file is not what it must be, which is named with its place, or the directory is not \
            empty.
            """)

    @Argument(
        help: ArgumentHelp("The file that quorate ledger export has written.", valueName: "file"),
        completion: .file(extensions: ["ledger"]))
    var file: String

    @Option(
        help: ArgumentHelp("The directory to make. (default: runs/<file>-<time>)", valueName: "directory"),
        completion: .directory)
    var into: String?

    func run() async throws {
        let (file, into) = (FilePath(file), into)
        let (ledger, isModelled) = try await Interruptible.run {
            let now = Date()
            let reader = try LedgerArchiveReader(file)
            let path =
                try into.map { FilePath($0) }
                ?? RunDirectory.defaultPath(
                    name: file.stem ?? "ledger", at: time_t(now.timeIntervalSince1970), below: RunArgument.parent)
            let ledger = try ImportedLedger(from: reader, into: path, at: now, version: Quorate.version) {
                Task.isCancelled
            }
            return (ledger, reader.signatures != .ed25519)
        }
        let archived = ledger.archived
        try Console.print(
            """
            \(archived.ledger.place): state root \(archived.root)
            digest          \(archived.digest)
            imported into   \(ledger.directory.path)\(isModelled ? "; \(ProofCheck.modelled)" : "")
            look at it with quorate ledger show \(ledger.directory.path)
            """)
    }
}
