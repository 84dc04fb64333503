import Cryptography
import Messages
import Primitives
import Restaking

/// Whether a proof file proves what it says, by nothing but the file; and if not, why.
package struct ProofCheck: Sendable {
    /// Nil when what the file says contradicts itself, so that there is no such proof.
    package let proof: Proof?
    /// What the proof rests on, known from elsewhere: the digest of a certificate's operator set, or an account's state
    /// root.
    package let pin: Digest?
    package let flaws: [String]
    /// Whether the file says itself that its signatures are modelled.
    package let isModelled: Bool

    package var isValid: Bool { flaws.isEmpty }

    /// Throws where the bytes are not those of a proof file.
    package init(of bytes: [UInt8], pin: Digest? = nil) throws(BorshError) {
        self.pin = pin
        do {
            let file = try ProofFile(borsh: bytes)
            proof = file.proof
            isModelled = file.isModelled
            // There is nothing to check: only who has the run's secret could tell.
            flaws = file.isModelled ? [Self.modelled] : Self.flaws(of: file.proof, pin: pin)
        } catch {
            guard case .invalid = error,
                let isModelled = [false, true].first(where: { bytes.starts(with: ProofFile.header(isModelled: $0)) })
            else { throw error }
            self.isModelled = isModelled
            proof = nil
            flaws = ["\(error)"]
        }
    }

    package static let modelled = "its signatures are modelled: it proves nothing outside its simulation"

    private static func flaws(of proof: Proof, pin: Digest?) -> [String] {
        switch proof {
        case .evidence(let evidence): return flaws(of: evidence)
        case .certificate(let certificate, let set):
            var flaws: [String] = []
            if let pin, pin != set.digest {
                flaws.append("the operator set is not the pinned one, \(pin)")
            }
            if let flaw = flaw(of: certificate, in: set) { flaws.append(flaw) }
            return flaws
        case .account(let proof):
            var flaws: [String] = []
            if let pin, pin != proof.root { flaws.append("its state root is not the pinned one, \(pin)") }
            do { _ = try ProvenAccount(proof) } catch { flaws.append("\(error)") }
            return flaws
        }
    }

    private static func flaws(of evidence: Evidence) -> [String] {
        guard !evidence.isValid else { return [] }
        let unsigned = evidence.signedMessages.enumerated().filter {
            !$1.signature.isValid(for: $1.message, by: evidence.accused)
        }
        return unsigned.map { "signature \($0.offset + 1) of 2 is not the accused's" }
    }

    private static func flaw(of certificate: Certificate, in set: OperatorSet) -> String? {
        do throws(CertificateError) {
            try certificate.verify(against: set)
            return nil
        } catch {
            switch error {
            case .otherOperatorSet: return mismatch(of: certificate, and: set)
            case .belowThreshold(let signed, let total):
                return "\(signed) of \(total) signed, not more than \(set.threshold) of it"
            case .badSignature(let member):
                return "the signature of member \(member), \(set.members[member.place].key), is not valid"
            }
        }
    }

    private static func mismatch(of certificate: Certificate, and set: OperatorSet) -> String {
        let statement = certificate.statement
        let pairs = [
            ("network", "\(statement.voteKey.network)", "\(set.network)"),
            ("service", "\(statement.service)", "\(set.service)"), ("epoch", "\(statement.epoch)", "\(set.epoch)"),
            ("digest", "\(statement.operatorSet)", "\(set.digest)"),
            ("number of members", "\(certificate.signers.size)", "\(set.members.count)"),
        ]
        let differing = pairs.filter { $0.1 != $0.2 }.map { "its \($0.0) is \($0.2), the certificate's \($0.1)" }
        return "the operator set is another than the certificate is for: \(differing.joined(separator: "; "))"
    }
}
