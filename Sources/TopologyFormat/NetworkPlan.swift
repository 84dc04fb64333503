import Links
import Messages
import Primitives

/// How votes travel, and over what.
package struct NetworkPlan: Hashable, Sendable {
    package var dissemination: Dissemination
    /// Of every link but those with the ledger, which stands beside everyone.
    package var link: LinkTerms
    package var partitions: [PartitionPlan] = []

    package init(dissemination: Dissemination, link: LinkTerms = .none, partitions: [PartitionPlan] = []) {
        self.dissemination = dissemination
        self.link = link
        self.partitions = partitions
    }

    /// What lies between two nodes, in this direction.
    package func terms(from sender: Party, to receiver: Party) -> LinkTerms {
        sender == .ledger || receiver == .ledger ? .none : link
    }

    package enum Dissemination: String, CaseIterable, Hashable, Sendable {
        /// Every vote to every peer and to the coordinator.
        case mesh
        /// Every vote to the coordinator alone.
        case star

        /// The largest AVS that is a mesh unless the topology says otherwise: the votes of a task grow with its square.
        static let largestDefaultMesh = 32

        static func standard(largestService members: Int) -> Self {
            members <= largestDefaultMesh ? .mesh : .star
        }
    }
}

/// A time in which nothing gets from some nodes to others.
package struct PartitionPlan: Hashable, Sendable {
    /// Ascending, disjoint.
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
