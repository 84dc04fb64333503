import Messages
import Primitives

/// Two or more different votes of one operator for one vote key, as the adversary itself records sending them.
package struct InjectedEquivocation: Hashable, Sendable {
    package var signer: OperatorIndex
    package var voteKey: VoteKey
    /// One for each statement, with everyone it was sent to.
    package var votes: [Injection.SentVote]
    /// When the second of them was sent.
    package var at: Instant
}

extension RunHistory {
    /// Every equivocation that was sent, by time. Votes are put together by whose and what they are about, whatever
    /// notes they stand in; a vote that nobody was sent is none.
    package var equivocations: [InjectedEquivocation] {
        struct Name: Hashable {
            var signer: OperatorIndex
            var voteKey: VoteKey
        }
        var found: [Name: InjectedEquivocation] = [:]
        for injected in injections.sorted(by: { $0.at < $1.at }) {
            for vote in injected.injection.votes where !vote.recipients.isEmpty {
                let statement = vote.attestation.statement
                let name = Name(signer: injected.signer, voteKey: statement.voteKey)
                var one =
                    found[name]
                    ?? InjectedEquivocation(signer: name.signer, voteKey: name.voteKey, votes: [], at: injected.at)
                if let place = one.votes.firstIndex(where: { $0.attestation.statement == statement }) {
                    one.votes[place].recipients += vote.recipients
                } else {
                    one.votes.append(vote)
                    if one.votes.count == 2 { one.at = injected.at }
                }
                found[name] = one
            }
        }
        return found.values.filter { $0.votes.count >= 2 }
            .sorted { ($0.at, $0.signer, $0.voteKey) < ($1.at, $1.signer, $1.voteKey) }
    }

    /// Operators whose adversary did anything at all.
    package var faulty: Set<OperatorIndex> { Set(injections.map(\.signer)) }

    /// Whether a party follows the protocol and can act on what it is sent.
    func isHonest(_ party: Party, faulty: Set<OperatorIndex>) -> Bool {
        if case .signer(let signer) = party { !faulty.contains(signer) } else { true }
    }
}
