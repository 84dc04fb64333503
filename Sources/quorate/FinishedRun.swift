import ArgumentParser
import Cluster
import Cryptography
import Foundation
import Records
import Reports
import Staging
import SystemPackage
import TopologyFormat
import Verdicts

/// A run that is over, judged from its directory and nothing else: by whoever ran it, and by whoever looks at it later.
struct FinishedRun {
    let directory: RunDirectory
    /// As it was run: with its overrides applied.
    let topology: Topology
    let outcome: RunOutcome
    /// Whether whoever ran it came to its end first and left no word of how; the run is then taken to be aborted.
    let isAbandoned: Bool
    /// By which everything in it is checked.
    private let signatures: SignatureScheme
    /// Nil when the run never began: there is nothing to judge.
    let summary: RunSummary?

    /// - Parameter path: where the run is; what is shown calls it so.
    init(directory path: FilePath) throws(CommandFailure) {
        self = try CommandFailure.asBadInput { try Self(reading: RunDirectory(path: path)) }
    }

    /// Judges a run whose processes are gone, and leaves what was found in its directory.
    init(of outcome: RunOutcome, in directory: RunDirectory) throws(CommandFailure) {
        var outcome = outcome
        try CommandFailure.asBadInput {
            outcome.inventory = try RunInventory(ofRunIn: directory.path)
            try outcome.write(to: directory)
        }
        try self.init(directory: directory.path)
        try write()
    }

    /// Makes the run's reports, instead of those that are there.
    func write() throws(CommandFailure) {
        let (summary, signatures) = (summary, signatures)
        try CommandFailure.asBadInput { try signatures.scoped { try summary?.write() } }
    }

    private init(reading directory: RunDirectory) throws {
        self.directory = directory
        let manifest = try RunManifest.read(from: directory)
        topology = try manifest.topologyAsRun(
            try Topology.load(path: directory.topology.string), file: directory.manifest)
        signatures = try manifest.signatureScheme(in: directory)
        let genesis = try RunRecords.genesis(ofRunIn: directory.path)
        let found = try RunOutcome.read(from: directory, genesis: genesis)
        isAbandoned = found == nil
        outcome = found ?? .abandoned
        guard outcome.began || isAbandoned else {
            summary = nil
            return
        }
        var records: RunRecords
        do throws(RecordError) {
            records = try RunRecords.load(directory: directory.path, inventory: outcome.inventory)
        } catch {
            guard isAbandoned, case .noRecords = error.problem else { throw error }
            summary = nil
            return
        }
        records.usages = outcome.usages
        records.figures = outcome.simulation?.figures
        let context = RunContext(manifest, topology: topology, outcome: outcome, directory: directory.path)
        let expectations = RunExpectations(topology, isLive: manifest.cluster != nil)
        summary = signatures.scoped {
            RunSummary(records: records, expectations: expectations, context: context)
        }
    }

    /// What the command ends with that shows this run.
    var status: ExitStatus { ExitStatus.of(outcome, judged: summary?.exitStatus) }

    /// What is to be said of the way it ended; for standard error.
    var remarks: [String] {
        guard !isAbandoned else {
            let what = "\(directory.path): whoever ran it came to its end first and left no \(RunOutcome.fileName); "
            return [what + (summary == nil ? "there is nothing to judge" : "judged by what there is")]
        }
        return outcome.remarks(in: directory)
    }

    /// Where the status is not that of the judgement.
    var statusHint: String? {
        guard let judged = summary?.exitStatus, judged != status.rawValue else { return nil }
        return "exit status \(status.rawValue), because the run did not come to its end"
    }

    /// The summary, or `results.json`, to standard output.
    func show(asJSON: Bool) throws(CommandFailure) {
        let form: SummaryForm = asJSON ? .json : Console.takesColour(STDOUT_FILENO) ? .coloured : .plain
        let text = text(form)
        if !text.isEmpty { try Console.print(text) }
    }

    /// The verdicts alone, with what each violation can be seen by; nil when there is nothing to judge.
    func judgement(asJSON: Bool) -> String? {
        guard let summary else { return nil }
        let report = JudgementReport(summary, exitStatus: status.rawValue)
        return asJSON ? report.json.document : report.text
    }

    /// Empty when there is nothing to judge.
    func text(_ form: SummaryForm) -> String {
        guard let summary else { return "" }
        return switch form {
        case .plain: "\n" + TerminalSummary(summary, style: .plain).text
        case .coloured: "\n" + TerminalSummary(summary, style: .coloured).text
        case .json: summary.results.document
        }
    }
}

extension RunContext {
    /// - Parameter topology: as it was run.
    init(_ manifest: RunManifest, topology: Topology, outcome: RunOutcome, directory: FilePath) {
        let ending: Ending =
            switch outcome.ending {
            case .completed: .completed
            case .timedOut: .timedOut
            case .aborted: .aborted
            case .interrupted: .interrupted
            }
        self.init(
            name: topology.name, seed: topology.seed ?? 0, mode: Mode(manifest, outcome), ending: ending,
            runDirectory: directory, host: HostFacts(manifest),
            loads: topology.services.map { service in
                var inFlight: UInt64?
                if case .closed(let limit, _) = service.load.pacing { inFlight = limit }
                return Load(service: service.name, inFlight: inFlight, account: service.load.account)
            }, usages: outcome.usages,
            timeline: TimelineEntry.all(of: topology, outcome, isLive: manifest.cluster != nil),
            repetition: manifest.repetition(of: topology, in: directory))
    }
}

extension RunContext.TimelineEntry {
    /// - Parameter isLive: whether somebody decided when the load ended: all of a timeline may become due then.
    static func all(of topology: Topology, _ outcome: RunOutcome, isLive: Bool) -> [Self] {
        let schedule = isLive ? TimelineSchedule(topology.timeline) : TimelineSchedule(of: topology)
        let turns = Dictionary(grouping: outcome.timeline, by: \.entry)
        return topology.timeline.enumerated().map { place, plan in
            Self(
                plan: topology.text(of: plan), times: plan.repetition?.times ?? 1,
                limit: schedule.unreachable.first { $0.entry == place }?.reason,
                turns: turns[place, default: []].map { result in
                    switch result.fate {
                    case .carriedOut(let receipts): .carriedOut(receipts)
                    case .hindered(let reason): .hindered(reason)
                    }
                })
        }
    }
}

extension RunContext.Mode {
    init(_ manifest: RunManifest, _ outcome: RunOutcome) {
        guard let simulation = manifest.simulation else {
            self = .processes
            return
        }
        self = .simulated(
            RunContext.Simulation(
                costs: simulation.costs, cores: simulation.cores,
                isModelled: manifest.isModelled,
                keepsInputs: simulation.inputs, account: outcome.simulation))
    }
}

extension HostFacts {
    init(_ manifest: RunManifest) {
        let host = manifest.host
        self.init(
            cores: host.cores, kernel: host.kernel, os: host.os, architecture: host.architecture,
            build: manifest.build, guardMode: manifest.guardMode, transport: host.transport)
    }
}

extension RunManifest {
    init(
        topology: Topology, file: String, overrides: Topology.Overrides, seed: UInt64, keepGoing: Bool,
        cluster: String?, startedAt: Date, host: HostFacts, simulation: Simulation? = nil
    ) {
        self.init(
            topology: topology, file: file, overrides: overrides, seed: seed, keepGoing: keepGoing, cluster: cluster,
            startedAt: startedAt, version: Quorate.version, build: host.build,
            host: Host(
                cores: host.cores, kernel: host.kernel, os: host.os, architecture: host.architecture,
                transport: host.transport), simulation: simulation)
    }
}
