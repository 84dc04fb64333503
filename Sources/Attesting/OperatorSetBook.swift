import Messages
import Primitives

/// The operator sets that the ledger has published: the present one of each AVS, and past ones by their digest for
/// as long as the ledger takes votes by them.
package struct OperatorSetBook: Sendable {
    /// For how many epochs after its own a set is kept: until the ledger's evidence horizon has passed it.
    private let unbondingEpochs: UInt64
    private var byDigest: [Digest: OperatorSet] = [:]
    /// Of each AVS, in ascending order of (epoch, revision).
    private var sets: [ServiceID: [OperatorSet]] = [:]

    package init(unbondingEpochs: UInt64) { self.unbondingEpochs = unbondingEpochs }

    /// - Returns: false when the set is known already, or is past the horizon.
    package mutating func add(_ set: OperatorSet) -> Bool {
        guard byDigest.updateValue(set, forKey: set.digest) == nil else { return false }
        var ordered = sets[set.service, default: []]
        let place = ordered.firstIndex { ($0.epoch, $0.revision) > (set.epoch, set.revision) } ?? ordered.endIndex
        ordered.insert(set, at: place)
        let present = ordered[ordered.endIndex - 1].epoch.number
        let oldest = Epoch(present - min(present, unbondingEpochs))
        let outdated = ordered.prefix { $0.epoch < oldest }
        for set in outdated { byDigest[set.digest] = nil }
        ordered.removeFirst(outdated.count)
        sets[set.service] = ordered
        return byDigest[set.digest] != nil
    }

    package func set(_ digest: Digest) -> OperatorSet? { byDigest[digest] }

    package func current(of service: ServiceID) -> OperatorSet? { sets[service]?.last }

    /// Whoever has a vote in an AVS that the ledger still takes, by the last revision of each epoch, in ascending order.
    package func voters(of service: ServiceID) -> [OperatorIndex] {
        let kept = sets[service] ?? []
        let last = kept.indices.filter { $0 + 1 == kept.count || kept[$0 + 1].epoch > kept[$0].epoch }
        return Set(last.flatMap { kept[$0].members.map(\.signer) }).sorted()
    }
}
