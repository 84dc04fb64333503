import Messages
import Primitives

/// The operator sets that the ledger has published: the present one of each AVS, and past ones by their digest for
/// as long as votes can still arrive for them.
package struct OperatorSetBook: Sendable {
    /// How many sets of one AVS are kept; beyond it the oldest goes.
    private static let keptPerService = 64

    private var byDigest: [Digest: OperatorSet] = [:]
    private var order: [ServiceID: [Digest]] = [:]

    package init() {}

    /// - Returns: false when the set is known already.
    package mutating func add(_ set: OperatorSet) -> Bool {
        guard byDigest.updateValue(set, forKey: set.digest) == nil else { return false }
        var digests = order[set.service, default: []]
        let place = digests.firstIndex { isNewer(byDigest[$0]!, than: set) } ?? digests.endIndex
        digests.insert(set.digest, at: place)
        if digests.count > Self.keptPerService { byDigest[digests.removeFirst()] = nil }
        order[set.service] = digests
        return true
    }

    package func set(_ digest: Digest) -> OperatorSet? { byDigest[digest] }

    package func current(of service: ServiceID) -> OperatorSet? {
        order[service]?.last.flatMap { byDigest[$0] }
    }

    private func isNewer(_ set: OperatorSet, than other: OperatorSet) -> Bool {
        (set.epoch, set.revision) > (other.epoch, other.revision)
    }
}
