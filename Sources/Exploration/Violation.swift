import Messages
import Primitives
import Simulation
import TopologyFormat
import Verdicts

/// A plan with what it shows, and how to make it smaller.
package struct Violation: Sendable {
    package private(set) var plan: SimulationPlan
    package private(set) var trouble: Trouble
    /// Simulations that it took to make it as small as it is.
    package private(set) var tried = 0
    private let trial: Trial

    /// - Returns: nil when the plan shows nothing that is wrong.
    package init?(of plan: SimulationPlan, trial: Trial = Trial()) throws(SimulationError) {
        guard let trouble = try trial.run(plan).troubles.first(where: \.isViolation) else { return nil }
        self.plan = plan
        self.plan.checksInvariants = false
        self.trouble = trouble
        self.trial = trial
    }

    /// Until nothing can be left out without the oracle being content.
    package mutating func shrink(
        limit: Int = Shrinker.standardLimit, mayGoOn: () -> Bool = { true },
        progress: (PlanSize, _ tried: Int) -> Void = { _, _ in }
    ) {
        let (trial, kind) = (trial, trouble.kind)
        var latest = trouble
        var count = 0
        var shrinker = Shrinker(limit: limit) { plan in
            count += 1
            guard let result = try? trial.run(plan), let trouble = result.troubles.first(where: { $0.kind == kind })
            else { return false }
            latest = trouble
            return true
        }
        plan = shrinker.shrink(plan, mayGoOn: mayGoOn) { progress(PlanSize(of: $0.topology), count) }
        (trouble, tried) = (latest, count)
        plan = plan.expectingItsOutcome(trial)
    }
}

extension SimulationPlan {
    /// As it is, expecting all that it comes to but what violates an oracle: whoever runs it should be told of that, and
    /// not that somebody was slashed who had to be.
    package func expectingItsOutcome(_ trial: Trial = Trial()) -> SimulationPlan {
        guard let history = try? trial.run(self).history else { return self }
        var plan = self
        plan.topology.expect = Expectations()
        plan.topology.expect.slashed = history.slashedSigners.sorted()
        plan.topology.expect.revoked = Set(history.revocations.map(\.record.service)).sorted()
        return plan
    }
}
