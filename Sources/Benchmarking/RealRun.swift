import Cluster
import Messages
import Primitives
import Records
import Staging
import TopologyFormat

/// One network of real processes, started, put under load and stopped, in a directory of its own.
struct RealRun {
    /// With its overrides applied.
    let topology: Topology
    let seed: UInt64
    let directory: RunDirectory
    let executables: Executables

    /// Cancelling kills all processes, and throws.
    ///
    /// - Parameter measuring: the times from the beginning at which everybody is asked what it has used; ascending.
    func run(measuring: [Duration] = []) async throws -> RunOutcome {
        let topology = topology.drawingChaos(seed: seed)
        try HostCapacity.prepare(for: topology)
        let keys = NetworkKeys.generate(for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.randomRunID())
        let files = NodeFiles(directory: directory, genesis: genesis, topology: topology, seed: seed)
        try files.prepare(keys: keys)
        let run = NetworkRun(
            topology: topology, genesis: genesis, keys: keys, files: files, executables: executables,
            measuring: measuring)
        let outcome = await run.run(interruptions: AsyncStream { _ in }, report: { _ in })
        try Task.checkCancellation()
        return outcome
    }
}

extension RunOutcome {
    /// Of operators and coordinators, from the beginning to the end.
    var processorTimeOfNodes: Duration {
        usages.filter { $0.party != .ledger }.compactMap(\.readings.last).reduce(.zero) { $0 + $1.cpu }
    }
}
