import Messages
import Primitives

/// What each sender counts for, by the newest operator set of each AVS that the receiver knows: an operator its share of the
/// stake, of several shares the greatest; a coordinator as much as all of its operators.
package struct StakeWeights: Sendable {
    private var shares: [ServiceID: [Party: Weight]] = [:]

    package init() {}

    /// - Returns: the new weight of everybody who has or had one by this AVS.
    package mutating func learn(_ set: OperatorSet) -> [(party: Party, weight: Weight)] {
        var present: [Party: Weight] = [.coordinator(set.service): .whole]
        for member in set.members { present[.signer(member.signer)] = Weight(of: member.weight, in: set.total) }
        let past = shares.updateValue(present, forKey: set.service) ?? [:]
        return Set(past.keys).union(present.keys).map { party in
            (party: party, weight: shares.values.compactMap { $0[party] }.max() ?? .least)
        }
    }
}
