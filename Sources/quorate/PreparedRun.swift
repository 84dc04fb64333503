import Cluster
import Foundation
import Messages
import Node
import Primitives
import Records
import Reports
import Staging
import SystemPackage
import TopologyFormat

/// A run that has everything it needs on disk, and can begin. It goes on, for whoever looks, as long as this lives.
struct PreparedRun {
    /// With its overrides applied, and what its chaos draws written out.
    let topology: Topology
    let seed: UInt64
    /// Whether it is the file's: whoever runs the file again has the same.
    let hasOwnSeed: Bool
    let directory: RunDirectory
    /// What its chaos comes to; nil without one.
    let chaos: String?
    private static let mostReadings: Int64 = 100_000
    private let hold: RunHold
    private let genesis: Genesis
    private let keys: NetworkKeys
    private let files: NodeFiles
    private let executables: Executables

    /// Nothing is written before all that can be checked has been.
    ///
    /// - Parameters:
    ///   - isAbsolute: whether the run directory is called by its whole path, for those who work elsewhere.
    ///   - claim: what must be had before anything is written; it is given the topology, and answers with the name of
    ///     the live cluster, if that is what the run is to be.
    init(
        topologyPath: String, overrides: Topology.Overrides, runDirectory: String?,
        below parent: FilePath = RunArgument.parent, keepGoing: Bool, startedAt: Date, isAbsolute: Bool = false,
        claim: (Topology) throws(CommandFailure) -> String? = { _ in nil }
    ) throws(CommandFailure) {
        let input = try TopologyInput(topologyPath)
        let plan = try input.overridden(by: overrides)
        hasOwnSeed = input.topology.seed == plan.seed && plan.seed != nil
        seed = plan.seed ?? TopologyInput.drawnSeed()
        try CommandFailure.asBadInput { try plan.checkPrograms(file: topologyPath) }
        try CommandFailure.asBadInput { try HostCapacity.prepare(for: plan) }
        executables = try CommandFailure.asBadInput { try Executables.find() }
        let cluster = try claim(plan)
        let topology = plan.drawingChaos(seed: seed, isLive: cluster != nil)
        self.topology = topology
        chaos = ChaosAccount.text(
            of: topology, from: plan,
            command: ChaosAccount.command(file: topologyPath, seed: seed, overrides.arguments))
        let place = FilePath(isAbsolute ? FileManager.default.currentDirectoryPath : "")
        directory = try CommandFailure.asBadInput {
            try runDirectory.map { try RunDirectory.make(at: place.pushing(FilePath($0))) }
                ?? RunDirectory.makeDefault(
                    name: topology.name, at: time_t(startedAt.timeIntervalSince1970), below: place.pushing(parent))
        }
        let directory = directory
        hold = try CommandFailure.asBadInput { try RunHold(directory) }
        keys = NetworkKeys.generate(for: topology)
        genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.randomRunID())
        files = NodeFiles(
            directory: directory, genesis: genesis, topology: topology, seed: seed,
            programDirectory: FilePath(Topology.programDirectory(of: topologyPath)), isLive: cluster != nil)
        let manifest = RunManifest(
            topology: topology, file: topologyPath, overrides: overrides, seed: seed, keepGoing: keepGoing,
            cluster: cluster,
            startedAt: startedAt,
            host: HostFacts.current(guardMode: topology.guardMode.rawValue, transport: "tcp loopback"))
        let files = files
        try CommandFailure.asBadInput {
            try directory.write(Array(input.text.utf8), to: directory.topology)
            try directory.write(manifest.json, to: directory.manifest)
            try files.prepare(keys: keys)
        }
    }

    /// - Parameters:
    ///   - interval: how often everybody is asked what it has used; nil: at the end alone.
    ///   - desk: where a live network takes its orders from; nil: it is none.
    func network(keepsGoing: Bool, measuringEvery interval: Duration? = nil, desk: OrderDesk? = nil) -> NetworkRun {
        let length = RunPatience(of: topology).timeLimit
        let times = interval.map { interval in
            (1...max(1, min(Self.mostReadings, length.nanoseconds / interval.nanoseconds))).map { interval * Int($0) }
        }
        return NetworkRun(
            topology: topology, genesis: genesis, keys: keys, files: files, executables: executables,
            keepsGoing: keepsGoing, measuring: times ?? [], desk: desk)
    }
}
