import Cluster
import Foundation
import Messages
import Node
import Primitives
import Reports
import SystemPackage
import TopologyFormat

/// A run that has everything it needs on disk, and can begin.
struct PreparedRun {
    /// With its overrides applied.
    let topology: Topology
    let seed: UInt64
    let directory: RunDirectory
    let host: HostFacts
    private let genesis: Genesis
    private let files: NodeFiles
    private let executables: Executables
    private let overrides: Topology.Overrides
    private let keepGoing: Bool

    private static let topologyLimit = 1 << 20

    /// Nothing is written before all that can be checked has been.
    init(
        topologyPath: String, overrides: Topology.Overrides, runDirectory: String?, keepGoing: Bool, startedAt: Date
    ) throws(CommandFailure) {
        self.overrides = overrides
        self.keepGoing = keepGoing
        let (text, original) = try Self.read(topologyPath)
        topology = try CommandFailure.asBadInput { () throws(GrammarMistake) in try original.overridden(by: overrides) }
        // Whole in a double, as readers of JSON hold it.
        seed = topology.seed ?? UInt64.random(in: 0..<(1 << 53))
        host = HostFacts.current(guardMode: topology.guardMode.rawValue, transport: "tcp loopback")
        let topology = topology
        try CommandFailure.asBadInput { try HostCapacity.prepare(for: topology) }
        executables = try CommandFailure.asBadInput { try Executables.find() }
        directory = try CommandFailure.asBadInput {
            try runDirectory.map { try RunDirectory.make(at: FilePath($0)) }
                ?? RunDirectory.makeDefault(name: topology.name, at: time_t(startedAt.timeIntervalSince1970))
        }
        let keys = NetworkKeys.generate(for: topology)
        genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.randomRunID())
        files = NodeFiles(directory: directory, genesis: genesis, topology: topology, seed: seed)
        let manifest = RunManifest(
            topology: topology, overrides: overrides, seed: seed, keepGoing: keepGoing, startedAt: startedAt,
            version: Quorate.version, build: host.build)
        let (directory, files) = (directory, files)
        try CommandFailure.asBadInput {
            try directory.write(Array(text.utf8), to: directory.topology)
            try directory.write(manifest.json, to: directory.path.appending(RunManifest.fileName))
            try files.prepare(keys: keys)
        }
    }

    func network(keepsGoing: Bool) -> NetworkRun {
        NetworkRun(topology: topology, genesis: genesis, files: files, executables: executables, keepsGoing: keepsGoing)
    }

    func context(_ outcome: RunOutcome) -> RunContext {
        let ending: RunContext.Ending =
            switch outcome.ending {
            case .completed: .completed
            case .timedOut: .timedOut
            case .aborted: .aborted
            case .interrupted: .interrupted
            }
        return RunContext(
            name: topology.name, seed: seed, mode: .processes, ending: ending, runDirectory: directory.path, host: host,
            loads: topology.services.map { service in
                var inFlight: UInt64?
                if case .closed(let limit, _) = service.load.pacing { inFlight = limit }
                return RunContext.Load(service: service.name, inFlight: inFlight, account: service.load.account)
            }, usages: outcome.usages, repetition: repetition)
    }

    /// The command line that runs the copy of the topology with the same seed and load.
    private var repetition: [String] {
        var words = ["quorate", "run", "\(directory.topology)", "--seed", "\(seed)"]
        if let tasks = overrides.tasks { words += ["--tasks", "\(tasks)"] }
        if let duration = overrides.duration { words += ["--duration", DurationText.of(duration)] }
        if let rate = overrides.rate { words += ["--rate", "\(rate)"] }
        if let inFlight = overrides.inFlight { words += ["--in-flight", "\(inFlight)"] }
        return words + (keepGoing ? ["--keep-going"] : [])
    }

    /// The text is kept as it is; a file that can be read only once is read once.
    private static func read(_ path: String) throws(CommandFailure) -> (text: String, Topology) {
        guard let bytes = try? BoundedFile.read(FilePath(path), limit: topologyLimit),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            // Says why it is not a topology.
            _ = try CommandFailure.asBadInput { try Topology.load(path: path) }
            throw .badInput("\(path): cannot be read")
        }
        return (text, try CommandFailure.asBadInput { try Topology.parse(text, file: path) })
    }
}
