import Cryptography
import Glibc
import Messages
import Primitives
import SystemPackage

/// Everything that a run has left behind, as replay, verdicts and reports read it.
package struct RunRecords: Sendable {
    package var genesis: Genesis
    /// By name, then incarnation.
    package var nodes: [NodeRecord]
    /// What was done to the nodes from outside, in the order in which it was: in a live cluster, and wherever the topology's
    /// network changes.
    package var interventions: [Intervention]
    /// What processes have said that they use, where somebody has kept it.
    package var usages: [NodeUsage]
    /// Those that are not as they were when the run ended, where somebody has said how they were.
    package var deficits: [RecordDeficit] = []
    /// How full things became, where they were simulated.
    package var figures: SimulationFigures?

    package init(
        genesis: Genesis, nodes: [NodeRecord], interventions: [Intervention] = [], usages: [NodeUsage] = [],
        figures: SimulationFigures? = nil
    ) {
        self.genesis = genesis
        self.interventions = interventions
        self.usages = usages
        self.figures = figures
        self.nodes = nodes.sorted { ($0.name, $0.incarnation) < ($1.name, $1.incarnation) }
    }

    package static let genesisName = "genesis.borsh"
    package static let directoryName = "records"

    /// Reads a run directory, its nodes' records without the machines' inputs. Torn tails are kept for the verdicts to judge, and so is
    /// the absence of a node's record (`missing`); everything else that is wrong is an error. What processes use stands in no
    /// record: whoever has it adds it.
    ///
    /// - Parameters:
    ///   - only: the name of the one node whose records are read; nil: everyone's.
    ///   - inventory: by which it is seen whether something is missing. A log of interventions that is longer or shorter than it
    ///     says is an error.
    package static func load(
        directory: FilePath, only: String? = nil, inventory: RunInventory? = nil
    ) throws(RecordError) -> RunRecords {
        let genesis = try genesis(ofRunIn: directory)
        let network = genesis.network
        let log = directory.appending(InterventionLog.fileName)
        let interventions = try InterventionLog.read(log, network: network)
        let bytes = FileUsage.size(of: log)
        if let inventory, bytes != inventory.interventions {
            throw RecordError(.otherLength(bytes, of: inventory.interventions), path: log)
        }
        for party in interventions.map(\.party) where genesis.name(of: party) == nil {
            throw RecordError(.unknownParty(party), path: log)
        }
        let killed = Set(
            interventions.filter { $0.act == .killed }.map {
                RecordHeader.fileName(of: genesis.name(of: $0.party) ?? "", $0.incarnation)
            })
        let records = directory.appending(directoryName)
        var nodes: [NodeRecord] = []
        for name in try recordNames(in: records) where only.map({ name.hasPrefix("\($0).") }) ?? true {
            let path = records.appending(name)
            if killed.contains(name), RecordReader.isUnborn(path) { continue }
            let node = try RecordFile.read(path, toleratingTornTail: true, keepingInputs: false)
            guard node.header.fileName == name else { throw RecordError(.misnamed(node.header), path: path) }
            guard node.header.network == network else { throw RecordError(.otherNetwork, path: path) }
            guard genesis.name(of: node.party) != nil else {
                throw RecordError(.unknownParty(node.party), path: path)
            }
            nodes.append(node)
        }
        guard !nodes.isEmpty || only != nil else { throw RecordError(.noRecords, path: records) }
        var run = RunRecords(genesis: genesis, nodes: nodes, interventions: interventions)
        run.deficits =
            inventory?.deficits(in: records, of: genesis).filter { deficit in
                only.map { deficit.fileName.hasPrefix("\($0).") } ?? true
            } ?? []
        return run
    }

    /// The parties of genesis of which there is no record at all, or none of an incarnation that a later one proves. Whoever
    /// was killed may not have come to begin one.
    package var missing: [(party: Party, incarnation: UInt32)] {
        genesis.parties.flatMap { party in
            let found = Set(nodes.filter { $0.party == party }.map(\.incarnation))
            return (1...max(1, found.max() ?? 1)).filter { !found.contains($0) && !wasKilled(party, $0) }
                .map { (party, $0) }
        }
    }

    /// Whether somebody killed this process, so that its record ends where it ends.
    package func wasKilled(_ party: Party, _ incarnation: UInt32) -> Bool {
        interventions.contains { $0.party == party && $0.incarnation == incarnation && $0.act == .killed }
    }

    package static func genesis(ofRunIn directory: FilePath) throws(RecordError) -> Genesis {
        let path = directory.appending(genesisName)
        let bytes: [UInt8]
        do throws(BoundedFileError) {
            bytes = try BoundedFile.read(path, limit: RecordEntry.sizeLimit)
        } catch {
            throw RecordError(error, doing: "read the run's genesis", path: path)
        }
        var decoder = BorshDecoder(bytes)
        do {
            let genesis = try Genesis(from: &decoder)
            try decoder.finish()
            return genesis
        } catch {
            throw RecordError(.malformed(error), path: path, byte: decoder.position)
        }
    }

    /// The files of a run's `records` directory, in order.
    package static func recordNames(in directory: FilePath) throws(RecordError) -> [String] {
        guard let stream = opendir(directory.string) else {
            throw RecordError(.system(doing: "open the directory", Errno(rawValue: Glibc.errno)), path: directory)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if FilePath.Component(name)?.extension == RecordFile.fileExtension { names.append(name) }
        }
        return names.sorted()
    }
}
