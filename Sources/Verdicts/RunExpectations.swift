import Messages
import Primitives

/// What must come out of a run for it to count as a success. Without any: every oracle holds, and nobody is slashed
/// or revoked.
package struct RunExpectations: Hashable, Sendable {
    /// Exactly these.
    package var slashed: [OperatorIndex]
    /// Exactly the coordinators of these AVSs.
    package var revoked: [ServiceID]
    /// The least share of each AVS's tasks that is certified in time; nil: none is asked for.
    package var certified: Fraction?
    /// The greatest share; nil: none is set.
    package var certifiedAtMost: Fraction?
    /// How many tasks each AVS's load has, where that is known beforehand: those that were never issued count as not
    /// certified.
    package var load: [ServiceID: UInt64]
    /// What the topology has scheduled, by party and name.
    package var faults: [ScheduledFault]
    package var quorumLatency: [LatencyBound]
    /// Oracles of which something else than `holds` or `not-applicable` is expected.
    package var verdicts: [Oracle: Verdict]
    /// Whether somebody could inject faults beside the scheduled ones. Whoever was made to cheat provably by one of these
    /// may be slashed or revoked; whether it had to be, completeness says.
    package var isLive: Bool
    /// Who may be slashed or revoked besides: chaos has made provable cheats of them. Whether it had to be, completeness
    /// says.
    package var excused: [Party] = []

    package init(
        slashed: [OperatorIndex] = [], revoked: [ServiceID] = [], certified: Fraction? = nil,
        certifiedAtMost: Fraction? = nil, load: [ServiceID: UInt64] = [:], faults: [ScheduledFault] = [],
        quorumLatency: [LatencyBound] = [],
        verdicts: [Oracle: Verdict] = [:], isLive: Bool = false
    ) {
        self.slashed = slashed
        self.revoked = revoked
        self.certified = certified
        self.certifiedAtMost = certifiedAtMost
        self.load = load
        self.faults = faults
        self.quorumLatency = quorumLatency
        self.verdicts = verdicts
        self.isLive = isLive
    }

    package struct ScheduledFault: Hashable, Sendable {
        package var party: Party
        package var behaviour: String

        package init(party: Party, behaviour: String) {
            self.party = party
            self.behaviour = behaviour
        }
    }

    package struct LatencyBound: Hashable, Sendable {
        package var percentile: Percentile
        package var atMost: Duration

        package init(percentile: Percentile, atMost: Duration) {
            self.percentile = percentile
            self.atMost = atMost
        }
    }
}

/// The percentiles that reports show and topologies may bound, and how many samples carry each.
package enum Percentile: String, CaseIterable, Hashable, Sendable {
    case p50, p90, p99, p999, max

    /// In thousandths: the share of tasks that are at most this late.
    package var perMille: UInt64 {
        switch self {
        case .p50: 500
        case .p90: 900
        case .p99: 990
        case .p999: 999
        case .max: 1000
        }
    }

    /// At least ten samples must lie beyond a percentile: 10 / (1 - p). Of the maximum, one.
    package var samplesNeeded: UInt64 { self == .max ? 1 : 10_000 / (1000 - perMille) }

    /// `p99.9`
    package var label: String { self == .p999 ? "p99.9" : rawValue }
}

/// What was measured of one percentile.
package enum PercentileReading: Hashable, Sendable {
    case measured(Duration)
    /// So many tasks had no certificate in time that the percentile lies among them.
    case infinite
    /// Too few samples to carry it.
    case notCarried(samples: UInt64)
}
