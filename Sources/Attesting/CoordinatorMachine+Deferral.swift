import Cryptography
import Messages
import Primitives

/// Verifying less, and later: no more votes are checked than make a quorum, if they are valid. Of a task that is
/// decided, what agrees with the decision need not be checked now.
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
        if let certificate = certificates[voteKey] { return certificate.statement == vote.statement }
        return task.isExpired || task.isAbout(vote.statement) && isEnough(vote.statement, task)
    }

    /// Whether those who are known to have signed this make a quorum together with those whose signatures are being
    /// checked.
    private func isEnough(_ statement: Statement, _ task: OpenTask) -> Bool {
        let known = box[statement.voteKey]?.choices.first { $0.statement == statement }?.weight ?? .zero
        // Of one set, each signer once in either: it fits, unless somebody is checked twice, which is enough too.
        guard let sum = known.adding(task.pending[statement.result] ?? .zero) else { return true }
        return task.operatorSet.isQuorum(sum)
    }

    /// A signature is about to be checked.
    mutating func expectWeight(of vote: Attestation) {
        let voteKey = vote.statement.voteKey
        guard let task = open[voteKey], task.isAbout(vote.statement),
            let member = task.operatorSet.index(of: vote.signer)
        else { return }
        let weight = task.operatorSet.members[member.place].weight
        let pending = task.pending[vote.statement.result] ?? .zero
        open[voteKey]!.pending[vote.statement.result] = pending.adding(weight) ?? Lamports(.max)
    }

    /// It has been checked, and counted if it was valid: if it was not, others may be needed that wait.
    mutating func settleWeight(of vote: Attestation, effects: inout [NodeEffect]) {
        let (voteKey, result) = (vote.statement.voteKey, vote.statement.result)
        guard let task = open[voteKey], task.isAbout(vote.statement),
            let member = task.operatorSet.index(of: vote.signer)
        else { return }
        let weight = task.operatorSet.members[member.place].weight
        open[voteKey]!.pending[result] = task.pending[result]?.subtracting(weight) ?? .zero
        while let task = open[voteKey], !task.isCertified, !task.isExpired, !isEnough(vote.statement, task),
            let next = deferred.first(for: vote.statement)
        {
            checkDeferred(by: next.signer, for: voteKey, effects: &effects)
        }
    }

    /// Whoever waits with another result than the certificate's agrees with nothing any more.
    mutating func checkDissenters(_ voteKey: VoteKey, effects: inout [NodeEffect]) {
        guard let certificate = certificates[voteKey] else { return }
        for vote in deferred.all(for: voteKey) where vote.statement != certificate.statement {
            checkDeferred(by: vote.signer, for: voteKey, effects: &effects)
        }
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
            expectWeight(of: vote)
            effects.append(.verify(id, .attestation(vote)))
            count += 1
        }
        open[voteKey]?.lastVotes = count
        return count > 0
    }

    private func deliverer(of vote: Attestation) -> Party? {
        guard let set = sets.set(vote.statement.operatorSet), let member = set.index(of: vote.signer) else {
            return nil
        }
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
            let task = open[voteKey]!
            precondition(
                task.isExpired
                    || certificates[voteKey].map { $0.statement == vote.statement }
                        ?? (task.isAbout(vote.statement) && isEnough(vote.statement, task)),
                "what waits agrees with what is decided or will be")
            precondition(
                box[voteKey]?.votes(by: vote.signer).isEmpty ?? true, "nothing waits whose signer is known otherwise")
        }
        for (voteKey, task) in open {
            var pending: [Digest: Lamports] = [:]
            for vote in requests.values.compactMap(\.vote) where vote.statement.voteKey == voteKey {
                guard task.isAbout(vote.statement), let member = task.operatorSet.index(of: vote.signer) else {
                    continue
                }
                pending[vote.statement.result, default: .zero] += task.operatorSet.members[member.place].weight
            }
            precondition(
                task.pending.filter { $0.value > .zero } == pending.filter { $0.value > .zero },
                "the weight that is expected is that of the votes that are being checked")
        }
        precondition(newestUnverified.count <= genesis.signers.count, "one vote of each signer is remembered")
    }

    private struct DeferredName: Hashable { let voteKey: VoteKey; let signer: PublicKey }
}
