import ArgumentParser
import Messages
import Primitives
import Reports

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check evidence or a certificate offline, with nothing but its file.",
        discussion: """
            A proof file is what a run leaves in its directory as evidence/*.borsh, or what export has written. \
            Evidence is valid if the accused has signed both of two messages that contradict each other. A \
            certificate is valid if every signature is, and the signers hold more than the threshold of the stake in \
            the operator set that the file brings along: whether that is the network's own, only its digest can tell.

              quorate verify runs/latest/evidence/8b110da4.borsh
              quorate verify squares-task-137.borsh --set-digest 3f0c...

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

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func run() throws {
        let check = try ProofInput.check(file, pin: setDigest)
        if setDigest != nil, case .evidence = check.proof {
            throw CommandFailure.badInput(
                "--set-digest: \(file) is evidence, which no operator set decides; leave it out")
        }
        let report = ProofReport(check)
        try Console.print(json ? report.json.document : report.text)
        if !check.isValid { throw ExitStatus.notAsExpected.code }
    }

    private static func digest(_ text: String) throws -> Digest {
        guard let digest = Hexadecimal.decode(text).flatMap({ Digest($0) }) else {
            throw ValidationError("\(text) is not a digest; write its 64 hexadecimal digits")
        }
        return digest
    }
}
