import Foundation
import GRDB
import Messages
import Primitives
import Restaking

extension InstructionLog {
    /// Everything in the log, in its order.
    ///
    /// - Parameter last: those up to this one are left out.
    package func entries(after last: UInt64 = 0) throws(InstructionLogError) -> [LogEntry] {
        var entries: [LogEntry] = []
        try forEachEntry(after: last) { entries.append($0) }
        return entries
    }

    /// One after the other, in their order, without bringing all of them into memory.
    ///
    /// - Parameters:
    ///   - after: those up to this one are left out, and nothing is said of them.
    ///   - last: so are those beyond this one.
    ///   - body: what it throws ends the reading and is thrown.
    /// - Throws: also where a row cannot be read, is no entry, or does not stand where it must. Nothing here looks at what
    ///   an entry says: that is for the machine.
    package func forEachEntry(
        after: UInt64 = 0, upTo last: UInt64 = .max, _ body: (LogEntry) throws(InstructionLogError) -> Void
    ) throws(InstructionLogError) {
        var read = after
        do {
            try database.read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: "SELECT sequence, entry FROM log WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
                    arguments: [Int64(clamping: after), Int64(clamping: last)])
                while let row = try rows.next() {
                    let entry = try entry(in: row, expecting: read + 1)
                    read = entry.sequence
                    try body(entry)
                }
            }
        } catch let error as InstructionLogError {
            throw error
        } catch {
            throw InstructionLogError(path: path, row: read + 1, problem: "cannot be read: \(error)")
        }
    }

    /// - Returns: nil where there is no such entry.
    package func entry(_ sequence: UInt64) throws(InstructionLogError) -> LogEntry? {
        do {
            return try database.read { database in
                try Row.fetchOne(
                    database, sql: "SELECT sequence, entry FROM log WHERE sequence = ?",
                    arguments: [Int64(clamping: sequence)]
                ).map { try entry(in: $0, expecting: sequence) }
            }
        } catch let error as InstructionLogError {
            throw error
        } catch {
            throw InstructionLogError(path: path, row: sequence, problem: "cannot be read: \(error)")
        }
    }

    /// The number of the last row, whatever it is worth; 0 of an empty log.
    package func lastSequence() throws(InstructionLogError) -> UInt64 {
        do {
            let last = try database.read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM log") }
            return UInt64(clamping: last ?? 0)
        } catch {
            throw InstructionLogError(path: path, row: nil, problem: "its end cannot be read: \(error)")
        }
    }

    private func entry(in row: Row, expecting expected: UInt64) throws(InstructionLogError) -> LogEntry {
        // A damaged page may give values of any type: they are asked what they are.
        guard case .int64(let number) = (row[0] as DatabaseValue).storage,
            case .blob(let bytes) = (row[1] as DatabaseValue).storage
        else { throw InstructionLogError(path: path, row: expected, problem: "not a log entry: a row of other types") }
        let sequence = UInt64(bitPattern: number)
        guard sequence == expected else {
            throw InstructionLogError(
                path: path, row: sequence,
                problem: "entry \(expected) is expected here: one is missing or has been moved")
        }
        let entry: LogEntry
        do {
            entry = try LogEntry(borsh: [UInt8](bytes))
        } catch {
            throw InstructionLogError(path: path, row: sequence, problem: "not a log entry: \(error)")
        }
        guard entry.sequence == sequence else {
            throw InstructionLogError(
                path: path, row: sequence, problem: "what stands here is entry \(entry.sequence): it has been moved")
        }
        return entry
    }
}
