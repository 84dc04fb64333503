import Messages
import Primitives
import Verdicts

/// What it costs to corrupt one AVS: with the stake that it shares with the others, and as if each had to live on a part
/// of it.
///
/// To corrupt an AVS is to have a wrong result certified: it takes members that hold more than the threshold. What they
/// lose by it is what the AVS's terms take of their stake. *Alone* means that every operator has divided its stake evenly
/// among the AVSs that it is a member of, which is what it could do if stake could not be shared.
package struct SecurityAccount: Hashable, Sendable {
    package var service: String
    /// The operator set that the run ended with.
    package var set: OperatorSet
    /// Of its stake: what is behind no other AVS.
    package var unique: Lamports
    /// What every operator's even part of its stake comes to.
    package var alone: Lamports
    /// The share that an equivocation costs.
    package var terms: Fraction

    /// The least stake that certifies, of all that is behind it.
    package var costPooled: Lamports { Self.quorum(of: set.total, set.threshold) }
    package var costAlone: Lamports { Self.quorum(of: alone, set.threshold) }

    private static func quorum(of total: Lamports, _ threshold: Fraction) -> Lamports {
        guard total > .zero else { return .zero }
        return total.scaled(by: threshold) + Lamports(1)
    }

    /// By AVS, in its order; none where there was no operator set.
    static func all(of history: RunHistory) -> [SecurityAccount] {
        let services = history.genesis.services.indices.map { ServiceID(UInt32($0)) }
        let sets = services.map { service in history.openings.last { $0.set.service == service }?.set }
        var memberships: [OperatorIndex: UInt64] = [:]
        for member in sets.compactMap(\.self).flatMap(\.members) { memberships[member.signer, default: 0] += 1 }
        return zip(services, sets).compactMap { service, set in
            guard let set, !set.members.isEmpty else { return nil }
            return SecurityAccount(
                service: history.name(of: service), set: set,
                unique: set.members.filter { memberships[$0.signer] == 1 }.reduce(.zero) { $0 + $1.weight },
                alone: set.members.reduce(.zero) { $0 + $1.weight.scaled(by: 1, over: memberships[$1.signer]!) },
                terms: history.genesis.services[Int(service.number)].slash.equivocation)
        }
    }
}
