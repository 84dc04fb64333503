import Attesting
import Cryptography
import Faults
import Links
import Messages
import Primitives
import Records
import SystemPackage

/// What a driver works with, opened and checked against each other.
package struct NodeEquipment {
    package var party: Party
    package var genesis: Genesis
    package var key: SigningKey
    package var machine: any NodeMachine
    package var guardFile: GuardFile
    /// What the guard file held when it was opened.
    package var recorded: [GuardEntry]
    package var record: RecordWriter
    package var links: OutboundLinks
    package var ledgerPort: UInt16
    /// Whether more than its load can be asked of it.
    package var isLive: Bool
    package var programs: [ServiceProgramTerms]
    /// What `ProgramLauncher` is part of.
    package var launcher: FilePath = "/proc/self/exe"

    package init(
        party: Party, genesis: Genesis, key: SigningKey, machine: any NodeMachine, guardFile: GuardFile,
        recorded: [GuardEntry], record: RecordWriter, links: OutboundLinks, ledgerPort: UInt16,
        isLive: Bool = false,
        programs: [ServiceProgramTerms] = []
    ) {
        self.party = party
        self.genesis = genesis
        self.key = key
        self.machine = machine
        self.guardFile = guardFile
        self.recorded = recorded
        self.record = record
        self.links = links
        self.ledgerPort = ledgerPort
        self.isLive = isLive
        self.programs = programs
    }

    /// Throws `BoundedFileError`, `NodeConfigurationError`, `RecordError` or `GuardFileError`. The last two leave the
    /// reason in the record, as far as there is one.
    package static func open(_ configuration: NodeConfiguration) throws -> NodeEquipment {
        let genesis: Genesis = try BoundedFile.decode(
            configuration.genesis, limit: NodeConfiguration.genesisLimit, as: "a genesis")
        let party = configuration.role.party
        guard let name = genesis.name(of: party), let publicKey = genesis.key(of: party) else {
            throw NodeConfigurationError.unknownParty(party)
        }
        guard name == configuration.name else {
            throw NodeConfigurationError.otherName(configuration.name, expected: name)
        }
        let key = try readKey(configuration.key)
        guard key.publicKey == publicKey else {
            throw NodeConfigurationError.otherKey(configuration.key, party: name)
        }
        guard let machine = configuration.role.makeMachine(genesis: genesis) else {
            guard case .coordinator(let service) = party else { throw NodeConfigurationError.unknownParty(party) }
            throw NodeConfigurationError.unknownModule(genesis.services[Int(service.number)].module)
        }
        let network = genesis.network
        var record = try RecordWriter(
            path: configuration.record,
            header: RecordHeader(
                node: name, party: party, incarnation: configuration.incarnation, network: network,
                configuration: configuration.role.borsh))
        do {
            let (guardFile, recorded) = try openGuard(configuration, network: network, key: publicKey)
            return NodeEquipment(
                party: party, genesis: genesis, key: key, machine: machine, guardFile: guardFile, recorded: recorded,
                record: record, links: configuration.links, ledgerPort: configuration.ledgerPort,
                isLive: configuration.role.isLive, programs: configuration.programs)
        } catch {
            record.append(.note(at: MonotonicClock.now, .refusedToSign(reason: "\(error)")))
            try record.close(at: MonotonicClock.now)
            throw error
        }
    }

    private static func readKey(_ path: FilePath) throws(NodeConfigurationError) -> SigningKey {
        do {
            return try KeypairFile.read(from: path)
        } catch let error as Errno {
            throw .badKey("\(path): cannot be read: \(error)")
        } catch {
            throw .badKey("\(error)")
        }
    }

    /// The first process of a node makes its guard; a later one must find it, unless it is an operator's and said to have
    /// lost it. A coordinator would issue numbers twice, which nobody could tell from a cheat.
    private static func openGuard(
        _ configuration: NodeConfiguration, network: Digest, key: PublicKey
    ) throws -> (GuardFile, [GuardEntry]) {
        guard !configuration.guardFile.isEmpty else { throw NodeConfigurationError.noGuardFile }
        if configuration.incarnation == 1 || configuration.hasLostGuard && configuration.role.party.isSigner {
            let guardFile = try GuardFile.create(
                configuration.guardFile, network: network, key: key, mode: configuration.guardMode)
            return (guardFile, [])
        }
        return try GuardFile.open(
            configuration.guardFile, network: network, key: key, mode: configuration.guardMode)
    }
}
