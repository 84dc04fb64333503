import ArgumentParser
import Messages
import Primitives
import Reports

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check evidence, a certificate or a ledger's account offline, with nothing but its file.",
        discussion: """
            A proof file is what a run leaves in its directory as evidence/*.borsh, or what export has written. \
            Evidence is valid if the accused has signed both of two messages that contradict each other. A \
            certificate is valid if every signature is, and the signers hold more than the threshold of the stake in \
            the operator set that the file brings along: whether that is the network's own, only its digest can tell. \
            An account is valid if all that the file says of it leads to one state root: whether that is the ledger's \
            own, ledger replay --epochs tells.

              quorate verify runs/latest/evidence/8b110da4.borsh
              quorate verify squares-task-137.borsh --set-digest 3f0c...
              quorate verify r-1-epoch-3.borsh --state-root 91ab...

            Exit status: 0 valid; 1 not valid, and what is wrong with it; 2 no proof file, or it cannot be read.
            """)

    @Argument(help: "The proof file.", completion: .file(extensions: ["borsh"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The digest that a certificate's operator set must have, as the network's own: 64 digits.",
            valueName: "hex"),
        transform: Self.digest)
    var setDigest: Digest?

    @Option(
        help: ArgumentHelp(
            "The root of the state that an account must be part of: 64 digits.", valueName: "hex"),
        transform: Self.digest)
    var stateRoot: Digest?

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        guard setDigest == nil || stateRoot == nil else {
            throw ValidationError("--set-digest belongs to a certificate, --state-root to an account: give one of them")
        }
    }

    func run() throws {
        let check = try ProofInput.check(file, pin: setDigest ?? stateRoot)
        if let mistake = mistake(in: check.proof) { throw CommandFailure.badInput(mistake) }
        let report = ProofReport(check)
        try Console.print(json ? report.json.document : report.text)
        if !check.isValid { throw ExitStatus.notAsExpected.code }
    }

    private func mistake(in proof: Proof?) -> String? {
        switch proof {
        case .evidence where setDigest != nil:
            "--set-digest: \(file) is evidence, which no operator set decides; leave it out"
        case .evidence where stateRoot != nil, .certificate where stateRoot != nil:
            "--state-root: \(file) is no account of a ledger; leave it out"
        case .account where setDigest != nil:
            "--set-digest: \(file) is an account of a ledger; write --state-root"
        default: nil
        }
    }

    private static func digest(_ text: String) throws -> Digest {
        guard let digest = Hexadecimal.decode(text).flatMap({ Digest($0) }) else {
            throw ValidationError("\(text) is not a digest; write its 64 hexadecimal digits")
        }
        return digest
    }
}
