import Attesting
import Primitives
import TopologyFormat

/// About how much memory a simulation and its judgement need: so that nobody waits for an hour to be told.
///
/// What counts is how many votes are remembered at once. The sizes were measured of the resident memory of whole
/// simulations between 20 and 400 operators, in stars and meshes; most networks stay within a quarter of it.
enum MemoryEstimate {
    private static let base: UInt64 = 32 << 20
    /// Of one operator and one task that somebody still listens to.
    private static let openTask: UInt64 = 4_500
    /// Of one peer's vote besides.
    private static let openVote: UInt64 = 650
    /// Of one operator and one task that is over: what the records say, and verdicts make of it.
    private static let closedTask: UInt64 = 700
    /// Of an operator's inputs.
    private static let inputs: UInt64 = 2_500
    private static let inputsOfVote: UInt64 = 900

    static func bytes(of plan: SimulationPlan) -> UInt64 {
        let isMesh = plan.topology.network.dissemination == .mesh
        return plan.topology.services.reduce(base) { sum, service in
            let members = UInt64(service.operators.count)
            let peers = isMesh ? members : 0
            let open = openTasks(of: service) * (openTask + peers * openVote)
            var closed = closedTask
            if plan.keepsInputs { closed += inputs + peers * inputsOfVote }
            return sum + members * (open + service.load.tasks * closed)
        }
    }

    /// How many are remembered at once. A closed loop may be as fast as it likes.
    private static func openTasks(of service: ServicePlan) -> UInt64 {
        guard let interval = service.load.rate?.span(of: 1), interval > .zero else { return service.load.tasks }
        let span = max(service.deadline, service.evidenceWindow) + Timings.retention
        return min(service.load.tasks, UInt64(span.nanoseconds / interval.nanoseconds) + 1)
    }
}
