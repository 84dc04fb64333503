import Messages
import Primitives

/// A time in which nothing gets from some nodes to others.
package struct PartitionPlan: LinkSpell {
    /// Ascending, disjoint, neither empty.
    package var between: [Party]
    package var and: [Party]
    /// From the run's beginning.
    package var begins: Duration
    /// Nil: to the end.
    package var lasts: Duration?
    /// Whether only what `between` sends is lost.
    package var isOneWay: Bool

    package init(
        between: [Party], and: [Party], begins: Duration, lasts: Duration? = nil, isOneWay: Bool = false
    ) {
        self.between = between
        self.and = and
        self.begins = begins
        self.lasts = lasts
        self.isOneWay = isOneWay
    }
}
