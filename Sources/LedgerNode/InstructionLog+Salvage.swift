import Foundation
import Messages
import Primitives
import Restaking

/// What could be taken out of a damaged log.
package struct Salvage: Sendable {
    /// The last entry of the copy.
    package let head: LogHead
    /// What ends it; nil where the whole log is good.
    package let fault: InstructionLogError?
}

extension InstructionLog {
    /// Writes the log up to its last good entry into another file, from which a ledger goes on. This one stays as it is:
    /// nothing of it is lost. Snapshots are not taken along: the ledger makes new ones.
    ///
    /// - Parameter path: must not exist.
    package func salvage(into path: String, from genesis: Genesis) throws -> Salvage {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw InstructionLogError(
                path: path, row: nil, problem: "is there already; what is salvaged goes into a file of its own")
        }
        var copy = LogCopy(into: try InstructionLog(path: path))
        var head = LogHead(sequence: 0, chain: genesis.network)
        var fault: InstructionLogError?
        do {
            _ = try replay(from: genesis) { entry throws(InstructionLogError) in
                try copy.append(entry)
                head = LogHead(sequence: entry.sequence, chain: entry.chain)
            }
        } catch let error as InstructionLogError where error.path == self.path {
            fault = error
        }
        try copy.finish()
        return Salvage(head: head, fault: fault)
    }
}
