import Messages
import Primitives
import Restaking
import Verdicts

/// What it costs to corrupt one AVS: with the stake that it shares with the others, and as if each had to live on a part
/// of it.
///
/// To corrupt an AVS is to have a wrong result certified: it takes members that hold more than the threshold. What they
/// lose by it is what the AVS's terms take of their stake. All amounts are weights: of each asset what the AVS counts it
/// for. For each operator and asset it matters which parts of the stake are behind which AVSs. Shared stake is behind
/// every AVS that counts the asset, with all of it; unique parts never overlap, and elastic ones may.
///
/// - *Unique* is what would still be behind the AVS if all others had taken all of theirs: of its part as much as the other
///   parts leave of the whole.
/// - *Alone* means that every operator has cut down its parts, all in the same measure, until they fit the whole: which is
///   what it could do if stake could not be counted on twice. Of shared stake each AVS has an even part then. Parts that
///   fit the whole stay as they are: unique ones always do.
package struct SecurityAccount: Hashable, Sendable {
    package var service: String
    package var policy: AllocationPolicy
    /// The operator set that the run ended with.
    package var set: OperatorSet
    /// Of its stake: what is behind no other AVS.
    package var unique: Lamports
    /// What is behind it where nothing is counted twice.
    package var alone: Lamports
    /// The share that an equivocation costs.
    package var terms: Fraction
    /// Whether it counts a lamport of some asset for less than one.
    package var weighs: Bool

    /// The least stake that certifies, of all that is behind it.
    package var costPooled: Lamports { Self.quorum(of: set.total, set.threshold) }
    package var costAlone: Lamports { Self.quorum(of: alone, set.threshold) }

    private static func quorum(of total: Lamports, _ threshold: Fraction) -> Lamports {
        guard total > .zero else { return .zero }
        return total.scaled(by: threshold) + Lamports(1)
    }

    /// Whether it takes the ledger to tell how much of an operator's stake is behind which AVS: where all of it is behind
    /// every one, the operator sets do.
    static func needsParts(of history: RunHistory) -> Bool {
        let genesis = history.genesis
        return genesis.services.count > 1
            && (genesis.parameters.allocation != .shared
                || genesis.services.contains { $0.assetWeights.contains(.zero) })
    }

    /// By AVS: the set that the run ended with; nil where there was none, or nobody in it.
    static func lastSets(of history: RunHistory) -> [OperatorSet?] {
        history.genesis.services.indices.map { place in
            let set = history.openings.last { $0.set.service == ServiceID(UInt32(place)) }?.set
            return set?.members.isEmpty == false ? set : nil
        }
    }

    /// By AVS, in its order; none where there was no operator set.
    ///
    /// - Parameter parts: as of the epoch of the last sets; nil where `needsParts` is false.
    static func all(of history: RunHistory, _ parts: StakeParts? = nil) -> [SecurityAccount] {
        let sets = lastSets(of: history)
        let divided = (parts ?? StakeParts(sharedBy: sets)).divided
        return sets.enumerated().compactMap { place, set in
            guard let set else { return nil }
            let terms = history.genesis.services[place]
            return SecurityAccount(
                service: terms.name, policy: history.genesis.parameters.allocation, set: set,
                unique: divided[place].unique, alone: divided[place].alone, terms: terms.slash.equivocation,
                weighs: history.genesis.assets.enumerated().contains { asset, listed in
                    listed.weight < .whole
                        || asset < terms.assetWeights.count && .zero < terms.assetWeights[asset]
                            && terms.assetWeights[asset] < .whole
                })
        }
    }
}

extension SecurityAccount {
    var line: String {
        var text = "\(service): \(set.total)\(weighs ? " as it weighs stake" : ""), "
        text += "\(unique.percentage(of: set.total)) of it behind no other service; to corrupt it takes \(costPooled)"
        if let division { text += ", and \(costAlone) if everyone had \(division)" }
        return text + "; an equivocation costs \(terms.percentage) of \(weighs ? "the stake behind that" : "that")"
    }

    /// What everyone would have done if stake could not be counted twice; nil where nobody counts it twice.
    var division: String? {
        switch policy {
        case .shared: "divided its stake evenly"
        case .unique: nil
        case .elastic: "cut its parts to what it has"
        }
    }
}
