/// How votes travel.
package struct NetworkPlan: Hashable, Sendable {
    package var dissemination: Dissemination
    package var link: LinkPlan

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

/// Delay added to every link, one way.
package struct LinkPlan: Hashable, Sendable {
    package var latency: Duration = .zero
    package var jitter: Duration = .zero
}
