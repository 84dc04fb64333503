import Messages
import Primitives

/// The votes that an operator has sent, by vote key: as soon as two contradict each other, that is an equivocation. What is
/// worthless or has gone to nobody is none.
struct VotePairs: Sendable {
    private struct Pair: Sendable {
        var votes: [Injection.SentVote] = []
        var isNoted = false
    }

    private var pairs: [VoteKey: Pair] = [:]
    private var order: [VoteKey] = []

    private static let limit = 4_096

    /// - Returns: what is to be noted, once for each vote key: from the moment at which two different votes have gone
    ///   to somebody.
    mutating func sent(_ vote: Attestation, to recipients: [Party], by behaviour: Behaviour) -> Injection? {
        let voteKey = vote.statement.voteKey
        guard !recipients.isEmpty, pairs[voteKey]?.isNoted != true, vote.isValid else { return nil }
        if pairs[voteKey] == nil {
            order.append(voteKey)
            if order.count > Self.limit { pairs[order.removeFirst()] = nil }
        }
        var pair = pairs[voteKey] ?? Pair()
        if let place = pair.votes.firstIndex(where: { $0.attestation.statement == vote.statement }) {
            pair.votes[place].recipients += recipients.filter { !pair.votes[place].recipients.contains($0) }
        } else {
            pair.votes.append(Injection.SentVote(attestation: vote, recipients: recipients))
        }
        pair.isNoted = pair.votes.count > 1
        pairs[voteKey] = pair
        guard pair.isNoted else { return nil }
        return Injection(
            behaviour: behaviour.rawValue, service: voteKey.service, subject: voteKey.subject, votes: pair.votes)
    }

    func checkInvariants() { precondition(pairs.count <= Self.limit, "remembered votes are limited") }
}
