import Messages
import Primitives

/// An amount that several hold together, each by a number of shares: units in a vault, or vault shares in a pool.
///
/// One price for coming and going, the lower of two: assets over shares, and the same with a virtual 1,000 added to
/// both. Without losses or gains it is 1. After a loss the first is lower, so that all holders together never get
/// more than there is; after a gain the second is, so that a first holder cannot price later ones out of a share.
/// Joining mints rounded down and leaving burns rounded up: rounding never favours the one who acts.
///
/// A pool that is emptied under its holders starts a new *generation*: shares of older ones are worth nothing, and
/// whoever joins later pays 1 a share and gives nothing to them.
struct SharePool<Amount: Quantity>: Hashable, Sendable {
    private(set) var assets: Amount
    private(set) var shares: UInt64
    private(set) var generation: UInt32

    init(assets: Amount = .zero, shares: UInt64 = 0, generation: UInt32 = 0) {
        self.assets = assets
        self.shares = shares
        self.generation = generation
    }

    /// Rounded down.
    func value(of holding: PoolHolding) -> Amount {
        holding.generation == generation ? value(ofShares: holding.shares) : .zero
    }

    /// Rounded down.
    func value(ofShares count: UInt64) -> Amount {
        let price = price
        return Amount(Arithmetic.multiplyDivide(count, price.assets, by: price.shares, rounding: .down))
    }

    /// The fewest shares that are worth this; nil when no number of shares that fits 64 bits is.
    func shares(worth amount: Amount) -> UInt64? {
        let price = price
        let (quotient, remainder) = (UInt128(amount.number) * UInt128(price.shares))
            .quotientAndRemainder(dividingBy: UInt128(price.assets))
        return UInt64(exactly: remainder > 0 ? quotient + 1 : quotient)
    }

    /// - Returns: nil when it does not fit the pool or does not buy a single share.
    func minted(for amount: Amount) -> UInt64? {
        guard amount.number <= PoolLimit.number - min(assets.number, PoolLimit.number) else { return nil }
        let price = price
        let minted = UInt128(amount.number) * UInt128(price.shares) / UInt128(price.assets)
        guard minted > 0, minted <= UInt128(PoolLimit.number - shares) else { return nil }
        return UInt64(minted)
    }

    /// - Returns: nil when it does not fit the pool or does not buy a single share.
    mutating func join(_ amount: Amount) -> PoolHolding? {
        guard let minted = minted(for: amount) else { return nil }
        assets += amount
        shares += minted
        return PoolHolding(shares: minted, generation: generation)
    }

    /// Takes out what these shares, of the present generation, are worth.
    ///
    /// - Returns: that, and what stays behind in a pool that nobody holds any more.
    mutating func redeem(_ count: UInt64) -> (paid: Amount, residue: Amount) {
        let paid = value(ofShares: count)
        return (paid, pay(paid, for: count))
    }

    /// Takes out this amount for these shares, which must be worth it.
    ///
    /// - Returns: what stays behind in a pool that nobody holds any more.
    mutating func pay(_ amount: Amount, for count: UInt64) -> Amount {
        precondition(amount <= value(ofShares: count), "more is taken than is held")
        shares -= count
        assets -= amount
        return closeIfEmpty()
    }

    /// These shares, with all that they are worth, as a pool of their own; the last ones take what rounding has left.
    mutating func split(_ count: UInt64) -> SharePool {
        let part = count == shares ? assets : value(ofShares: count)
        shares -= count
        assets -= part
        return SharePool(assets: part, shares: count, generation: generation)
    }

    /// A loss that all holders share.
    ///
    /// - Returns: whether it has ended a generation.
    mutating func lose(_ amount: Amount) -> Bool {
        let before = generation
        assets -= amount
        _ = closeIfEmpty()
        return generation != before
    }

    /// A gain that all holders share.
    mutating func gain(_ amount: Amount) { assets += amount }

    private var price: (assets: UInt64, shares: UInt64) {
        if shares == 0 { return (1, 1) }
        if assets.number <= shares { return (assets.number, shares) }
        return (assets.number + PoolLimit.virtualOffset, shares + PoolLimit.virtualOffset)
    }

    private mutating func closeIfEmpty() -> Amount {
        if assets == .zero, shares > 0 {
            shares = 0
            generation += 1
        }
        guard shares == 0 else { return .zero }
        defer { assets = .zero }
        return assets
    }
}

enum PoolLimit {
    static let virtualOffset: UInt64 = 1_000
    /// Neither assets nor shares may exceed this, so that every product fits 128 bits.
    static let number: UInt64 = 1 << 63
}

/// Somebody's part of a pool.
struct PoolHolding: Hashable, Sendable {
    var shares: UInt64 = 0
    var generation: UInt32 = 0

    /// Shares of an older generation go: they are worth nothing, and earn nothing any more.
    mutating func drop(ifNotOf pool: SharePool<some Quantity>) {
        if generation != pool.generation { self = PoolHolding(shares: 0, generation: pool.generation) }
    }

    /// Adds shares of the pool's present generation; those of an older one go.
    mutating func add(_ other: PoolHolding, of pool: SharePool<some Quantity>) {
        drop(ifNotOf: pool)
        if other.generation == pool.generation { shares += other.shares }
    }
}

extension PoolHolding: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(shares)
        encoder.encode(generation)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        shares = try decoder.decode()
        generation = try decoder.decode()
    }
}

extension SharePool: BorshCodable where Amount: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(assets)
        encoder.encode(shares)
        encoder.encode(generation)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        let assets: Amount = try decoder.decode()
        let shares: UInt64 = try decoder.decode()
        self.init(assets: assets, shares: shares, generation: try decoder.decode())
    }
}
