import Cryptography
import Messages
import Primitives

/// Why the ledger cannot go on. What it has applied until then is not to be relied on.
package enum LogFault: Error, Hashable, Sendable {
    case outOfOrder(expected: UInt64, found: UInt64)
    case brokenChain(sequence: UInt64)
    /// The entry is whole, but this ledger answers it otherwise: another genesis, or another version of the rules.
    case otherOutcome(sequence: UInt64, logged: Outcome, found: Outcome)
    case otherSlot(sequence: UInt64, logged: Slot, found: Slot)
    /// The log ends otherwise than its head says.
    case otherHead(expected: LogHead, found: LogHead)
    /// Service before the log was opened, or an entry restored after it.
    case outOfPlace
    /// What was signed for the clock is not what was asked, or the ledger does not take it.
    case clockRefused(Outcome)
}

extension LogFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .outOfOrder(let expected, let found):
            "log entry \(expected) is missing: entry \(found) stands in its place"
        case .brokenChain(let sequence):
            "log entry \(sequence) does not continue the one before it: one of them has been altered"
        case .otherOutcome(let sequence, let logged, let found):
            "log entry \(sequence) says \(logged), but applying it gives \(found): is it of this network and version?"
        case .otherSlot(let sequence, let logged, let found):
            "log entry \(sequence) says slot \(logged), but applying it gives \(found)"
        case .otherHead(let expected, let found):
            "the log ends with entry \(found.sequence), \(found.chain.short); its head says \(expected.sequence), "
                + expected.chain.short
        case .outOfPlace: "a snapshot comes first, then the log, then service: an event has come out of its place"
        case .clockRefused(let outcome):
            "the clock's instruction got \(outcome): the ledger must sign with the clock's key of genesis"
        }
    }
}
