import Messages

/// A way to say who is cut off from whom without naming both sides.
package enum PartitionShape: String, CaseIterable, Sendable {
    /// Each of these is alone.
    case isolate
    /// The second half of these, in their order, is cut off from everyone else.
    case halves
    /// Each of these reaches, of them, only the two beside it; whoever is not named reaches all.
    case ring

    package typealias Sides = (between: Set<Party>, and: Set<Party>)

    /// How many it takes for anybody to be cut off.
    package var least: Int {
        switch self {
        case .isolate: 1
        case .halves: 2
        case .ring: 4
        }
    }

    var tooFew: String {
        switch self {
        case .isolate: "nobody is named; name one or more: op-3"
        case .halves: "it takes two to make halves; name two or more, or all"
        case .ring: "in a ring of fewer than four nobody is cut off; name four or more, or all"
        }
    }

    /// The cuts that it comes to.
    ///
    /// - Parameter members: at least as many as it takes, each once.
    package func sides(_ members: [Party], of everyone: [Party]) -> [Sides] {
        switch self {
        case .isolate: return members.map { ([$0], Set(everyone).subtracting([$0])) }
        case .halves:
            let second = Set(members.dropFirst((members.count + 1) / 2))
            return [(Set(everyone).subtracting(second), second)]
        case .ring:
            // Each from those behind its neighbour; the first and the last are neighbours too.
            return members.indices.dropLast(2).map { place in
                let others = members[(place + 2)...].filter { place > 0 || $0 != members.last }
                return ([members[place]], Set(others))
            }
        }
    }
}
