import Cluster
import Foundation
import Messages
import Primitives
import Records
import Reports
import Simulation
import Staging
import SystemPackage
import TopologyFormat

/// A simulation that has its directory, and can begin. It goes on, for whoever looks, as long as this lives.
struct PreparedSimulation {
    let plan: SimulationPlan
    let directory: RunDirectory
    /// Tells what happens, where that is asked for.
    private let printer: TracePrinter?
    private let hold: RunHold

    /// Whether the seed is the file's.
    let hasOwnSeed: Bool
    /// What its chaos comes to; nil without one.
    let chaos: String?

    init(
        _ options: SimulatedRunOptions, _ simulation: SimulationOptions, _ trace: TraceOptions, startedAt: Date
    ) throws(CommandFailure) {
        try self.init(
            try options.input(), overrides: options.load.overrides, simulation.adopting(options.scenario), trace,
            runDirectory: options.runDirectory, startedAt: startedAt)
    }

    /// Nothing is written before all that can be checked has been.
    ///
    /// - Parameters:
    ///   - simulation: nil: as one is simulated of which nothing is said.
    ///   - trace: nil: nobody looks on.
    init(
        _ input: TopologyInput, overrides: Topology.Overrides, _ simulation: SimulationOptions? = nil,
        _ trace: TraceOptions? = nil, runDirectory: String? = nil, below parent: FilePath = RunArgument.parent,
        startedAt: Date
    ) throws(CommandFailure) {
        let simulation = simulation ?? .standard
        try CommandFailure.asBadInput { try input.topology.refusePrograms(file: input.path) }
        let topology = try input.overridden(by: overrides)
        let plan = try simulation.plan(of: topology, seed: topology.seed ?? TopologyInput.drawnSeed())
        do throws(SimulationError) {
            try Simulator.check(plan)
        } catch {
            throw .badInput("\(input.path): \(error)")
        }
        printer = try trace?.printer(for: plan)
        hasOwnSeed = input.topology.seed == topology.seed && topology.seed != nil
        self.plan = plan
        chaos = ChaosAccount.text(
            of: plan.topology, from: topology,
            command: ChaosAccount.command(file: input.path, seed: plan.seed, overrides.arguments))
        directory = try CommandFailure.asBadInput {
            try runDirectory.map { try RunDirectory.make(at: FilePath($0)) }
                ?? RunDirectory.makeDefault(
                    name: topology.name, at: time_t(startedAt.timeIntervalSince1970), below: parent)
        }
        let directory = directory
        hold = try CommandFailure.asBadInput { try RunHold(directory) }
        let manifest = RunManifest(
            topology: topology, file: input.path, overrides: overrides, seed: plan.seed,
            keepGoing: false, cluster: nil, startedAt: startedAt,
            host: HostFacts.current(guardMode: topology.guardMode.rawValue, transport: "virtual"),
            simulation: simulation.manifest)
        try CommandFailure.asBadInput {
            try directory.write(Array(input.text.utf8), to: directory.topology)
            if let file = simulation.costFile {
                try directory.write(try BoundedFile.read(FilePath(file), limit: 1 << 20), to: directory.costs)
            }
            try directory.write(plan.genesis.borsh, to: directory.genesis)
            try directory.write(manifest.json, to: directory.manifest)
        }
    }

    /// Leaves what the processes of a real run would have left.
    func run() throws(CommandFailure) -> RunOutcome {
        let directory = directory
        let clock = ContinuousClock()
        let start = clock.now
        let run: SimulatedRun
        do throws(SimulationError) {
            defer { fflush(nil) }
            run = try Simulator.run(plan, observer: printer)
        } catch {
            try CommandFailure.asBadInput { try Self.failure(error).write(to: directory) }
            throw .badInput("\(plan.topology.name): \(error)")
        }
        let elapsed = clock.now - start
        try CommandFailure.asBadInput { try run.records.write(into: directory.path) }
        return RunOutcome(
            ending: run.outcomeEnding, failures: [], startup: .zero, timeline: run.timeline,
            simulation: SimulationAccount(audit: run.audit, figures: run.figures, elapsed: elapsed))
    }

    private static func failure(_ error: SimulationError) -> RunOutcome {
        let failure = ChildFailure(
            name: "the simulation", stage: .running, kind: .ended(.unobserved("\(error)")), account: "\(error)")
        return RunOutcome(ending: .aborted, failures: [failure], startup: nil)
    }
}

extension SimulatedRun {
    fileprivate var outcomeEnding: RunOutcome.Ending {
        switch ending {
        case .completed: .completed
        case .timedOut(let names): .timedOut(waitingFor: names)
        }
    }
}
