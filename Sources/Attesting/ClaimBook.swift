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

    private struct Entry: Sendable {
        let claim: Claim
        var isAsked = false
    }

    private static let perHolder = 2
    private var entries: [VoteKey: [PublicKey: [Entry]]] = [:]

    /// - Returns: whether it is new and within what one holder may claim.
    mutating func add(_ claim: Claim, about signer: PublicKey, for voteKey: VoteKey) -> Bool {
        let known = entries[voteKey]?[signer] ?? []
        guard !known.contains(where: { $0.claim == claim }),
            known.filter({ $0.claim.holder == claim.holder }).count < Self.perHolder
        else { return false }
        entries[voteKey, default: [:]][signer, default: []].append(Entry(claim: claim))
        return true
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
        for (voteKey, bySigner) in entries {
            for (signer, known) in bySigner where known.contains(where: { $0.claim.holder == holder }) {
                entries[voteKey]?[signer] = known.filter { $0.claim.holder != holder }
            }
        }
    }

    /// The open vote keys, in no order.
    var voteKeys: some Sequence<VoteKey> { entries.keys }

    func checkInvariants() {
        for known in entries.values.flatMap(\.values) {
            let perHolder = Dictionary(grouping: known, by: \.claim.holder)
            precondition(perHolder.values.allSatisfy { $0.count <= Self.perHolder }, "claims are limited by holder")
        }
    }
}
