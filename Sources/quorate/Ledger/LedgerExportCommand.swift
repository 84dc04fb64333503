import ArgumentParser
import Cluster
import Cryptography
import LedgerNode
import Messages
import Records
import Reports
import Restaking
import SystemPackage

struct LedgerExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a whole ledger into one file, to hand on or to publish.",
        discussion: """
            The file holds genesis, every instruction of the log with its outcome, and what they come to: count, state \
            root, and a digest of all of it. While it is written the ledger is applied again: each signature and outcome is \
            checked, and the file is there once it is whole. Of a cluster that is up, what its log has at that moment.

              quorate ledger export --into lab.ledger
              quorate ledger export quickstart-20261124T090248Z --into quickstart.ledger
              quorate ledger export --cluster lab --into lab-at-noon.ledger
              quorate ledger import lab.ledger

            Exit status: 0 written; 2 when there is no such run, its log is damaged, or the file is there already or cannot \
            be written: nothing is overwritten.
            """)

    @OptionGroup var options: LedgerOptions

    @Option(
        help: ArgumentHelp("The file to write; there must be none yet.", valueName: "file"),
        completion: .file(extensions: ["ledger"]))
    var into: String

    func run() async throws {
        let directory = try options.directory()
        let into = into
        let (archived, isModelled) = try await Interruptible.run {
            let genesis = try RunRecords.genesis(ofRunIn: directory.path)
            let signatures = try RunManifest.signatures(ofRunIn: directory)
            let writer = try LedgerArchiveWriter(FilePath(into), genesis: genesis, signatures: signatures)
            try LedgerInput.forEachEntry(in: directory, of: genesis) { entry throws(InstructionLogError) in
                guard !Task.isCancelled else {
                    throw InstructionLogError(path: into, row: entry.sequence, problem: "interrupted")
                }
                try writer.append(entry, from: directory.path.string)
            }
            return (try writer.finish(), signatures != .ed25519)
        }
        try Console.print(
            """
            \(archived.ledger.place): state root \(archived.root)
            digest          \(archived.digest)
            written         \(into): \(archived.size) bytes\(isModelled ? "; \(ProofCheck.modelled)" : "")
            read it with    quorate ledger import \(into)
            """)
    }
}
