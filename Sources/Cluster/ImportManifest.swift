import Cryptography
import Foundation
import Primitives
import Restaking
import SystemPackage

/// `import.json`: stands in the place of `run.json` where a directory holds a ledger that was brought in from a file, and
/// nothing else of the run that it was once.
package struct ImportManifest: Codable, Hashable, Sendable {
    package static let fileName = "import.json"
    package static let currentSchemaVersion = 1

    package private(set) var schemaVersion = Self.currentSchemaVersion
    /// As the command line called it.
    package var file: String
    /// Of the file.
    package var digest: String
    /// Of the log.
    package var instructions: UInt64
    /// Of its last entry.
    package var chain: String
    /// `ed25519` or `modelled`.
    package var signatures: String
    /// By which modelled signatures are checked, in hexadecimal.
    package var secret: String?
    /// UTC, ISO 8601.
    package var importedAt: String
    package var quorateVersion: String

    package init(
        file: FilePath, digest: Digest, head: LogHead, signatures: SignatureScheme, importedAt: Date,
        version: String
    ) {
        self.file = file.string
        self.digest = "\(digest)"
        instructions = head.sequence
        chain = "\(head.chain)"
        switch signatures {
        case .ed25519: self.signatures = "ed25519"
        case .modelled(let secret):
            self.signatures = "modelled"
            self.secret = Hexadecimal.encode(secret.bytes)
        }
        self.importedAt = importedAt.formatted(.iso8601)
        quorateVersion = version
    }

    package var json: [UInt8] {
        get throws { try RunFile.json(self) }
    }

    package static func read(from directory: RunDirectory) throws(RunFileError) -> ImportManifest {
        try RunFile.read(directory.importManifest, version: currentSchemaVersion)
    }

    /// Whether the log still ends where it did.
    package func check(_ head: LogHead, in directory: RunDirectory) throws(RunFileError) {
        guard head.sequence == instructions, "\(head.chain)" == chain else {
            throw RunFileError(
                path: directory.instructionLog,
                message: "ends with entry \(head.sequence), chain \(head.chain.short); as it was imported, with entry "
                    + "\(instructions), chain \(chain.prefix(8)): it has been altered; import \(file) again")
        }
    }

    package func signatureScheme(in directory: RunDirectory) throws(RunFileError) -> SignatureScheme {
        switch (signatures, secret.flatMap { Hexadecimal.decode($0) }.flatMap { FixedBytes32($0) }) {
        case ("ed25519", _): return .ed25519
        case ("modelled", let secret?): return .modelled(secret: secret)
        case ("modelled", nil):
            throw RunFileError(
                path: directory.importManifest, message: "secret: there must be one, of 64 hexadecimal digits")
        default:
            throw RunFileError(
                path: directory.importManifest,
                message: "signatures: \(signatures) is not one; they are ed25519, modelled")
        }
    }
}
