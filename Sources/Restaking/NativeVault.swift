import Primitives

/// The books of native SOL, apart from what is delegated and unbonding, which the operators' pools hold.
struct NativeVault: Hashable, Sendable {
    /// All deposits ever made.
    var entered = Lamports.zero
    /// The sum of all restakers' idle stake.
    var idle = Lamports.zero
    /// All withdrawals ever made.
    var withdrawn = Lamports.zero
    /// Slashed and not rewarded, and fees for evidence that proved nothing.
    var burned = Lamports.zero
    /// The sum of all reporters' rewards.
    var rewarded = Lamports.zero
    /// What rounding left in pools that nobody holds any more.
    var residue = Lamports.zero

    /// - Returns: false, with nothing changed, when the books could not carry it.
    mutating func deposit(_ amount: Lamports) -> Bool {
        guard let sum = entered.adding(amount), (sum - withdrawn).number <= SharePool.limit else { return false }
        entered = sum
        idle += amount
        return true
    }
}
