import Foundation
import GRDB
import Messages
import Primitives
import Restaking

/// The ledger's durable log: one row an instruction, in one SQLite file, and snapshots of the state beside it.
///
/// A commit is on disk before it returns (`synchronous = FULL`), so a receipt that waits for it is never sent before
/// its entry is on disk.
/// The machine chains the entries; whether the chain holds is for it to check when it takes them back.
package final class InstructionLog: Sendable {
    let database: DatabaseQueue
    package let path: String

    /// Opens the log, or makes it.
    package init(path: String) throws(InstructionLogError) {
        self.path = path
        do {
            database = try Self.connection(to: path)
            try database.write { database in
                try database.execute(
                    sql: "CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT")
                try Self.makeSnapshotTables(database)
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
package struct InstructionLogError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let row: UInt64?
    package let problem: String
    /// The last entry of a damaged log that can be relied on, where there is one.
    package var lastGood: UInt64?

    package init(path: String, row: UInt64?, problem: String, lastGood: UInt64? = nil) {
        self.path = path
        self.row = row
        self.problem = problem
        self.lastGood = lastGood
    }

    package var description: String {
        placeAndProblem + (lastGood.map { "; \(Self.offer(path, lastGood: $0))" } ?? "")
    }

    /// Without what can be done about it.
    package var placeAndProblem: String { "\(row.map { "\(path): entry \($0)" } ?? path): \(problem)" }

    /// How to go on without what cannot be relied on.
    private static func offer(_ path: String, lastGood: UInt64) -> String {
        "entry \(lastGood) is the last good one: `quorate ledger salvage \(path) --into FILE` writes the log up to there "
            + "to another file and leaves this one as it is"
    }
}
