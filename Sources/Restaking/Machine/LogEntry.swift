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
