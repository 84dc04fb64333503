import Messages
import Primitives
import Restaking

/// The whole log looked at by somebody who does not trust it: with every signature checked, and no snapshot used.
extension InstructionLog {
    /// Applies the log from genesis.
    ///
    /// - Parameters:
    ///   - last: the last entry to apply; left out: all.
    ///   - body: is given each entry once it has been found good.
    /// - Returns: the machine after the last one: its `head`, and its ledger with the state root.
    /// - Throws: an `InstructionLogError` with the last good entry where one is damaged, missing or another's.
    package func replay(
        from genesis: Genesis, upTo last: UInt64 = .max,
        _ body: (LogEntry) throws(InstructionLogError) -> Void = { _ throws(InstructionLogError) in }
    ) throws -> LedgerMachine {
        var machine = try LedgerMachine(genesis: genesis)
        do throws(InstructionLogError) {
            try forEachEntry(upTo: last) { entry throws(InstructionLogError) in
                try machine.verify(entry, in: path)
                try body(entry)
            }
        } catch {
            // What `body` could not write is no damage of this log.
            throw error.path == path ? error.with(lastGood: machine.head.sequence) : error
        }
        return machine
    }

    /// Whether the log is whole: applied again from genesis, each entry follows the one before and has the outcome
    /// that it was given, and there are as many as the ledger's record tells of.
    ///
    /// - Parameter recorded: how many instructions the record says were logged; nil when it does not tell.
    /// - Returns: the number of entries.
    package func audit(from genesis: Genesis, recorded: UInt64?) throws -> UInt64 {
        let head = try replay(from: genesis).head
        if let recorded, head.sequence < recorded {
            throw InstructionLogError(
                path: path, row: nil,
                problem: "ends with entry \(head.sequence), but the ledger's record tells of \(recorded): "
                    + "the log has been cut off")
        }
        return head.sequence
    }
}

extension LedgerMachine {
    /// Takes up the next entry of a log that nobody has looked at yet.
    ///
    /// - Parameter path: where the entry stands.
    mutating func verify(_ entry: LogEntry, in path: String) throws(InstructionLogError) {
        // What has been altered is told as that, not as a signature which no longer fits.
        guard !entry.follows(head.chain) || entry.signed.isSignatureValid else {
            throw InstructionLogError(
                path: path, row: entry.sequence, problem: "its signature is not that of its authority")
        }
        var effects: [LedgerEffect] = []
        handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects)
        if case .stop(let fault) = effects.last {
            throw InstructionLogError(path: path, row: entry.sequence, problem: "\(fault)")
        }
    }
}

extension InstructionLogError {
    func with(lastGood: UInt64) -> Self {
        var copy = self
        copy.lastGood = lastGood
        return copy
    }
}
