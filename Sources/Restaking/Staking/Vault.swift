import Messages
import Primitives

/// An asset: its terms, its vault, and where all there is of it is.
struct Vault: Hashable, Sendable {
    let terms: AssetTerms
    /// The first epoch in which it can be deposited.
    let since: Epoch
    var rate: ExchangeRate
    /// The epoch in which its authority last told the rate.
    var rateTold: Epoch?
    var status = AssetStatus.active
    /// The first epoch in which it counts for nothing any more.
    var retired: Epoch?

    /// What the vault holds, and its shares.
    private(set) var pool = SharePool<Units>()
    /// The sum of all restakers' idle shares.
    var idle = VaultShares.zero
    /// The sums over all operators.
    var delegated = VaultShares.zero
    var unbonding = VaultShares.zero

    /// All that ever came in: deposits, yield, funds, bonds.
    private(set) var entered = Units.zero
    /// The sum of what accounts have earned and of the pools' pots.
    private(set) var earned = Units.zero
    private(set) var budgets = Units.zero
    private(set) var bonds = Units.zero
    private(set) var fees = Units.zero
    private(set) var burned = Units.zero
    private(set) var withdrawn = Units.zero
    private(set) var residue = Units.zero

    init(_ terms: AssetTerms, since: Epoch) {
        self.terms = terms
        self.since = since
        rate = terms.rate
    }

    var shares: VaultShares { VaultShares(pool.shares) }
    var value: Lamports { rate.value(of: pool.assets)! }

    func takesDeposits(in epoch: Epoch) -> Bool { status == .active && epoch >= since }
    func takesDelegations(in epoch: Epoch) -> Bool { status != .retired && epoch >= since }
    func counts(in epoch: Epoch) -> Bool { retired.map { epoch < $0 } ?? true }

    // MARK: Shares and what they are worth

    /// The fewest that are worth this; nil when no number of them is.
    func shares(worth amount: Units) -> VaultShares? { pool.shares(worth: amount).map(VaultShares.init) }

    /// Rounded down.
    func units(of shares: VaultShares) -> Units { pool.value(ofShares: shares.number) }

    /// Rounded down, twice; before the haircut.
    func value(of shares: VaultShares) -> Lamports { rate.value(of: units(of: shares))! }

    // MARK: Coming and going

    /// - Returns: nil, with nothing changed, when it does not fit or does not buy a single share.
    mutating func deposit(_ amount: Units) -> VaultShares? {
        guard let sum = entered.adding(amount), let holding = pool.join(amount) else { return nil }
        entered = sum
        idle += VaultShares(holding.shares)
        return VaultShares(holding.shares)
    }

    /// Pays an amount for shares of which it is not more than their worth.
    mutating func withdraw(_ amount: Units, for shares: VaultShares) {
        idle -= shares
        residue += pool.pay(amount, for: shares.number)
        withdrawn += amount
    }

    /// Takes shares, which are no longer idle, delegated or unbonding, out of the vault.
    ///
    /// - Parameter amount: not more than they are worth; nil: all of it.
    /// - Returns: what they were worth, for the caller to book.
    mutating func take(_ shares: VaultShares, paying amount: Units? = nil) -> Units {
        let paid = amount ?? units(of: shares)
        residue += pool.pay(paid, for: shares.number)
        return paid
    }

    /// What its stake has yielded, of which `fee` is the protocol's.
    mutating func book(yield gross: Units, fee: Units) {
        entered += gross
        fees += fee
        pool.gain(gross - fee)
    }

    mutating func burn(_ amount: Units) { burned += amount }

    #if DEBUG
        /// `PlantedBug.burnFromWrongBucket`: the vault has back what was taken, as far as it has shares.
        mutating func burnFees(insteadOf amount: Units) {
            if pool.shares > 0 { pool.gain(amount) } else { residue += amount }
            let paid = min(amount, fees)
            fees -= paid
            burned += paid
        }
    #endif

    // MARK: Outside the vault

    mutating func earn(_ amount: Units) { earned += amount }
    mutating func payEarned(_ amount: Units) {
        earned -= amount
        withdrawn += amount
    }

    /// - Returns: false, with nothing changed, when it does not fit.
    mutating func fundBudget(_ amount: Units) -> Bool {
        guard let sum = entered.adding(amount) else { return false }
        entered = sum
        budgets += amount
        return true
    }

    mutating func spendBudget(_ amount: Units) {
        budgets -= amount
        earned += amount
    }

    /// Taken from the vault before.
    mutating func post(bond: Units) { bonds += bond }
    mutating func returnBond(_ bond: Units) {
        bonds -= bond
        earned += bond
    }
    mutating func burn(bond: Units) {
        bonds -= bond
        burned += bond
    }

    func books(_ asset: AssetID, sequence: UInt64) -> Books {
        Books(
            sequence: sequence, asset: asset, entered: entered, vault: pool.assets, earned: earned, budgets: budgets,
            bonds: bonds, fees: fees, burned: burned, withdrawn: withdrawn, residue: residue, shares: shares,
            idle: idle, delegated: delegated, unbonding: unbonding)
    }
}

extension Vault: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(terms)
        encoder.encode(since)
        encoder.encode(rate)
        encoder.encode(rateTold)
        encoder.encode(status)
        encoder.encode(retired)
        encoder.encode(pool)
        for amount in [idle, delegated, unbonding] { encoder.encode(amount) }
        for amount in [entered, earned, budgets, bonds, fees, burned, withdrawn, residue] { encoder.encode(amount) }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        terms = try decoder.decode()
        since = try decoder.decode()
        rate = try decoder.decode()
        rateTold = try decoder.decodeOptional()
        status = try decoder.decode()
        retired = try decoder.decodeOptional()
        pool = try decoder.decode()
        idle = try decoder.decode()
        delegated = try decoder.decode()
        unbonding = try decoder.decode()
        entered = try decoder.decode()
        earned = try decoder.decode()
        budgets = try decoder.decode()
        bonds = try decoder.decode()
        fees = try decoder.decode()
        burned = try decoder.decode()
        withdrawn = try decoder.decode()
        residue = try decoder.decode()
    }
}
