import Messages
import Primitives
import Restaking

extension InstructionLog {
    /// Whether the log is whole: applied again from genesis, each entry follows the one before and has the outcome
    /// that it was given, and there are as many as the ledger's record tells of.
    ///
    /// - Parameter recorded: how many instructions the record says were logged; nil when it does not tell.
    /// - Returns: the number of entries.
    package func audit(from genesis: Genesis, recorded: UInt64?) throws -> UInt64 {
        var machine = try LedgerMachine(genesis: genesis)
        var effects: [LedgerEffect] = []
        for entry in try entries() {
            machine.handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects)
            if case .stop(let fault) = effects.last {
                throw InstructionLogError(path: path, row: entry.sequence, problem: "\(fault)")
            }
        }
        if let recorded, machine.head.sequence < recorded {
            throw InstructionLogError(
                path: path, row: nil,
                problem: "ends with entry \(machine.head.sequence), but the ledger's record tells of \(recorded): "
                    + "the log has been cut off")
        }
        return machine.head.sequence
    }
}
