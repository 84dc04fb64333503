import Cryptography
import Foundation
import GRDB
import Messages
import Primitives
import Restaking

/// A snapshot lies in the log's own file: its bytes in parts, and one row that is written last and says what they must
/// be. What has no such row was never finished.
extension InstructionLog {
    /// So much is written at a time: a commit of instructions never waits for more.
    static let partSize = 256 * 1024
    /// So many are kept: should the last one be damaged, the log is read from the one before it.
    static let snapshotsKept = 2

    static func makeSnapshotTables(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS snapshot (
                    sequence INTEGER PRIMARY KEY, chain BLOB NOT NULL, root BLOB NOT NULL, checksum BLOB NOT NULL
                ) STRICT;
                CREATE TABLE IF NOT EXISTS snapshot_part (
                    sequence INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
                    UNIQUE (sequence, part)
                ) STRICT;
                """)
    }

    // MARK: Reading

    /// After which entries there is a snapshot, the last first.
    package func snapshots() throws(InstructionLogError) -> [UInt64] {
        do {
            return try database.read { database in
                guard try database.tableExists("snapshot") else { return [] }
                return try Int64.fetchAll(database, sql: "SELECT sequence FROM snapshot ORDER BY sequence DESC")
                    .map { UInt64(bitPattern: $0) }
            }
        } catch {
            throw InstructionLogError(path: path, row: nil, problem: "its snapshots cannot be read: \(error)")
        }
    }

    /// The snapshot that was taken after this entry, and the head of the log there, as they were written. Whether the
    /// log has that head is for the caller to ask, and what the snapshot says for the machine to judge.
    package func snapshot(
        after sequence: UInt64
    ) throws(InstructionLogError) -> (snapshot: LedgerSnapshot, head: LogHead) {
        func damaged(_ problem: String) -> InstructionLogError {
            InstructionLogError(path: path, row: nil, problem: "the snapshot after entry \(sequence): \(problem)")
        }
        let stored: StoredSnapshot
        do {
            guard let found = try database.read({ try StoredSnapshot($0, after: sequence) }) else {
                throw damaged("a part of it is missing, or not what it should be")
            }
            stored = found
        } catch let error as InstructionLogError {
            throw error
        } catch {
            throw damaged("it cannot be read: \(error)")
        }
        guard stored.checksum == stored.written else {
            throw damaged("its checksum is \(stored.checksum.short), not \(stored.written.short): it has been altered")
        }
        return (stored.snapshot, stored.head)
    }

    // MARK: Writing

    static func parts(of snapshot: LedgerSnapshot) -> Int { (snapshot.bytes.count + partSize - 1) / partSize }

    /// One of a snapshot's parts. It counts for nothing until `finishSnapshot`.
    func write(part: Int, of snapshot: LedgerSnapshot, after sequence: UInt64) throws(InstructionLogError) {
        let bytes = snapshot.bytes[part * Self.partSize..<min((part + 1) * Self.partSize, snapshot.bytes.count)]
        try change("the snapshot after entry \(sequence)") { database in
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO snapshot_part (sequence, part, bytes) VALUES (?, ?, ?)")
            try statement.execute(arguments: [Int64(bitPattern: sequence), part, Data(bytes)])
        }
    }

    /// The snapshot is whole from here on.
    func finishSnapshot(root: Digest, checksum: Digest, at head: LogHead) throws(InstructionLogError) {
        try change("the snapshot after entry \(head.sequence)") { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO snapshot (sequence, chain, root, checksum) VALUES (?, ?, ?, ?)",
                arguments: [
                    Int64(bitPattern: head.sequence), Data(head.chain.storage.bytes), Data(root.storage.bytes),
                    Data(checksum.storage.bytes),
                ])
        }
    }

    /// Removes a part of a snapshot that is not to be kept: one that has newer ones enough, or was never finished.
    ///
    /// - Parameter head: where the last snapshot was taken; nothing later is touched.
    /// - Returns: false when there is none.
    func removeOutdatedPart(before head: LogHead) throws(InstructionLogError) -> Bool {
        try change("the outdated snapshots") { database in
            let last = Int64(bitPattern: head.sequence)
            try database.execute(
                sql: """
                    DELETE FROM snapshot WHERE sequence NOT IN
                        (SELECT sequence FROM snapshot ORDER BY sequence DESC LIMIT \(Self.snapshotsKept))
                    """)
            try database.execute(
                sql: """
                    DELETE FROM snapshot_part WHERE rowid = (
                        SELECT rowid FROM snapshot_part
                        WHERE sequence <= ? AND sequence NOT IN (SELECT sequence FROM snapshot) LIMIT 1)
                    """, arguments: [last])
            return database.changesCount > 0
        }
    }

    /// For whoever has the log for itself: all of it at once.
    package func keep(_ snapshot: LedgerSnapshot, at head: LogHead) throws(InstructionLogError) {
        for part in 0..<Self.parts(of: snapshot) { try write(part: part, of: snapshot, after: head.sequence) }
        try finishSnapshot(root: snapshot.root, checksum: Self.checksum(of: snapshot, at: head), at: head)
        while try removeOutdatedPart(before: head) {}
    }

    static func checksum(of snapshot: LedgerSnapshot, at head: LogHead) -> Digest {
        var encoder = BorshEncoder()
        encoder.encode(head)
        encoder.encode(snapshot.root)
        encoder.encode(Domain.snapshot.digest(snapshot.bytes))
        return Domain.snapshot.digest(encoder.bytes)
    }

    private func change<Value>(
        _ what: String, _ body: (Database) throws -> Value
    ) throws(InstructionLogError) -> Value {
        do { return try database.write(body) } catch {
            throw InstructionLogError(path: path, row: nil, problem: "\(what) cannot be written: \(error)")
        }
    }
}

/// A snapshot as its rows have it.
private struct StoredSnapshot {
    let snapshot: LedgerSnapshot
    let head: LogHead
    /// What its row says, and what its bytes have.
    let written: Digest
    let checksum: Digest

    /// - Returns: nil where a row is missing or is none.
    init?(_ database: Database, after sequence: UInt64) throws {
        let key = Int64(bitPattern: sequence)
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT chain, root, checksum FROM snapshot WHERE sequence = ?", arguments: [key]),
            let chain = Self.digest(row[0]), let root = Self.digest(row[1]), let written = Self.digest(row[2])
        else { return nil }
        var bytes: [UInt8] = []
        let parts = try Row.fetchCursor(
            database, sql: "SELECT bytes FROM snapshot_part WHERE sequence = ? ORDER BY part", arguments: [key])
        while let part = try parts.next() {
            guard case .blob(let data) = (part[0] as DatabaseValue).storage,
                bytes.count + data.count <= LedgerSnapshot.sizeLimit
            else { return nil }
            bytes += data
        }
        snapshot = LedgerSnapshot(bytes: bytes, root: root)
        head = LogHead(sequence: sequence, chain: chain)
        self.written = written
        checksum = InstructionLog.checksum(of: snapshot, at: head)
    }

    private static func digest(_ value: DatabaseValue) -> Digest? {
        guard case .blob(let data) = value.storage else { return nil }
        return Digest([UInt8](data))
    }
}
