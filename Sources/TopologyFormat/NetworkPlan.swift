import Links
import Messages
import Primitives

/// How votes travel, and over what.
package struct NetworkPlan: Hashable, Sendable {
    package var dissemination: Dissemination
    /// Of every link but those with the ledger, which stands beside everyone. With `regions` it has no latency.
    package var link: LinkTerms
    /// Where the nodes stand, which says the latency between them; nil: nowhere in particular.
    package var regions: RegionPlan?
    package var partitions: [PartitionPlan]
    /// Times in which some links have other terms.
    package var changes: [LinkChangePlan]

    package init(
        dissemination: Dissemination, link: LinkTerms = .none, regions: RegionPlan? = nil,
        partitions: [PartitionPlan] = [], changes: [LinkChangePlan] = []
    ) {
        self.dissemination = dissemination
        self.link = link
        self.regions = regions
        self.partitions = partitions
        self.changes = changes
    }

    /// Whether its links are in a run's course what they are at its beginning.
    package var isConstant: Bool { partitions.isEmpty && changes.isEmpty }

    /// What lies between two nodes, in this direction, when nothing has changed it.
    package func terms(from sender: Party, to receiver: Party) -> LinkTerms {
        guard sender != .ledger, receiver != .ledger else { return .none }
        var terms = link
        if let near = regions?.region(of: sender), let far = regions?.region(of: receiver) {
            terms.latency = near.latency(to: far)
        }
        return terms
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
