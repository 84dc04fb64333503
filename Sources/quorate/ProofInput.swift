import Messages
import Node
import Primitives
import Records
import Reports
import SystemPackage

/// Reads what a command line names as a proof.
enum ProofInput {
    /// - Parameter pin: see ``ProofCheck``.
    static func check(_ file: String, pin: Digest? = nil) throws(CommandFailure) -> ProofCheck {
        let path = FilePath(file)
        let bytes = try CommandFailure.asBadInput { try BoundedFile.read(path, limit: ProofFile.sizeLimit) }
        do {
            return try ProofCheck(of: bytes, pin: pin)
        } catch {
            if bytes.first == UInt8(ascii: "{"), path.extension == "json" {
                var proof = path
                proof.extension = "borsh"
                throw .badInput("\(file): is the proof as JSON, for people and their tools; give \(proof) instead")
            }
            throw .badInput("\(file): not a proof file: \(error)")
        }
    }
}
