import Messages
import Primitives

/// What the author says must come out; every oracle not named here must hold or not apply.
package struct Expectations: Hashable, Sendable {
    /// Exactly these, ascending.
    package var slashed: [OperatorIndex] = []
    /// The AVSs whose coordinators' keys are revoked: exactly these, ascending.
    package var revoked: [ServiceID] = []
    /// The least share of each AVS's tasks that is certified in time; nil: not expected of the run.
    package var certified: Fraction?
    /// The greatest share; nil: not expected of the run.
    package var certifiedAtMost: Fraction?
    package var quorumLatency: [QuorumLatencyBound] = []
    /// The verdict expected of an oracle, both by name.
    package var verdicts: [String: String] = [:]
    /// Of whom chaos has made provable cheats, ascending: whether they had to be slashed or revoked, completeness says. No
    /// file has them.
    package var excused: [Party] = []

    package init() {}

    package static let oracleNames = [
        "agreement", "accountability", "innocence", "completeness", "exactly-once", "conservation", "weight",
        "validity", "durability", "liveness", "bounded",
    ]
    package static let verdictNames = ["holds", "violated", "unknown", "not-applicable"]

    package enum Percentile: String, CaseIterable, Hashable, Sendable {
        case p50, p90, p99, p999, max

        /// The share of tasks that are at most this late.
        package var rank: Double {
            switch self {
            case .p50: 0.5
            case .p90: 0.9
            case .p99: 0.99
            case .p999: 0.999
            case .max: 1
            }
        }
    }
}

package struct QuorumLatencyBound: Hashable, Sendable {
    package var percentile: Expectations.Percentile
    package var atMost: Duration
}
