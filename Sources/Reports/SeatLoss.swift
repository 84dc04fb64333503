import Messages
import Primitives
import Verdicts

/// What a slash did to one AVS: the operator set before and after it, and how long it took to get around.
package struct SeatLoss: Hashable, Sendable {
    package var service: String
    package var before: OperatorSet
    package var after: OperatorSet
    /// From the slash until the AVS's coordinator held the new set, which every task from then on pins.
    package var coordinator: Duration?
    /// Until the last of its operators that noted it held it.
    package var lastOperator: Duration?

    /// Of every AVS in whose operator set the culprit was, in their order.
    static func all(by slash: RunHistory.Slash, in history: RunHistory) -> [SeatLoss] {
        history.genesis.services.indices.compactMap { index in
            let service = ServiceID(UInt32(index))
            let openings = history.openings.filter { $0.set.service == service }
            guard
                let place = openings.indices.dropFirst().first(where: { place in
                    let (before, after) = (openings[place - 1].set, openings[place].set)
                    // Within an epoch nobody leaves but by a slash, and nobody is slashed twice.
                    return after.epoch == before.epoch && before.holds(slash.record.signer)
                        && !after.holds(slash.record.signer)
                })
            else { return nil }
            let after = openings[place].set
            // Whoever is started again later hears of it anew: the first time counts.
            let adoptions = Dictionary(grouping: history.adoptions[after.digest, default: []], by: \.party)
                .compactMapValues { $0.map(\.at).min() }
            return SeatLoss(
                service: history.name(of: service), before: openings[place - 1].set, after: after,
                coordinator: adoptions[.coordinator(service)].map { $0 - slash.at },
                lastOperator: adoptions.filter(\.key.isSigner).values.map { $0 - slash.at }.max())
        }
    }

    /// The least stake that is a quorum of a set.
    package static func quorum(of set: OperatorSet) -> Lamports {
        let share = Arithmetic.multiplyDivide(
            set.total.number, set.threshold.numerator, by: set.threshold.denominator, rounding: .down)
        return Lamports(share + 1)
    }
}

extension OperatorSet {
    fileprivate func holds(_ signer: OperatorIndex) -> Bool { index(of: signer) != nil }
}
