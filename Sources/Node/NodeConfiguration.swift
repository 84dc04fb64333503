import Faults
import Links
import Messages
import Primitives
import Records
import SystemPackage

/// All that a node process is told, in one file in Borsh that whoever starts it writes. No secrets: the key has a
/// file of its own.
package struct NodeConfiguration: Hashable, Sendable {
    /// As genesis names the party: `op-3`, `coordinator-squares`.
    package var name: String
    /// How many processes of this name the run has started, this one counted: 1, 2, 3...
    package var incarnation: UInt32
    package var genesis: FilePath
    /// A Solana keypair file.
    package var key: FilePath
    package var ledgerPort: UInt16
    package var record: FilePath
    /// Made by the first incarnation, opened by all later ones.
    package var guardFile: FilePath
    /// Whether this later incarnation of an operator makes its guard file anew, as on a new disk. What it has signed it
    /// must hear from others then.
    package var hasLostGuard: Bool
    package var guardMode: GuardMode
    package var links: OutboundLinks
    package var role: NodeRole
    /// Operators: what executes the tasks of their exec services.
    package var programs: [ServiceProgramTerms]

    package init(
        name: String, incarnation: UInt32, genesis: FilePath, key: FilePath, ledgerPort: UInt16, record: FilePath,
        guardFile: FilePath, guardMode: GuardMode, links: OutboundLinks, role: NodeRole,
        hasLostGuard: Bool = false, programs: [ServiceProgramTerms] = []
    ) {
        self.name = name
        self.incarnation = incarnation
        self.genesis = genesis
        self.key = key
        self.ledgerPort = ledgerPort
        self.record = record
        self.guardFile = guardFile
        self.hasLostGuard = hasLostGuard
        self.guardMode = guardMode
        self.links = links
        self.role = role
        self.programs = programs
    }

    package static let sizeLimit = 4 * 1024 * 1024
    package static let genesisLimit = 256 * 1024 * 1024

    package static func read(_ path: FilePath) throws(BoundedFileError) -> NodeConfiguration {
        try BoundedFile.decode(path, limit: sizeLimit, as: "a node's configuration")
    }
}

extension NodeConfiguration: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(incarnation)
        encoder.encode(genesis.string)
        encoder.encode(key.string)
        encoder.encode(ledgerPort)
        encoder.encode(record.string)
        encoder.encode(guardFile.string)
        encoder.encode(hasLostGuard)
        encoder.encode(guardMode.rawValue)
        encoder.encode(links)
        encoder.encode(role)
        encoder.encode(programs)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: 128)
        incarnation = try decoder.decode()
        genesis = try Self.path(&decoder)
        key = try Self.path(&decoder)
        ledgerPort = try decoder.decode()
        record = try Self.path(&decoder)
        guardFile = try Self.path(&decoder)
        hasLostGuard = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        guard let mode = GuardMode(rawValue: value) else { throw .unknownCase(type: "GuardMode", value: value) }
        guardMode = mode
        links = try decoder.decode()
        role = try decoder.decode()
        programs = try decoder.decode(limit: 64)
    }

    private static func path(_ decoder: inout BorshDecoder) throws(BorshError) -> FilePath {
        FilePath(try decoder.decodeText(limit: 4096))
    }
}

/// Why a node cannot be what its configuration says.
package enum NodeConfigurationError: Error, Hashable, Sendable {
    case badKey(String)
    case otherName(String, expected: String)
    case unknownParty(Party)
    case unknownModule(String)
    case otherKey(FilePath, party: String)
    case noGuardFile
}

extension NodeConfigurationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badKey(let reason): reason
        case .otherName(let name, let expected): "the configuration names the node \(name), genesis \(expected)"
        case .unknownParty(let party): "genesis has no \(party)"
        case .unknownModule(let module): "this build has no service module named \(module)"
        case .otherKey(let path, let party): "\(path): not the key that genesis names for \(party)"
        case .noGuardFile: "a node needs a guard file, and the configuration names none"
        }
    }
}
