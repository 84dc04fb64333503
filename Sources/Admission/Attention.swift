import Messages
import Primitives

/// What a frame asks of whoever receives it.
package enum Attention {
    /// In units of one signature to be checked.
    package static func cost(of frame: Frame) -> UInt64 {
        switch frame {
        case .certificate(let certificate): UInt64(max(1, certificate.signatures.count))
        case .ownVotes(let votes): UInt64(max(1, votes.count))
        case .summary(let summary): 1 + UInt64(summary.entries.count) / 8
        // Little to read, and much to answer.
        case .ownVotesRequest, .certificateRequest: 4
        default: 1
        }
    }

    /// At the ledger, in the same units: the instruction's own signature is one of them.
    package static func cost(of instruction: Instruction) -> UInt64 {
        switch instruction {
        case .submitEvidence: 3
        case .submitCertificate(let certificate, _): UInt64(1 + certificate.signers.count)
        case .post(let letter): UInt64(1 + letter.certificate.signers.count)
        case .claimParticipation: 2
        default: 1
        }
    }
}
