import Attesting
import Faults
import Messages
import Primitives
import TopologyFormat

/// How long the parts of a run may take, as its topology lets one expect.
package struct RunPatience: Hashable, Sendable {
    /// From the beginning to the moment at which the run counts as hung: the longest open loop, the longest listening
    /// after it, and time for a slow machine.
    package var timeLimit: Duration
    /// A closed loop takes as long as it takes, but never stands still: each task is certified or expires by its
    /// deadline. After the last one comes only the listening. Nil when there is no closed loop.
    package var progress: Duration?
    /// After the last coordinator has finished, for the last notices: an operator that has found a conflicting pair
    /// submits it only when its patience has run out.
    package static let settling = Timings.receiptPatience + .milliseconds(300)
    /// The same where a coordinator is dead for good: its operators submit what they hold themselves, once the
    /// windows have closed.
    package var settlingAlone: Duration
    /// Until every window of a live network has closed.
    package var drain: Duration
    /// From the word to the beginning: everybody has heard it by then.
    package static let lead = Duration.milliseconds(20)

    private static let slowness = Duration.seconds(15)

    /// - Parameter topology: with its overrides applied.
    package init(of topology: Topology) {
        let listening = topology.services.map { max($0.deadline, $0.evidenceWindow) }.max() ?? .zero
        timeLimit =
            max(
                topology.services.map(Self.span).max() ?? .zero,
                TimelineReach.reaches(of: topology).map(\.wait).max() ?? .zero) + Self.standstill(in: topology)
            + Self.slowness
        progress = topology.services.filter { $0.load.rate == nil }.map { max($0.deadline, $0.evidenceWindow) }.max()
            .map { $0 + Self.standstill(in: topology) + Self.slowness }
        settlingAlone =
            (topology.services.map(\.evidenceWindow).max() ?? .zero) + Timings.receiptPatience + .seconds(1)
        drain = listening + Self.slowness
    }

    /// So long at most nothing is settled: the ledger is away, or a coordinator, or they are cut off.
    private static func standstill(in topology: Topology) -> Duration {
        let deaths = topology.faults.reduce(Duration.zero) { sum, fault in
            guard case .duration(let rest) = fault.lasts, fault.behaviour == .ledgerCrash || fault.pausesCoordinator
            else { return sum }
            return sum + rest
        }
        return topology.network.partitions.reduce(deaths) { sum, partition in
            let concerns = (partition.between + partition.and).contains { !$0.isSigner }
            return sum + (concerns ? partition.lasts ?? .zero : .zero)
        }
    }

    private static func span(of service: ServicePlan) -> Duration {
        guard case .open(let rate, let arrival) = service.load.pacing else { return service.evidenceWindow }
        let tasks = service.load.tasks
        var span = rate.span(of: tasks) ?? .zero
        // Independent arrivals end late by so many times the square root of their number, one time in 30,000.
        if arrival == .poisson { span += span * (4 / Double(tasks).squareRoot()) }
        return span + service.evidenceWindow
    }
}

extension FaultPlan {
    fileprivate var pausesCoordinator: Bool { party.isCoordinator && behaviour == .pause }
}
