import Faults
import Messages
import Primitives

/// What the ledger process is started with; written by whoever starts it, read once.
package struct LedgerConfiguration: Hashable, Sendable {
    package var genesis: String
    /// The keypair file of genesis' clock.
    package var key: String
    package var database: String
    package var record: String
    package var incarnation: UInt32
    /// When it is to die.
    package var faults: [FaultPlan]
    /// A snapshot of the state is taken after so many entries of the log, at least.
    package var snapshotInterval: UInt64
    /// Whether partitions can come to lie between it and others.
    package var canBeCutOff: Bool

    package static let usualSnapshotInterval: UInt64 = 20_000

    package init(
        genesis: String, key: String, database: String, record: String, incarnation: UInt32 = 1,
        faults: [FaultPlan] = [], snapshotInterval: UInt64 = Self.usualSnapshotInterval, canBeCutOff: Bool = false
    ) {
        self.genesis = genesis
        self.key = key
        self.database = database
        self.record = record
        self.incarnation = incarnation
        self.faults = faults
        self.snapshotInterval = snapshotInterval
        self.canBeCutOff = canBeCutOff
    }
}

extension LedgerConfiguration: BorshCodable {
    private static let pathLimit = 4_096

    package func encode(to encoder: inout BorshEncoder) {
        for path in [genesis, key, database, record] { encoder.encode(path) }
        encoder.encode(incarnation)
        encoder.encode(faults)
        encoder.encode(snapshotInterval)
        encoder.encode(canBeCutOff)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        genesis = try decoder.decodeText(limit: Self.pathLimit)
        key = try decoder.decodeText(limit: Self.pathLimit)
        database = try decoder.decodeText(limit: Self.pathLimit)
        record = try decoder.decodeText(limit: Self.pathLimit)
        incarnation = try decoder.decode()
        faults = try decoder.decode(limit: LedgerCrashes.limit)
        snapshotInterval = try decoder.decode()
        canBeCutOff = try decoder.decode()
    }
}
