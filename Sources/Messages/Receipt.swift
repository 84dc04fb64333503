import Cryptography
import Primitives

/// The ledger's answer to one instruction, sent after the log is durable.
package struct Receipt: Hashable, Sendable {
    /// The digest of the signed instruction.
    package var instruction: Digest
    package var outcome: Outcome
    package var slot: Slot

    package init(instruction: Digest, outcome: Outcome, slot: Slot) {
        self.instruction = instruction
        self.outcome = outcome
        self.slot = slot
    }
}

extension Receipt: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(instruction)
        encoder.encode(outcome)
        encoder.encode(slot)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        instruction = try decoder.decode()
        outcome = try decoder.decode()
        slot = try decoder.decode()
    }
}
