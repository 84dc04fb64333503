import Messages
import Primitives
import Services

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
    /// By asset, how much of its value counts here; all of it where the list ends before it.
    package var assetWeights: [BasisPoints] = []
    package var slash: SlashPlan
    package var reward = RewardTerms()
    package var jail = JailTerms()
    /// Whether whoever asks may opt in; otherwise its operators, and those that it admits later.
    package var isOpen = true
    package var disputes = DisputeTerms.void
    package var load: LoadPlan
    /// From a task's issue to the last moment at which its certificate counts.
    package var deadline: Duration
    /// From a task's issue to the end of listening for conflicting votes; not shorter than the deadline.
    package var evidenceWindow: Duration
    /// Of the module exec, and of no other.
    package var program: ProgramPlan?

    package init(
        name: String, module: String, threshold: Fraction, wantsAccountability: Bool, operators: [OperatorIndex],
        slash: SlashPlan, load: LoadPlan, deadline: Duration, evidenceWindow: Duration, program: ProgramPlan? = nil
    ) {
        self.name = name
        self.module = module
        self.threshold = threshold
        self.wantsAccountability = wantsAccountability
        self.operators = operators
        self.slash = slash
        self.load = load
        self.deadline = deadline
        self.evidenceWindow = evidenceWindow
        self.program = program
    }
}

package struct SlashPlan: Hashable, Sendable {
    /// The share of the stake behind an operator that an equivocation costs.
    package var equivocation: Fraction
    /// What signing a result costs that is proven to be wrong.
    package var wrongResult = Fraction.basisPoints(0)
    package var policy = SlashTerms.Policy.fixed
    /// What all offences of an epoch cost at most.
    package var cap = Fraction.basisPoints(10_000)
    package var destination = Destination.burn

    package init(equivocation: Fraction = .basisPoints(500)) { self.equivocation = equivocation }

    package enum Destination: Hashable, Sendable {
        case burn
        /// To the AVS that was harmed.
        case service
        case account(TimelinePlan.Account)
    }
}

/// The tasks that the coordinator issues.
package struct LoadPlan: Hashable, Sendable {
    /// None beyond these.
    package var tasks: UInt64
    package var pacing: Pacing
    /// Taken in turn; none: the module's own.
    package var payloads: [PayloadTemplate]

    package init(tasks: UInt64, pacing: Pacing, payloads: [PayloadTemplate] = []) {
        self.tasks = tasks
        self.pacing = pacing
        self.payloads = payloads
    }

    package enum Pacing: Hashable, Sendable {
        /// At their times, whether or not the network keeps up.
        case open(Rate, Arrival)
        /// The next one whenever one is certified or expires, so that this many are in flight; for so long, if that is
        /// said.
        case closed(inFlight: UInt64, lasting: Duration?)
    }

    package enum Arrival: String, CaseIterable, Hashable, Sendable {
        /// One task every 1/rate.
        case fixed
        /// Independent of one another, at the rate on average.
        case poisson
    }

    /// Nil in a closed loop.
    package var rate: Rate? {
        if case .open(let rate, _) = pacing { rate } else { nil }
    }

    /// `1000 tasks at 200/s`, `1000 tasks, 64 in flight`
    package var account: String {
        switch pacing {
        case .open(let rate, _): "\(tasks) tasks at \(rate)"
        case .closed(let inFlight, nil): "\(tasks) tasks, \(inFlight) in flight"
        case .closed(let inFlight, let lasting?): "\(inFlight) tasks in flight for \(DurationText.of(lasting))"
        }
    }
}
