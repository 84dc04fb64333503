import ArgumentParser
import Cluster
import Foundation
import Records
import Reports
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
    /// Nil when the run never began: there is nothing to judge.
    let summary: RunSummary?

    /// - Parameter path: where the run is; what is shown calls it so.
    init(directory path: FilePath) throws(CommandFailure) {
        self = try CommandFailure.asBadInput { try Self(reading: RunDirectory(path: path)) }
    }

    private init(reading directory: RunDirectory) throws {
        self.directory = directory
        let manifest = try RunManifest.read(from: directory)
        topology = try manifest.topologyAsRun(
            try Topology.load(path: directory.topology.string), file: directory.manifest)
        let genesis = try RunRecords.genesis(ofRunIn: directory.path)
        let found = try RunOutcome.read(from: directory, genesis: genesis)
        isAbandoned = found == nil
        outcome = found ?? .abandoned
        guard outcome.began || isAbandoned else {
            summary = nil
            return
        }
        let records: RunRecords
        do throws(RecordError) {
            records = try RunRecords.load(directory: directory.path)
        } catch {
            guard isAbandoned, case .noRecords = error.problem else { throw error }
            summary = nil
            return
        }
        summary = RunSummary(
            records: records, expectations: RunExpectations(topology),
            context: RunContext(manifest, topology: topology, outcome: outcome, directory: directory.path))
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

    /// The summary, or `results.json`, to standard output.
    func show(asJSON: Bool) throws(CommandFailure) {
        guard let summary else { return }
        if asJSON {
            try Console.print(summary.results.document)
        } else {
            let style: Style = Console.takesColour(STDOUT_FILENO) ? .coloured : .plain
            try Console.print("\n" + TerminalSummary(summary, style: style).text)
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
            name: topology.name, seed: topology.seed ?? 0, mode: .processes, ending: ending, runDirectory: directory,
            host: HostFacts(manifest),
            loads: topology.services.map { service in
                var inFlight: UInt64?
                if case .closed(let limit, _) = service.load.pacing { inFlight = limit }
                return Load(service: service.name, inFlight: inFlight, account: service.load.account)
            }, usages: outcome.usages)
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
        topology: Topology, overrides: Topology.Overrides, seed: UInt64, keepGoing: Bool, startedAt: Date,
        host: HostFacts
    ) {
        self.init(
            topology: topology, overrides: overrides, seed: seed, keepGoing: keepGoing, startedAt: startedAt,
            version: Quorate.version, build: host.build,
            host: Host(
                cores: host.cores, kernel: host.kernel, os: host.os, architecture: host.architecture,
                transport: host.transport))
    }
}
