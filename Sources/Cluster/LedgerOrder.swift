import Messages
import TopologyFormat

/// What somebody wants done to the restaking state of a live network.
package enum LedgerOrder: Hashable, Sendable {
    /// What a timeline can say.
    case act(TimelinePlan.Act)
    /// What no timeline can: the run that it is written for has no offences yet.
    case submitEvidence(Evidence, by: TimelinePlan.Account)
}
