import Messages
import Primitives

/// What one instruction does, step by step, for whoever explains how a balance came about.
package enum LedgerStep: Hashable, Sendable {
    /// All of it, but for what passes with time.
    case instruction
    /// A slash that was pending.
    case slash(SlashRecord)
    /// The disputes that were open too long.
    case disputesClosed
    case points(Epoch)
    case rewards(Epoch, ServiceID)
    case baseYield(Epoch)
    /// What leaves an operator unbonds, and what was delegated counts.
    case exitsAndJoins(Epoch)
}

/// Is shown the ledger after each step.
package typealias LedgerWitness = (LedgerStep, Ledger) -> Void
