import Primitives
import Records
import Simulation
import Synchronization
import Verdicts

/// Runs one scenario after the other and judges each, on as many threads as are wanted.
///
/// What comes out does not depend on how many these are: results are taken in the order of the scenarios, and what is
/// beyond the first trouble that ends an exploration is thrown away.
package struct Explorer: Sendable {
    package let seed: UInt64
    package let runs: UInt64
    package let jobs: Int
    /// Whether to go on after a violation.
    package let keepsGoing: Bool
    private let trial: Trial
    private let scenario: @Sendable (UInt64) -> SimulationPlan

    /// - Parameter scenario: the plan of a scenario's seed.
    package init(
        seed: UInt64, runs: UInt64, jobs: Int, keepsGoing: Bool = false, trial: Trial = Trial(),
        scenario: @escaping @Sendable (UInt64) -> SimulationPlan = { Scenario(seed: $0).plan }
    ) {
        self.seed = seed
        self.runs = runs
        self.jobs = max(1, jobs)
        self.keepsGoing = keepsGoing
        self.trial = trial
        self.scenario = scenario
    }

    /// - Parameters:
    ///   - begins: is called on a worker's thread with its number and the seed that it takes up.
    ///   - mayGoOn: asked before every scenario; false ends the exploration with those that have begun.
    ///   - progress: is called with the findings so far after every scenario, in their order.
    package func explore(
        begins: @escaping @Sendable (_ worker: Int, _ seed: UInt64) -> Void = { _, _ in },
        mayGoOn: @escaping @Sendable () -> Bool = { true },
        progress: (ExplorationFindings) -> Void = { _ in }
    ) async -> ExplorationFindings {
        let queue = ScenarioQueue(runs: runs)
        return await withTaskGroup(of: ScenarioReport?.self) { group in
            for worker in 0..<jobs {
                group.addTask { takeUpNext(of: queue, as: worker, begins, mayGoOn) }
            }
            var findings = ExplorationFindings()
            var waiting: [UInt64: ScenarioReport] = [:]
            while let report = await group.next() {
                guard let report else { continue }
                waiting[report.number] = report
                while !queue.isClosed, let due = waiting.removeValue(forKey: findings.coverage.runs) {
                    findings.add(due)
                    progress(findings)
                    if !keepsGoing, due.troubles.contains(where: \.isViolation) { queue.close() }
                }
                group.addTask { takeUpNext(of: queue, as: report.worker, begins, mayGoOn) }
            }
            return findings
        }
    }

    /// - Returns: nil when there is none left.
    private func takeUpNext(
        of queue: ScenarioQueue, as worker: Int, _ begins: @Sendable (Int, UInt64) -> Void,
        _ mayGoOn: @Sendable () -> Bool
    ) -> ScenarioReport? {
        guard mayGoOn(), let number = queue.next() else { return nil }
        return report(on: number, by: worker, begins)
    }

    private func report(
        on number: UInt64, by worker: Int, _ begins: @Sendable (Int, UInt64) -> Void
    ) -> ScenarioReport {
        let seed = Scenario.seed(number, of: seed)
        begins(worker, seed)
        let plan = scenario(seed)
        do throws(SimulationError) {
            let result = try trial.run(plan)
            return ScenarioReport(
                number: number, seed: seed, worker: worker, troubles: result.troubles,
                coverage: Coverage(of: plan, result), figures: result.run.figures)
        } catch {
            return ScenarioReport(
                number: number, seed: seed, worker: worker,
                troubles: [Trouble(kind: .refused, account: "\(error)")], coverage: Coverage(ofRefused: plan),
                figures: SimulationFigures())
        }
    }
}

/// The numbers of the scenarios, each handed out once and in order.
private final class ScenarioQueue: Sendable {
    private let runs: UInt64
    private let handedOut = Atomic<UInt64>(0)
    private let closed = Atomic<Bool>(false)

    init(runs: UInt64) { self.runs = runs }

    var isClosed: Bool { closed.load(ordering: .relaxed) }

    func close() { closed.store(true, ordering: .relaxed) }

    func next() -> UInt64? {
        guard !isClosed else { return nil }
        let number = handedOut.wrappingAdd(1, ordering: .relaxed).oldValue
        return number < runs ? number : nil
    }
}

/// What came of one scenario.
struct ScenarioReport: Sendable {
    let number: UInt64
    let seed: UInt64
    let worker: Int
    let troubles: [Trouble]
    let coverage: Coverage
    let figures: SimulationFigures
}

/// What an exploration has come to.
package struct ExplorationFindings: Hashable, Sendable {
    package private(set) var coverage = Coverage()
    /// The first so many scenarios with a trouble, in their order.
    package private(set) var troubled: [TroubledScenario] = []
    /// By the kind of the first trouble of each scenario.
    package private(set) var counts: [Trouble.Kind: UInt64] = [:]
    package private(set) var events: UInt64 = 0
    package private(set) var virtualTime = Duration.zero

    package static let troubledLimit = 100

    package struct TroubledScenario: Hashable, Sendable {
        package var number: UInt64
        package var seed: UInt64
        package var troubles: [Trouble]
    }

    package var violations: UInt64 { counts.filter { Self.isViolation($0.key) }.values.reduce(0, +) }
    package var unjudged: UInt64 { counts.filter { !Self.isViolation($0.key) }.values.reduce(0, +) }

    private static func isViolation(_ kind: Trouble.Kind) -> Bool { Trouble(kind: kind, account: "").isViolation }

    mutating func add(_ report: ScenarioReport) {
        coverage.add(report.coverage)
        events += report.figures.events
        virtualTime += report.figures.virtualTime
        guard let first = report.troubles.first else { return }
        counts[first.kind, default: 0] += 1
        guard troubled.count < Self.troubledLimit else { return }
        troubled.append(TroubledScenario(number: report.number, seed: report.seed, troubles: report.troubles))
    }
}
