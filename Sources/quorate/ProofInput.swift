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

    /// What the file holds, for a ledger to judge.
    static func evidence(_ file: String) throws(CommandFailure) -> Evidence {
        let check = try check(file)
        guard !check.isModelled else {
            throw .badInput("\(file): \(ProofCheck.modelled); a live ledger takes none of it")
        }
        switch check.proof {
        case .evidence(let evidence): return evidence
        case .certificate: throw .badInput("\(file): is a certificate, no evidence")
        case .account: throw .badInput("\(file): is an account of a ledger, no evidence")
        case nil: throw .badInput("\(file): proves nothing: \(check.flaws.joined(separator: "; "))")
        }
    }
}
