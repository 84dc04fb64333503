import Cryptography
import Messages
import Primitives

/// One line of what happened at a node.
package enum RecordEntry: Hashable, Sendable {
    /// Always the first, and nowhere else.
    case header(RecordHeader)
    /// An event that the machine was given, in Borsh, and the digest of all effects that it answered with.
    case input(at: Instant, event: [UInt8], effects: Digest)
    /// What the machine, or whoever wraps it, tells about the run.
    case note(at: Instant, Observation)
    /// The node ended in good order. Always the last: a file without it is that of a process that was killed.
    case closed(at: Instant)

    /// The most bytes that one entry may have: a header with the configuration of the largest network fits.
    package static let sizeLimit = 256 * 1024 * 1024
}

/// Whose record it is, and what its machine was made from.
package struct RecordHeader: Hashable, Sendable {
    package static let currentSchemaVersion: UInt16 = 1

    package var schemaVersion: UInt16
    /// The node's name: `ledger`, `coordinator-squares`, `op-3`.
    package var node: String
    package var party: Party
    /// How many processes of this name the run has started, this one counted: 1, 2, 3...
    package var incarnation: UInt32
    package var network: Digest
    /// What the machine was made from, in the node's own encoding; replay makes it again from these bytes.
    package var configuration: [UInt8]

    package init(
        schemaVersion: UInt16 = RecordHeader.currentSchemaVersion, node: String, party: Party, incarnation: UInt32,
        network: Digest, configuration: [UInt8]
    ) {
        self.schemaVersion = schemaVersion
        self.node = node
        self.party = party
        self.incarnation = incarnation
        self.network = network
        self.configuration = configuration
    }

    /// The file's name within a run's `records` directory.
    package var fileName: String { Self.fileName(of: node, incarnation) }

    static func fileName(of node: String, _ incarnation: UInt32) -> String {
        "\(node).\(incarnation).\(RecordFile.fileExtension)"
    }
}

extension RecordHeader: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(schemaVersion)
        encoder.encode(node)
        encoder.encode(party)
        encoder.encode(incarnation)
        encoder.encode(network)
        encoder.encode(configuration)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        schemaVersion = try decoder.decode()
        node = try decoder.decodeText(limit: 128)
        party = try decoder.decode()
        incarnation = try decoder.decode()
        network = try decoder.decode()
        configuration = try decoder.decodeBytes(limit: RecordEntry.sizeLimit)
    }
}

extension RecordEntry {
    private static let inputCase: UInt8 = 1

    /// The same bytes as those of `.input` with this event in Borsh.
    static func encodeInput(
        at time: Instant, event: some BorshCodable, effects: Digest, to encoder: inout BorshEncoder
    ) {
        encoder.encode(inputCase)
        encoder.encode(time)
        encoder.encodeCounted { event.encode(to: &$0) }
        encoder.encode(effects)
    }
}

extension RecordEntry: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .header(let header):
            encoder.encode(UInt8(0))
            encoder.encode(header)
        case .input(let time, let event, let effects):
            encoder.encode(UInt8(1))
            encoder.encode(time)
            encoder.encode(event)
            encoder.encode(effects)
        case .note(let time, let observation):
            encoder.encode(UInt8(2))
            encoder.encode(time)
            encoder.encode(observation)
        case .closed(let time):
            encoder.encode(UInt8(3))
            encoder.encode(time)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .header(try decoder.decode())
        case 1:
            self = .input(
                at: try decoder.decode(), event: try decoder.decodeBytes(limit: Self.sizeLimit),
                effects: try decoder.decode())
        case 2: self = .note(at: try decoder.decode(), try decoder.decode())
        case 3: self = .closed(at: try decoder.decode())
        default: throw .unknownCase(type: "RecordEntry", value: value)
        }
    }
}
