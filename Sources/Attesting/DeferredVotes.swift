import Cryptography
import Messages
import Primitives

/// Votes that change nothing as far as can be seen, and whose signatures have therefore not been checked: at most one
/// of each signer for a vote key.
///
/// None of them counts for anything. Whoever needs one takes it out and has it checked first.
struct DeferredVotes: Sendable {
    /// In the order of their arrival.
    private var votes: [VoteKey: [Attestation]] = [:]

    func vote(by signer: PublicKey, for voteKey: VoteKey) -> Attestation? {
        votes[voteKey]?.first { $0.signer == signer }
    }

    func first(for statement: Statement) -> Attestation? {
        votes[statement.voteKey]?.first { $0.statement == statement }
    }

    func all(for voteKey: VoteKey) -> [Attestation] { votes[voteKey] ?? [] }

    /// Only where there is none by this signer yet.
    mutating func add(_ vote: Attestation) {
        precondition(self.vote(by: vote.signer, for: vote.statement.voteKey) == nil, "one deferred vote of a signer")
        votes[vote.statement.voteKey, default: []].append(vote)
    }

    mutating func take(by signer: PublicKey, for voteKey: VoteKey) -> Attestation? {
        guard let place = votes[voteKey]?.firstIndex(where: { $0.signer == signer }) else { return nil }
        let vote = votes[voteKey]!.remove(at: place)
        if votes[voteKey]!.isEmpty { votes[voteKey] = nil }
        return vote
    }

    mutating func takeAll(for voteKey: VoteKey) -> [Attestation] { votes.removeValue(forKey: voteKey) ?? [] }

    /// The newest of one signer, the newest first.
    func newest(by signer: PublicKey, limit: Int) -> [Attestation] {
        let own = votes.values.joined().filter { $0.signer == signer }
        return Array(own.sorted { $0.statement.voteKey > $1.statement.voteKey }.prefix(limit))
    }

    /// In no order.
    var all: some Sequence<Attestation> { votes.values.joined() }
}
