import ArgumentParser
import Cluster
import Cryptography
import Messages
import Primitives
import Reports
import Restaking

struct LedgerProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Write a proof of what an account has, against the ledger's state root.",
        discussion: """
            The file holds the account and all that its amounts rest on, each with its way to the state root; \
            quorate verify checks it without the ledger. The root of the state in which an epoch began is the one that \
            the ledger told everyone: --epoch proves against that. Without it, the state after the last instruction.

              quorate ledger prove r-1 --epoch 3
              quorate verify r-1-epoch-3.borsh --state-root $(quorate ledger replay --epoch 3)
              quorate ledger prove op-3 --cluster lab --output op-3.borsh

            A file that is there already is replaced.

            Exit status: 0 written; 2 when there is no such run, account or epoch.
            """)

    @Argument(help: "A restaker or an operator, or a public key.")
    var account: String

    @OptionGroup var options: LedgerOptions

    @Option(help: ArgumentHelp("In the state in which this epoch began.", valueName: "n"))
    var epoch: UInt64?

    @Option(
        help: ArgumentHelp(
            "The file to write. (default: <account>-epoch-<n>.borsh in the working directory)", valueName: "file"))
    var output: String?

    func run() throws {
        let input = try options.read()
        let key = try input.key(of: account)
        let ledger = try epoch.map { try input.ledger(atOpeningOf: Epoch($0)) } ?? input.ledger()
        guard let proof = ledger.proof(ofAccount: key) else {
            throw CommandFailure.badInput("the ledger knows no account of \(account)")
        }
        let isModelled = input.signatures != .ed25519
        let bytes = ProofFile(.account(proof), isModelled: isModelled).borsh
        guard bytes.count <= ProofFile.sizeLimit else {
            throw CommandFailure.badInput(
                "the proof of \(account) would have \(bytes.count) bytes; the limit is \(ProofFile.sizeLimit)")
        }
        let path = output ?? "\(account)-epoch-\(ledger.epoch).borsh"
        try OutputFile.write(bytes, to: path)
        try Console.print(
            """
            state root      \(proof.root)
            state           epoch \(ledger.epoch), slot \(ledger.slot), after \(ledger.sequence) instructions
            written         \(path): \(bytes.count) bytes\(isModelled ? "; \(ProofCheck.modelled)" : "")
            check it with   quorate verify \(path) --state-root \(proof.root)
            """)
    }
}
