import ArgumentParser
import Cluster
import Cryptography
import Glibc
import Primitives
import Records
import Replaying
import SystemPackage
import TopologyFormat

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Drive the machines of a run through their recorded events again and compare every effect.",
        discussion: """
            Every process of a run logs the events that its machine was given and the digest of the effects that it
            answered with. A replay gives the same events to new machines and compares every effect byte for byte: a
            machine that read a clock, drew at random or depended on the order of a hash table would be found here.
            The ledger's log and the signing guards are checked against the records too, where they are still there.

              quorate replay runs/latest
              quorate replay runs/latest --node op-3 --until "task 137" --trace

            Exit status: 0 identical, 1 where an effect differs, 2 where a record cannot be read.
            """)

    @Argument(help: "A run directory, such as runs/latest, or its name below runs/.", completion: .directory)
    var runDirectory: String

    @Option(help: "Only this node: op-3, coordinator-squares, ledger.")
    var node: String?

    @Option(help: "Stop each node before it first sees a later task than this: \"task 137\", or 137.")
    var until: String?

    @Flag(help: "Print every event and effect, a line each.")
    var trace = false

    func run() throws {
        let last = try until.map { try TaskSequence(argument: $0, of: "--until") }
        let selection = RunReplay.Selection(node: node, until: last)
        let directory = try RunArgument.directory(runDirectory)
        try refuseWithoutInputs(directory)
        let (node, trace) = (node, trace)
        let results = try CommandFailure.asBadInput {
            try RunManifest.signatures(ofRunIn: directory).scoped {
                let genesis = try RunRecords.genesis(ofRunIn: directory.path)
                let inventory = try RunOutcome.read(from: directory, genesis: genesis)?.inventory
                let replay = try RunReplay(directory: directory.path, node: node, inventory: inventory)
                try RunAudit(directory: directory, records: replay.records).check(node)
                return try replay.run(selection, trace: trace ? { print($0) } : nil)
            }
        }
        // The trace has been written through a buffer: it comes first.
        fflush(nil)
        try Console.print(results.map(Self.line).joined(separator: "\n"))
        if results.contains(where: { $0.divergence != nil }) { throw ExitCode(1) }
    }

    /// A simulation records what its machines were given only if it is told to.
    private func refuseWithoutInputs(_ directory: RunDirectory) throws(CommandFailure) {
        guard directory.has(directory.manifest) else { return }
        let again = try CommandFailure.asBadInput { () -> String? in
            let manifest = try RunManifest.read(from: directory)
            guard let simulation = manifest.simulation, !simulation.inputs else { return nil }
            let topology = try Topology.load(path: directory.topology.string)
            return manifest.repetition(of: topology, in: directory.path).map(\.quotedForShell).joined(separator: " ")
        }
        guard let again else { return }
        throw .badInput(
            "\(directory.path): was simulated without --inputs, so its records do not tell what the machines were given; "
                + "its seed gives the same run again: \(again) --inputs")
    }

    private static func line(for result: NodeReplay) -> String {
        let process = result.incarnation == 1 ? result.name : "\(result.name), process \(result.incarnation)"
        let count = "\(result.events) events, \(result.effects) effects"
        if let divergence = result.divergence { return "\(process): DIFFERS at \(divergence)" }
        return
            "\(process): identical (\(count)\(result.isWhole ? "" : "; the record ends where the process was killed"))"
    }
}
