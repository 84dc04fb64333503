import Foundation
import GRDB
import Messages
import Primitives
import Restaking

/// The ledger's durable log: one row an instruction, in one SQLite file.
///
/// A commit is on disk before it returns (`synchronous = FULL`), so a receipt that waits for it is never sent before
/// its entry is on disk.
/// The machine chains the entries; whether the chain holds is for it to check when it takes them back.
package final class InstructionLog: Sendable {
    private let database: DatabaseQueue
    let path: String

    /// Opens the log, or makes it.
    package init(path: String) throws(InstructionLogError) {
        self.path = path
        do {
            database = try Self.connection(to: path)
            try database.write { database in
                try database.execute(
                    sql: "CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
            }
        } catch {
            throw InstructionLogError(path: path, row: nil, problem: "\(error)")
        }
    }

    /// Opens a log that is there, to be read and no more.
    package init(reading path: String) throws(InstructionLogError) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw InstructionLogError(path: path, row: nil, problem: "\(error)")
        }
    }

    static func connection(to path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Everything in the log, in its order.
    package func entries(after last: UInt64 = 0) throws(InstructionLogError) -> [LogEntry] {
        let rows: [(UInt64, Data)]
        do {
            rows = try database.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT sequence, entry FROM log WHERE sequence > ? ORDER BY sequence",
                    arguments: [Int64(bitPattern: last)]
                ).map { row in
                    (UInt64(bitPattern: row["sequence"] as Int64), row["entry"] as Data)
                }
            }
        } catch {
            throw InstructionLogError(path: path, row: nil, problem: "\(error)")
        }
        var entries: [LogEntry] = []
        entries.reserveCapacity(rows.count)
        for (sequence, bytes) in rows {
            let entry: LogEntry
            do {
                entry = try LogEntry(borsh: Array(bytes))
            } catch {
                throw InstructionLogError(path: path, row: sequence, problem: "not a log entry: \(error)")
            }
            let expected = last + UInt64(entries.count) + 1
            guard entry.sequence == sequence, sequence == expected else {
                throw InstructionLogError(
                    path: path, row: sequence,
                    problem: "entry \(expected) is expected here: one is missing or has been moved")
            }
            entries.append(entry)
        }
        return entries
    }

    /// All of them in one transaction, on disk when this returns.
    package func append(_ entries: [LogEntry]) throws(InstructionLogError) {
        do {
            try database.write { database in
                let statement = try database.cachedStatement(sql: "INSERT INTO log (sequence, entry) VALUES (?, ?)")
                for entry in entries {
                    try statement.execute(arguments: [Int64(bitPattern: entry.sequence), Data(entry.borsh)])
                }
            }
        } catch {
            throw InstructionLogError(path: path, row: entries.first?.sequence, problem: "\(error)")
        }
    }
}

/// Why the log cannot be opened, read or written: which file, which row, what is wrong.
package struct InstructionLogError: Error, CustomStringConvertible {
    package let path: String
    package let row: UInt64?
    package let problem: String

    package var description: String {
        let place = row.map { "\(path): entry \($0)" } ?? path
        return "\(place): \(problem)"
    }
}
