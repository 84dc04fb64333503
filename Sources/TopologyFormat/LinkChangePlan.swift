import Links
import Messages
import Primitives

/// A time in which the links between some nodes have other terms. Of two that meet on a link, the one that began later
/// says what both say.
package struct LinkChangePlan: LinkSpell {
    /// Neither side has the ledger, which stands beside everyone. Both are everyone else where all links are meant.
    package var between: [Party]
    package var and: [Party]
    package var begins: Duration
    package var lasts: Duration?
    package var isOneWay: Bool
    /// Gives one term at least.
    package var change: LinkChange

    package init(
        between: [Party], and: [Party], begins: Duration, lasts: Duration? = nil, isOneWay: Bool = false,
        change: LinkChange
    ) {
        self.between = between
        self.and = and
        self.begins = begins
        self.lasts = lasts
        self.isOneWay = isOneWay
        self.change = change
    }
}

extension LinkChange {
    /// The terms that it gives, as a topology writes them: `latency: 80ms`, `loss: 1%`.
    package var terms: [(key: String, value: String)] {
        [
            ("latency", latency.map(DurationText.of)), ("jitter", jitter.map(DurationText.of)),
            ("loss", loss.map(FractionText.chance)), ("duplicate", duplication.map(FractionText.chance)),
            ("reorder", reordering.map(FractionText.chance)), ("bandwidth", bandwidth.map { "\($0)" }),
        ].compactMap { key, value in value.map { (key, $0) } }
    }
}
