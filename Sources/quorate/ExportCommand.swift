import ArgumentParser
import Cluster
import Cryptography
import Messages
import Primitives
import Records
import Reports
import SystemPackage
import Verdicts

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a certificate or evidence of a run as a proof file, or evidence as Solana takes it.",
        discussion: """
            A certificate comes from the records of a run: the coordinator's if it has one, any other holder's if not.

              quorate export runs/latest --certificate "task 137"

            Evidence is written by the end of a run; of one that still goes on, such as a live cluster, it is what any node \
            has found by now, against an operator or coordinator, or of an offence by its first digits.

              quorate export runs/latest --evidence op-3

            For Solana, evidence becomes the data of one instruction for Solana's Ed25519 native program, which fails the \
            transaction unless both signatures are the accused's. It takes no accounts.

              quorate export runs/latest/evidence/8b110da4.borsh --solana

            A file that is there already is replaced.

            Exit status: 0 written; 1 the evidence is not valid; 2 anything else.
            """)

    @Argument(help: "A run directory, such as runs/latest, or a file of evidence for --solana.")
    var source: String

    @Option(help: ArgumentHelp("The task whose certificate to write: \"task 137\", or 137.", valueName: "task"))
    var certificate: String?

    @Option(help: ArgumentHelp("The AVS of that task, where the run has several.", valueName: "name"))
    var service: String?

    @Option(
        help: ArgumentHelp("The evidence against somebody, or of an offence: op-3, 8b110da4.", valueName: "whose"))
    var evidence: String?

    @Flag(help: "Write evidence as instruction data for Solana's Ed25519 program.")
    var solana = false

    @Option(
        help: ArgumentHelp(
            "The file to write. (default: <service>-task-<n>.borsh, <offence>.borsh or <evidence>.ed25519 in the working "
                + "directory)",
            valueName: "file"))
    var output: String?

    func validate() throws {
        guard [certificate != nil, evidence != nil, solana].count(where: \.self) == 1 else {
            throw ValidationError(
                "say what to write: --certificate \"task 137\" or --evidence op-3 of a run, or evidence for --solana")
        }
        guard service == nil || certificate != nil else {
            throw ValidationError("--service belongs to --certificate: evidence says itself which AVS it is about")
        }
    }

    func run() throws {
        if let certificate {
            try exportCertificate(of: try TaskSequence(argument: certificate, of: "--certificate"))
        } else if let evidence {
            try exportEvidence(evidence)
        } else {
            try exportForSolana()
        }
    }

    private func exportEvidence(_ words: String) throws {
        let source = source
        let (name, bytes, isModelled) = try CommandFailure.asBadInput {
            let signatures = try RunManifest.signatures(ofRunIn: RunDirectory(path: FilePath(source)))
            let history = RunHistory(try RunRecords.load(directory: FilePath(source)))
            let file = try EvidenceFile.find(words, in: history, isModelled: signatures != .ed25519)
            return ("\(file.offence.short).borsh", file.bytes, signatures != .ed25519)
        }
        try write(bytes, to: output ?? name, isModelled: isModelled)
    }

    private func write(_ bytes: [UInt8], to path: String, isModelled: Bool) throws {
        try OutputFile.write(bytes, to: path)
        try Console.print(
            "\(path): \(bytes.count) bytes; "
                + (isModelled ? ProofCheck.modelled : "check it with: quorate verify \(path)"))
    }

    private func exportCertificate(of task: TaskSequence) throws {
        let (source, service) = (source, service)
        let file = try CommandFailure.asBadInput {
            let signatures = try RunManifest.signatures(ofRunIn: RunDirectory(path: FilePath(source)))
            let history = RunHistory(try RunRecords.load(directory: FilePath(source)))
            return try signatures.scoped {
                try CertificateFile.find(
                    task, service: service, in: history, isModelled: signatures != .ed25519)
            }
        }
        try write(file.bytes, to: output ?? file.name, isModelled: file.isModelled)
    }

    private func exportForSolana() throws {
        let check = try ProofInput.check(source)
        guard case .evidence(let evidence)? = check.proof, check.isValid else {
            switch check.proof {
            case .certificate: throw CommandFailure.badInput("\(source): a certificate; --solana takes evidence")
            case .account: throw CommandFailure.badInput("\(source): a ledger's account; --solana takes evidence")
            case .evidence, nil: break
            }
            Console.complain("\(source): not valid: \(check.flaws.joined(separator: "; "))")
            throw ExitStatus.notAsExpected.code
        }
        let instruction = SolanaInstruction(evidence)
        let path = output ?? "\(FilePath(source).stem ?? "evidence").ed25519"
        try OutputFile.write(instruction.data, to: path)
        let (size, limit) = (instruction.transactionSize, SolanaInstruction.transactionLimit)
        let messages = instruction.messageSizes.map(String.init).joined(separator: " and ")
        try Console.print(
            """
            program         \(SolanaInstruction.program)
            instruction     \(instruction.data.count) bytes, no accounts: two signatures of one key, messages of \(messages) bytes
            transaction     \(size) bytes with one signer and this instruction alone; the limit is \(limit), \(limit - size) are left
            written         \(path)
            """)
    }
}
