import TopologyFormat
import Verdicts

extension RunExpectations {
    /// What a topology says must come out. Its words for percentiles, oracles and verdicts are those of the oracles
    /// themselves; a test holds them together.
    init(_ expectations: Expectations) {
        self.init(
            slashed: expectations.slashed, revoked: expectations.revoked, certified: expectations.certified,
            certifiedAtMost: expectations.certifiedAtMost,
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
                }))
    }
}
