import Restaking

/// Fills a log with entries that are there already: many in one transaction, since nobody waits for a receipt.
package struct LogCopy {
    private let log: InstructionLog
    private var waiting: [LogEntry] = []
    private static let entriesAtOnce = 1_000

    package init(into log: InstructionLog) { self.log = log }

    package mutating func append(_ entry: LogEntry) throws(InstructionLogError) {
        waiting.append(entry)
        if waiting.count == Self.entriesAtOnce { try finish() }
    }

    /// All of them are on disk when this returns.
    package mutating func finish() throws(InstructionLogError) {
        if !waiting.isEmpty { try log.append(waiting) }
        waiting.removeAll(keepingCapacity: true)
    }
}
