import Messages
import Primitives

/// A time in which the links between some nodes are not as the network's links are.
package protocol LinkSpell: Hashable, Sendable {
    /// Ascending, disjoint from `and`, neither empty; or both the same, which means the links among all of them.
    var between: [Party] { get set }
    var and: [Party] { get set }
    /// From the run's beginning.
    var begins: Duration { get set }
    /// Nil: to the end.
    var lasts: Duration? { get set }
    /// Whether only the ways from `between` to `and` are meant.
    var isOneWay: Bool { get set }
}

extension LinkSpell {
    /// From the run's beginning; nil: it does not end before the run does.
    package var ends: Duration? { lasts.map { begins + $0 } }

    package var isAmongAll: Bool { between == and }
}
