import Messages
import Primitives

/// What a frame asks of whoever receives it, and what each sender may ask.
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

    /// By an operator set: a member's weight is its share of the stake, the coordinator's as much as all of them have.
    package static func weights(by set: OperatorSet) -> [(party: Party, weight: Weight)] {
        set.members.map { (party: .signer($0.signer), weight: Weight(of: $0.weight, in: set.total)) }
            + [(party: .coordinator(set.service), weight: .whole)]
    }
}
