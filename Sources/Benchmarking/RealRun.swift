import Cluster
import Primitives
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
        try HostCapacity.prepare(for: topology)
        let keys = NetworkKeys.generate(for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.randomRunID())
        let files = NodeFiles(directory: directory, genesis: genesis, topology: topology, seed: seed)
        try files.prepare(keys: keys)
        let run = NetworkRun(
            topology: topology, genesis: genesis, files: files, executables: executables, measuring: measuring)
        let outcome = await run.run(interruptions: AsyncStream { _ in }, report: { _ in })
        try Task.checkCancellation()
        return outcome
    }
}
