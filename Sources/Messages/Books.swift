import Cryptography
import Primitives

/// Where all there is of one asset is, after one instruction.
///
/// `entered` is the sum of the other amounts, and `shares` is the sum of the three parts of the vault.
package struct Books: Hashable, Sendable {
    package var sequence: UInt64
    package var asset: AssetID
    /// Deposits, base yield, AVSs' funds and bonds: all that ever came in.
    package var entered: Units
    /// What the vault holds.
    package var vault: Units
    /// Earned by somebody and not claimed yet.
    package var earned: Units
    /// AVSs' budgets for rewards.
    package var budgets: Units
    /// Of open disputes.
    package var bonds: Units
    /// Protocol fees.
    package var fees: Units
    package var burned: Units
    /// Withdrawn and claimed: all that ever went out.
    package var withdrawn: Units
    /// What rounding left over.
    package var residue: Units
    /// Of the vault.
    package var shares: VaultShares
    package var idle: VaultShares
    /// Active and activating.
    package var delegated: VaultShares
    package var unbonding: VaultShares

    package init(
        sequence: UInt64, asset: AssetID = .native, entered: Units = .zero, vault: Units = .zero,
        earned: Units = .zero, budgets: Units = .zero, bonds: Units = .zero, fees: Units = .zero,
        burned: Units = .zero, withdrawn: Units = .zero, residue: Units = .zero, shares: VaultShares = .zero,
        idle: VaultShares = .zero, delegated: VaultShares = .zero, unbonding: VaultShares = .zero
    ) {
        self.sequence = sequence
        self.asset = asset
        self.entered = entered
        self.vault = vault
        self.earned = earned
        self.budgets = budgets
        self.bonds = bonds
        self.fees = fees
        self.burned = burned
        self.withdrawn = withdrawn
        self.residue = residue
        self.shares = shares
        self.idle = idle
        self.delegated = delegated
        self.unbonding = unbonding
    }

    /// What `entered` must be the sum of.
    package var parts: [Units] { [vault, earned, budgets, bonds, fees, burned, withdrawn, residue] }
    /// What `shares` must be the sum of.
    package var shareParts: [VaultShares] { [idle, delegated, unbonding] }
}

extension Books: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(sequence)
        encoder.encode(asset)
        encoder.encode(entered)
        for amount in parts { encoder.encode(amount) }
        encoder.encode(shares)
        for amount in shareParts { encoder.encode(amount) }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        sequence = try decoder.decode()
        asset = try decoder.decode()
        entered = try decoder.decode()
        vault = try decoder.decode()
        earned = try decoder.decode()
        budgets = try decoder.decode()
        bonds = try decoder.decode()
        fees = try decoder.decode()
        burned = try decoder.decode()
        withdrawn = try decoder.decode()
        residue = try decoder.decode()
        shares = try decoder.decode()
        idle = try decoder.decode()
        delegated = try decoder.decode()
        unbonding = try decoder.decode()
    }
}
