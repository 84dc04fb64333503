import Faults
import Primitives
import TopologyFormat
import Verdicts

extension RunExpectations {
    /// What a topology says must come out. Its words for percentiles, oracles and verdicts are those of the oracles
    /// themselves; a test holds them together.
    ///
    /// - Parameter isLive: whether it was a live cluster. There somebody decides when the load ends.
    init(_ topology: Topology, isLive: Bool = false) {
        let expectations = topology.expect
        // How many tasks a closed loop issues in a given time, only the run shows.
        let loads = topology.services.enumerated().compactMap { index, service -> (ServiceID, UInt64)? in
            if isLive { return nil }
            if case .closed(_, .some) = service.load.pacing { return nil }
            return (ServiceID(UInt32(index)), service.load.tasks)
        }
        self.init(
            slashed: expectations.slashed, revoked: expectations.revoked, certified: expectations.certified,
            certifiedAtMost: expectations.certifiedAtMost, load: Dictionary(uniqueKeysWithValues: loads),
            faults: Self.scheduled(topology.faults),
            quorumLatency: expectations.quorumLatency.compactMap { bound in
                Percentile(rawValue: bound.percentile.rawValue).map {
                    LatencyBound(percentile: $0, atMost: bound.atMost)
                }
            },
            verdicts: Dictionary(
                uniqueKeysWithValues: expectations.verdicts.compactMap { oracle, verdict in
                    guard let oracle = Oracle(rawValue: oracle), let verdict = Verdict(rawValue: verdict) else {
                        return nil
                    }
                    return (oracle, verdict)
                }), isLive: isLive)
        excused = expectations.excused
    }

    /// Each once, in the order of the topology: chaos draws the same of one party again and again.
    private static func scheduled(_ faults: [FaultPlan]) -> [ScheduledFault] {
        var seen: Set<ScheduledFault> = []
        return faults.map { ScheduledFault(party: $0.party, behaviour: $0.behaviour.rawValue) }
            .filter { seen.insert($0).inserted }
    }
}
