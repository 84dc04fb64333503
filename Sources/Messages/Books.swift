import Cryptography
import Primitives

/// Where every lamport is, after one instruction: `entered` is the sum of all the others.
package struct Books: Hashable, Sendable {
    package var sequence: UInt64
    /// Deposits, and whatever else came in.
    package var entered: Lamports
    /// Deposited, not delegated.
    package var idle: Lamports
    package var delegated: Lamports
    package var unbonding: Lamports
    package var burned: Lamports
    package var rewarded: Lamports
    package var withdrawn: Lamports
    /// What rounding left over.
    package var residue: Lamports

    package init(
        sequence: UInt64, entered: Lamports, idle: Lamports, delegated: Lamports, unbonding: Lamports,
        burned: Lamports, rewarded: Lamports, withdrawn: Lamports, residue: Lamports
    ) {
        self.sequence = sequence
        self.entered = entered
        self.idle = idle
        self.delegated = delegated
        self.unbonding = unbonding
        self.burned = burned
        self.rewarded = rewarded
        self.withdrawn = withdrawn
        self.residue = residue
    }
}

extension Books: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(sequence)
        for amount in [entered, idle, delegated, unbonding, burned, rewarded, withdrawn, residue] {
            encoder.encode(amount)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        sequence = try decoder.decode()
        entered = try decoder.decode()
        idle = try decoder.decode()
        delegated = try decoder.decode()
        unbonding = try decoder.decode()
        burned = try decoder.decode()
        rewarded = try decoder.decode()
        withdrawn = try decoder.decode()
        residue = try decoder.decode()
    }
}
