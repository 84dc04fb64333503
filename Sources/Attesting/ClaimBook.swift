import Cryptography
import Messages
import Primitives

/// Which votes others say they hold and this node does not: unproven until the vote itself is here.
///
/// Two claims a holder about each signer are kept, so that one liar cannot crowd out the truth.
struct ClaimBook: Sendable {
    struct Claim: Hashable, Sendable {
        let statement: Digest
        let holder: Party
    }

    /// Asks for the vote that somebody has told of.
    struct Question: Hashable, Sendable {
        let request: VoteRequest
        let holder: Party
    }

    private struct Entry: Sendable {
        let claim: Claim
        var isAsked = false
    }

    private static let perHolder = 2
    private var entries: [VoteKey: [PublicKey: [Entry]]] = [:]
    /// What was told, by whom, of operator sets that the ledger has not told of yet: a node that has just started may hear
    /// from operators before it hears from the ledger. The newest of each holder.
    private var parked: [Party: [VoteSummary.Entry]] = [:]
    static let parkedPerHolder = VoteSummary.entryLimit

    /// - Returns: whether it is new and within what one holder may claim.
    mutating func add(_ claim: Claim, about signer: PublicKey, for voteKey: VoteKey) -> Bool {
        let known = entries[voteKey]?[signer] ?? []
        guard !known.contains(where: { $0.claim == claim }),
            known.filter({ $0.claim.holder == claim.holder }).count < Self.perHolder
        else { return false }
        entries[voteKey, default: [:]][signer, default: []].append(Entry(claim: claim))
        return true
    }

    /// Somebody says which votes it holds. Where that is another vote than is held here, or than somebody else has told
    /// of, the signatures are worth asking for.
    ///
    /// - Parameter isOpen: whether votes for this key, by this set, are still listened for.
    /// - Returns: what to ask, and whom.
    mutating func compare(
        _ summary: VoteSummary, from party: Party, with box: BallotBox, sets: OperatorSetBook,
        isOpen: (VoteKey, OperatorSet) -> Bool
    ) -> [Question] {
        var questions: [Question] = []
        var early: [VoteSummary.Entry] = []
        for entry in summary.entries {
            guard let set = sets.set(entry.operatorSet) else {
                early.append(entry)
                continue
            }
            guard isOpen(entry.voteKey, set),
                entry.signers.size == set.members.count
            else { continue }
            let unheld =
                box[entry.voteKey]?.missing(entry.signers, of: entry.statement, in: set) ?? entry.signers.members
            for member in unheld {
                let signer = set.members[member.place].key
                let claim = Claim(statement: entry.statement, holder: party)
                let held = box[entry.voteKey]?.votes(by: signer) ?? []
                guard held.count < 2, add(claim, about: signer, for: entry.voteKey) else { continue }
                let others = claims(about: signer, for: entry.voteKey).filter { $0.statement != entry.statement }
                guard !held.isEmpty || !others.isEmpty else { continue }
                questions += ([claim] + others).compactMap { question($0, about: signer, for: entry.voteKey) }
            }
        }
        if !early.isEmpty {
            parked[party] = (parked[party, default: []] + early).suffix(Self.parkedPerHolder)
        }
        return questions
    }

    /// What was told of this operator set before it was known, in the order of who told it.
    mutating func unpark(_ set: Digest) -> [(summary: VoteSummary, holder: Party)] {
        parked.keys.sorted().compactMap { holder in
            let told = parked[holder, default: []].filter { $0.operatorSet == set }
            guard !told.isEmpty else { return nil }
            parked[holder]?.removeAll { $0.operatorSet == set }
            return (VoteSummary(entries: told), holder)
        }
    }

    /// A vote has come. - Returns: what to ask of those who told of another one by its signer.
    mutating func contradictions(of vote: Attestation) -> [Question] {
        let told = claims(about: vote.signer, for: vote.statement.voteKey)
        guard !told.isEmpty else { return [] }
        let digest = vote.statement.digest
        return told.filter { $0.statement != digest }
            .compactMap { question($0, about: vote.signer, for: vote.statement.voteKey) }
    }

    /// - Returns: nil for what has been asked before.
    private mutating func question(_ claim: Claim, about signer: PublicKey, for voteKey: VoteKey) -> Question? {
        guard markAsked(claim, about: signer, for: voteKey) else { return nil }
        return Question(
            request: VoteRequest(voteKey: voteKey, statement: claim.statement, signer: signer), holder: claim.holder)
    }

    func claims(about signer: PublicKey, for voteKey: VoteKey) -> [Claim] {
        entries[voteKey]?[signer]?.map(\.claim) ?? []
    }

    /// - Returns: whether it has not been asked for before.
    mutating func markAsked(_ claim: Claim, about signer: PublicKey, for voteKey: VoteKey) -> Bool {
        guard let place = entries[voteKey]?[signer]?.firstIndex(where: { $0.claim == claim }),
            entries[voteKey]?[signer]?[place].isAsked == false
        else { return false }
        entries[voteKey]?[signer]?[place].isAsked = true
        return true
    }

    mutating func close(_ voteKey: VoteKey) { entries[voteKey] = nil }

    /// Whoever is gone is not asked any more; back again, it tells all it holds anew, and is asked anew.
    mutating func forget(holder: Party) {
        parked[holder] = nil
        for (voteKey, bySigner) in entries {
            for (signer, known) in bySigner where known.contains(where: { $0.claim.holder == holder }) {
                entries[voteKey]?[signer] = known.filter { $0.claim.holder != holder }
            }
        }
    }

    /// The open vote keys, in no order.
    var voteKeys: some Sequence<VoteKey> { entries.keys }

    func checkInvariants() {
        precondition(parked.values.allSatisfy { $0.count <= Self.parkedPerHolder }, "parked claims are limited")
        for known in entries.values.flatMap(\.values) {
            let perHolder = Dictionary(grouping: known, by: \.claim.holder)
            precondition(perHolder.values.allSatisfy { $0.count <= Self.perHolder }, "claims are limited by holder")
        }
    }
}
