import Cryptography
import Messages
import Primitives

/// Verifying less, and later: of a task that is decided, what agrees with the decision need not be checked now.
///
/// In a star alone, where votes come from their signers themselves. In a mesh others report and ask for votes, and
/// what is not verified must not stand in the way of what they tell.
extension CoordinatorMachine {
    /// Whether nothing depends on this vote as long as its signer sends no other one.
    func mayWait(_ vote: Attestation, from party: Party, _ task: OpenTask) -> Bool {
        let voteKey = vote.statement.voteKey
        guard terms.dissemination == .star, hasCome(vote, from: party),
            box[voteKey]?.votes(by: vote.signer).isEmpty ?? true
        else { return false }
        return task.isExpired || certificates[voteKey]?.statement == vote.statement
    }

    /// Nobody else can put a vote in the place of a signer's own.
    private func hasCome(_ vote: Attestation, from party: Party) -> Bool {
        guard case .signer(let index) = party, let set = sets.set(vote.statement.operatorSet) else { return false }
        return set.index(of: vote.signer).map { set.members[$0.place].signer == index } ?? false
    }

    /// Another vote of this signer for the same vote key is here: now it matters which of them are valid.
    mutating func checkDeferred(by signer: PublicKey, for voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let vote = deferred.take(by: signer, for: voteKey), let party = deliverer(of: vote) else { return }
        check(vote, from: party, effects: &effects)
    }

    /// The window has closed on a certified task: whoever voted for it in time took part, if the signature is valid.
    ///
    /// - Returns: false when there is nothing to wait for.
    mutating func checkLast(_ voteKey: VoteKey, effects: inout [NodeEffect]) -> Bool {
        let waiting = deferred.takeAll(for: voteKey)
        guard open[voteKey]?.isCertified == true else {
            // Without a certificate there is nothing to take part in.
            for vote in waiting { rememberUnverified(vote) }
            return false
        }
        var count = 0
        for vote in waiting {
            guard let party = deliverer(of: vote), box.beginVerifying(vote) else { continue }
            let id = ids.next()
            requests[id] = .verifyLastVote(vote, from: party)
            effects.append(.verify(id, .attestation(vote)))
            count += 1
        }
        open[voteKey]?.lastVotes = count
        return count > 0
    }

    private func deliverer(of vote: Attestation) -> Party? {
        guard let set = sets.set(vote.statement.operatorSet), let member = set.index(of: vote.signer) else { return nil }
        return .signer(set.members[member.place].signer)
    }

    /// Only for the question what is held of this signer, which checks for itself whether the answer is its own.
    private mutating func rememberUnverified(_ vote: Attestation) {
        if let known = newestUnverified[vote.signer], known.statement.voteKey > vote.statement.voteKey { return }
        newestUnverified[vote.signer] = vote
    }

    /// What an operator that starts is told of its own votes. It checks each signature itself, so that what is not
    /// verified here may be among them; but it comes besides what is, never in its place.
    func ownVotes(of party: Party) -> [Attestation] {
        let verified = box.latestVotes(of: party, in: genesis)
        guard case .signer(let index) = party, Int(index.number) < genesis.signers.count else { return verified }
        let key = genesis.signers[Int(index.number)].key
        let others = [newestUnverified[key]].compactMap(\.self)
        let room = Frame.ownVotesLimit - verified.count - others.count
        return verified + others + deferred.newest(by: key, limit: max(0, room))
    }

    func checkDeferralInvariants() {
        var seen: Set<DeferredName> = []
        for vote in deferred.all {
            let voteKey = vote.statement.voteKey
            precondition(terms.dissemination == .star, "votes wait in a star alone")
            precondition(
                seen.insert(DeferredName(voteKey: voteKey, signer: vote.signer)).inserted, "one vote of a signer waits")
            precondition(open[voteKey].map { $0.isExpired || $0.isCertified } == true, "what waits is decided")
            precondition(
                open[voteKey]!.isExpired || certificates[voteKey]?.statement == vote.statement,
                "what waits agrees with the certificate")
            precondition(
                box[voteKey]?.votes(by: vote.signer).isEmpty ?? true, "nothing waits whose signer is known otherwise")
        }
        precondition(newestUnverified.count <= genesis.signers.count, "one vote of each signer is remembered")
    }

    private struct DeferredName: Hashable { let voteKey: VoteKey; let signer: PublicKey }
}
