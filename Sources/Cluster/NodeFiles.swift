import Cryptography
import Faults
import Glibc
import LedgerNode
import Links
import Messages
import Node
import Primitives
import Records
import Staging
import SystemPackage
import TopologyFormat

/// What each process finds on disk when it starts: genesis, its key, its configuration.
package struct NodeFiles: Sendable {
    package let directory: RunDirectory
    private let genesis: Genesis
    private let topology: Topology
    private let seed: UInt64
    private let isLive: Bool
    private let programDirectory: FilePath

    /// - Parameters:
    ///   - topology: with its overrides applied.
    ///   - seed: decides arrivals, links and faults.
    ///   - programDirectory: where the programs of exec services run.
    ///   - isLive: whether more is asked of nodes while they run.
    package init(
        directory: RunDirectory, genesis: Genesis, topology: Topology, seed: UInt64, programDirectory: FilePath = ".",
        isLive: Bool = false
    ) {
        self.isLive = isLive
        self.directory = directory
        self.genesis = genesis
        self.topology = topology
        self.seed = seed
        self.programDirectory = programDirectory
    }

    /// The ledger, the coordinators, the operators.
    package var parties: [Party] { genesis.parties }

    package func name(of party: Party) -> String { genesis.name(of: party) ?? "\(party)" }

    /// Writes genesis and all keys. Configurations follow when their node is launched; an operator makes its guard
    /// itself, the first time that it starts.
    package func prepare(keys: NetworkKeys) throws {
        try directory.write(genesis.borsh, to: directory.genesis)
        try write(keys.clock, of: .ledger)
        for (index, key) in keys.coordinators.enumerated() {
            try write(key, of: .coordinator(ServiceID(UInt32(index))))
        }
        for (index, key) in keys.signers.enumerated() {
            try write(key, of: .signer(OperatorIndex(UInt32(index))))
        }
    }

    /// - Parameter disk: what an operator that is started again is to find of its guard.
    /// - Returns: the file's path.
    func writeConfiguration(
        of party: Party, incarnation: UInt32, faults: [FaultPlan], ledgerPort: UInt16?,
        disk: Intervention.Disk = .keep
    ) throws -> FilePath {
        let bytes =
            switch party {
            case .ledger: ledgerConfiguration(incarnation: incarnation, faults: faults).borsh
            case .coordinator, .signer:
                nodeConfiguration(
                    of: party,
                    role: NodeRole(
                        of: party, in: topology, faults: faults, seed: seed, isLive: isLive,
                        hasRunBefore: incarnation > 1),
                    incarnation: incarnation, ledgerPort: ledgerPort ?? 0,
                    hasLostGuard: party.isSigner && disk == .empty
                ).borsh
            }
        let file = directory.nodes.appending("\(name(of: party)).\(incarnation).conf")
        try directory.write(bytes, to: file)
        return file
    }

    /// What is left of its guard to an operator that is dead and to be started again.
    func leave(_ disk: Intervention.Disk, to party: Party) throws {
        let path = guardPath(of: party)
        switch disk {
        case .keep: break
        case .older:
            guard let key = genesis.key(of: party) else { return }
            try GuardFile.rollBack(path, network: genesis.network, key: key, mode: guardMode)
        case .empty:
            guard unlink(path.string) == 0 || errno == ENOENT else {
                throw RunDirectoryError.system("remove the guard", path, Errno(rawValue: errno))
            }
        }
    }

    private var guardMode: GuardMode {
        switch topology.guardMode {
        case .synced: .synced
        case .written: .written
        }
    }

    private func nodeConfiguration(
        of party: Party, role: NodeRole, incarnation: UInt32, ledgerPort: UInt16, hasLostGuard: Bool = false
    ) -> NodeConfiguration {
        NodeConfiguration(
            name: name(of: party), incarnation: incarnation, genesis: directory.genesis, key: keyPath(of: party),
            ledgerPort: ledgerPort, record: recordPath(of: party, incarnation),
            guardFile: guardPath(of: party), guardMode: guardMode,
            links: links(from: party), role: role,
            hasLostGuard: hasLostGuard, programs: programs(of: party))
    }

    private func links(from party: Party) -> OutboundLinks {
        let network = topology.network
        var links = OutboundLinks(seed: seed, standard: network.link, to: genesis.parties) {
            network.terms(from: party, to: $0)
        }
        links.canChange = linksCanChange
        return links
    }

    /// By the topology, or by whoever orders it.
    private var linksCanChange: Bool { isLive || !topology.network.isConstant }

    /// Of the services that an operator works for.
    private func programs(of party: Party) -> [ServiceProgramTerms] {
        guard case .signer(let signer) = party else { return [] }
        return topology.services.enumerated().compactMap { index, service in
            guard let program = service.program, service.operators.contains(signer) else { return nil }
            return ServiceProgramTerms(
                service: ServiceID(UInt32(index)),
                terms: ProgramTerms(
                    command: program.command, directory: programDirectory, timeLimit: program.timeLimit,
                    memoryLimit: program.memoryLimit, outputLimit: program.outputLimit,
                    validates: program.validation == .results))
        }
    }

    private func ledgerConfiguration(incarnation: UInt32, faults: [FaultPlan]) -> LedgerConfiguration {
        LedgerConfiguration(
            genesis: directory.genesis.string, key: keyPath(of: .ledger).string,
            database: directory.instructionLog.string,
            record: recordPath(of: .ledger, incarnation).string, incarnation: incarnation, faults: faults,
            canBeCutOff: linksCanChange)
    }

    private func write(_ key: SigningKey, of party: Party) throws {
        let path = keyPath(of: party)
        do {
            try KeypairFile.write(key, to: path)
        } catch {
            throw RunDirectoryError.system("write the key", path, error as? Errno ?? .ioError)
        }
    }

    private func keyPath(of party: Party) -> FilePath { directory.nodes.appending("\(name(of: party)).key.json") }
    private func guardPath(of party: Party) -> FilePath { directory.guardFile(of: name(of: party)) }

    private func recordPath(of party: Party, _ incarnation: UInt32) -> FilePath {
        directory.records.appending("\(name(of: party)).\(incarnation).\(RecordFile.fileExtension)")
    }
}
