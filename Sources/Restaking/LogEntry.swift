import Cryptography
import Messages
import Primitives

/// One line of the ledger's durable log: an instruction that took up its nonce, and what became of it.
///
/// Each entry's `chain` covers the one before it, so that an entry that is missing, moved or altered shows at the
/// next. What is missing at the end shows against a `LogHead` that was kept elsewhere.
package struct LogEntry: Hashable, Sendable {
    /// Counts from 1.
    package let sequence: UInt64
    /// The slot in which it was applied; an `advance` leads into its own.
    package let slot: Slot
    package let signed: SignedInstruction
    package let outcome: Outcome
    package let chain: Digest

    package init(
        sequence: UInt64, slot: Slot, signed: SignedInstruction, outcome: Outcome, after previous: Digest
    ) {
        self.sequence = sequence
        self.slot = slot
        self.signed = signed
        self.outcome = outcome
        chain = Self.link(sequence, slot, signed, outcome, after: previous)
    }

    /// Whether this is the entry that was written after the one with the chain `previous`.
    package func follows(_ previous: Digest) -> Bool {
        chain == Self.link(sequence, slot, signed, outcome, after: previous)
    }

    private static func link(
        _ sequence: UInt64, _ slot: Slot, _ signed: SignedInstruction, _ outcome: Outcome, after previous: Digest
    ) -> Digest {
        var encoder = BorshEncoder()
        encoder.encode(previous)
        encodeContent(sequence, slot, signed, outcome, to: &encoder)
        return Domain.logChain.digest(encoder.bytes)
    }

    private static func encodeContent(
        _ sequence: UInt64, _ slot: Slot, _ signed: SignedInstruction, _ outcome: Outcome,
        to encoder: inout BorshEncoder
    ) {
        encoder.encode(sequence)
        encoder.encode(slot)
        encoder.encode(signed)
        encoder.encode(outcome)
    }
}

/// How far a log has come.
package struct LogHead: Hashable, Sendable {
    /// The number of the last entry; 0 of an empty log.
    package var sequence: UInt64
    /// The chain of the last entry; of an empty log, the network.
    package var chain: Digest

    package init(sequence: UInt64, chain: Digest) {
        self.sequence = sequence
        self.chain = chain
    }
}

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
        case .outOfPlace: "the log is restored first, then opened, then served: an event has come out of its place"
        case .clockRefused(let outcome):
            "the clock's instruction got \(outcome): the ledger must sign with the clock's key of genesis"
        }
    }
}

extension LogEntry: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        Self.encodeContent(sequence, slot, signed, outcome, to: &encoder)
        encoder.encode(chain)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        sequence = try decoder.decode()
        slot = try decoder.decode()
        signed = try decoder.decode()
        outcome = try decoder.decode()
        chain = try decoder.decode()
    }
}

extension LogHead: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(sequence)
        encoder.encode(chain)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        sequence = try decoder.decode()
        chain = try decoder.decode()
    }
}
