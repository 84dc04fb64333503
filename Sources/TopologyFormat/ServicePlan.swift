import Primitives

/// One AVS: who secures it, on what terms, under what load.
package struct ServicePlan: Hashable, Sendable {
    package var name: String
    /// The name of a service module that this build knows.
    package var module: String
    /// The share of stake that a certificate must exceed; below 1, and above 1/2 when accountability is wanted.
    package var threshold: Fraction
    /// Whether two conflicting certificates must expose guilty stake.
    package var wantsAccountability: Bool
    /// Ascending, each once, with some stake behind them.
    package var operators: [OperatorIndex]
    package var slash: SlashPlan
    package var load: LoadPlan
    /// From a task's issue to the last moment at which its certificate counts.
    package var deadline: Duration
    /// From a task's issue to the end of listening for conflicting votes; not shorter than the deadline.
    package var evidenceWindow: Duration
}

package struct SlashPlan: Hashable, Sendable {
    /// The share of the stake behind an operator that an equivocation costs.
    package var equivocation: Fraction = .basisPoints(500)
}

/// The tasks that the coordinator issues, whether or not the network keeps up.
package struct LoadPlan: Hashable, Sendable {
    package var tasks: UInt64
    package var rate: Rate
    package var arrival: Arrival

    package enum Arrival: String, CaseIterable, Hashable, Sendable {
        /// One task every 1/rate.
        case fixed
        /// Independent of one another, at the rate on average.
        case poisson
    }
}
