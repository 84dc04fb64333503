import Cryptography
import Messages
import Primitives
import Records
import Simulation
import Staging
import Verdicts

/// Simulates a plan and has every oracle judge what came of it.
package struct Trial: Sendable {
    package typealias Simulation = @Sendable (SimulationPlan) throws(SimulationError) -> SimulatedRun

    private let simulate: Simulation

    /// - Parameter simulate: something else than the simulator, for tests.
    package init(simulate: @escaping Simulation = { plan throws(SimulationError) in try Simulator.run(plan) }) {
        self.simulate = simulate
    }

    package func run(_ plan: SimulationPlan) throws(SimulationError) -> TrialResult {
        let run = try simulate(plan)
        // What the oracles take for a signature, this run's scheme says; they check each for themselves.
        return plan.signatures.scheme(seed: plan.seed).scoped {
            let history = RunHistory(run.records)
            return TrialResult(run: run, history: history, findings: Finding.all(of: history))
        }
    }
}

package struct TrialResult: Sendable {
    package let run: SimulatedRun
    package let history: RunHistory
    package let findings: [Finding]

    /// What is wrong with the run: violations, the worst first; then what could not be judged.
    package var troubles: [Trouble] {
        var troubles = findings.filter { $0.verdict == .violated }.map {
            Trouble(kind: .violated($0.oracle), account: $0.account)
        }
        if case .timedOut(let waiting) = run.ending {
            let names = waiting.filter { !history.isLost($0) }
            if !names.isEmpty {
                troubles.append(
                    Trouble(kind: .unfinished, account: "it never ended: \(names.joined(separator: ", ")) went on"))
            }
        }
        troubles += findings.filter { $0.verdict == .unknown }.map {
            Trouble(kind: .unjudged($0.oracle), account: $0.account)
        }
        return troubles
    }
}

extension RunHistory {
    /// Whether a coordinator cannot come to an end, since it is cut off from the ledger for good.
    fileprivate func isLost(_ name: String) -> Bool {
        genesis.parties.contains {
            $0.isCoordinator && genesis.name(of: $0) == name && isCutOffForGood($0, from: .ledger)
        }
    }
}

/// One thing that is wrong with a run.
package struct Trouble: Hashable, Sendable {
    package var kind: Kind
    package var account: String

    package enum Kind: Hashable, Sendable {
        case violated(Oracle)
        /// The network had not come to rest when its time was up.
        case unfinished
        case unjudged(Oracle)
        /// The simulator would not or could not go on.
        case refused
    }

    package init(kind: Kind, account: String) {
        self.kind = kind
        self.account = account
    }

    /// Whether something is known to be wrong, and not merely unknown.
    package var isViolation: Bool {
        switch kind {
        case .violated, .unfinished: true
        case .unjudged, .refused: false
        }
    }
}

extension Trouble.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .violated(let oracle): oracle.rawValue
        case .unfinished: "unfinished"
        case .unjudged(let oracle): "\(oracle.rawValue) unknown"
        case .refused: "not simulated"
        }
    }
}

extension Trouble: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .violated(let oracle): "\(oracle.rawValue) is violated: \(account)"
        case .unfinished: account
        case .unjudged(let oracle): "\(oracle.rawValue) could not be judged: \(account)"
        case .refused: "it could not be simulated: \(account)"
        }
    }
}
