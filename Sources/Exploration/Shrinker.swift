import Primitives
import Simulation
import TopologyFormat

/// Makes a plan that shows something smaller, as long as it still shows it.
///
/// One reduction after the other proposes smaller plans; the first of them that still shows it is taken, and the same
/// reduction asked again. When none has anything left to propose, the plan is as small as it gets. The order is always the same, and so
/// is what comes out, unless a limit of time ends it earlier.
package struct Shrinker {
    /// Plans that are tried at most.
    package let limit: Int
    private let shows: (SimulationPlan) -> Bool
    package private(set) var tried = 0
    private var known: Set<SimulationPlan> = []

    package static let standardLimit = 3_000

    /// - Parameter shows: whether a plan still shows what it is about. Asked only for plans whose topologies read back.
    package init(limit: Int = Shrinker.standardLimit, shows: @escaping (SimulationPlan) -> Bool) {
        self.limit = limit
        self.shows = shows
    }

    /// - Parameters:
    ///   - plan: must show it.
    ///   - mayGoOn: asked before every trial.
    ///   - progress: the plan whenever it has become smaller.
    package mutating func shrink(
        _ plan: SimulationPlan, mayGoOn: () -> Bool = { true }, progress: (SimulationPlan) -> Void = { _ in }
    ) -> SimulationPlan {
        var smallest = plan
        known = [plan]
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for reduction in Reduction.all {
                while let smaller = next(reduction, smallest, mayGoOn) {
                    smallest = smaller
                    isSmaller = true
                    progress(smallest)
                }
            }
        }
        return smallest
    }

    private mutating func next(
        _ reduction: Reduction, _ plan: SimulationPlan, _ mayGoOn: () -> Bool
    ) -> SimulationPlan? {
        for proposal in reduction.proposals(plan) {
            guard tried < limit, mayGoOn() else { return nil }
            // Each is tried once, so no two reductions can undo each other's work for ever.
            guard known.insert(proposal).inserted, proposal.topology.readsBack else { continue }
            tried += 1
            if shows(proposal) { return proposal }
        }
        return nil
    }
}

extension Topology {
    /// Whether a file can say just this.
    package var readsBack: Bool { (try? Topology.parse(yaml, file: "")) == self }
}
