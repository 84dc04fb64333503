import Primitives

/// Lamports that several hold together, each by a number of shares.
///
/// One price for coming and going, the lower of two: assets over shares, and the same with a virtual 1,000 added to
/// both. Without losses or gains it is 1. After a loss the first is lower, so that all holders together never get
/// more than there is; after a gain the second is, so that a first holder cannot price later ones out of a share.
/// Joining mints rounded down and leaving burns rounded up: rounding never favours the one who acts.
///
/// A pool that is emptied under its holders starts a new *generation*: shares of older ones are worth nothing, and
/// whoever joins later pays 1 a share and gives nothing to them.
struct SharePool: Hashable, Sendable {
    static let virtualOffset: UInt64 = 1_000
    /// Neither assets nor shares may exceed this, so that every product fits 128 bits.
    static let limit: UInt64 = 1 << 63

    private(set) var assets: Lamports
    private(set) var shares: UInt64
    private(set) var generation: UInt32

    init(assets: Lamports = .zero, shares: UInt64 = 0, generation: UInt32 = 0) {
        self.assets = assets
        self.shares = shares
        self.generation = generation
    }

    /// Somebody's part of a pool.
    struct Holding: Hashable, Sendable {
        var shares: UInt64 = 0
        var generation: UInt32 = 0

        /// Adds shares of the pool's present generation; those of an older one go.
        mutating func add(_ other: Holding, of pool: SharePool) {
            if generation != pool.generation { self = Holding(shares: 0, generation: pool.generation) }
            if other.generation == pool.generation { shares += other.shares }
        }
    }

    func value(of holding: Holding) -> Lamports {
        guard holding.generation == generation else { return .zero }
        let price = price
        return Lamports(Arithmetic.multiplyDivide(holding.shares, price.assets, by: price.shares, rounding: .down))
    }

    /// - Returns: nil when it does not fit the pool or does not buy a single share.
    mutating func join(_ amount: Lamports) -> Holding? {
        guard amount.number <= Self.limit - assets.number else { return nil }
        let price = price
        let minted = UInt128(amount.number) * UInt128(price.shares) / UInt128(price.assets)
        guard minted > 0, minted <= UInt128(Self.limit - shares) else { return nil }
        assets += amount
        shares += UInt64(minted)
        return Holding(shares: UInt64(minted), generation: generation)
    }

    /// Takes out exactly `amount`, which must not exceed the holding's value. Shares that are left and worth nothing go.
    ///
    /// - Returns: what stays behind in a pool that nobody holds any more.
    mutating func take(_ amount: Lamports, from holding: inout Holding) -> Lamports {
        precondition(amount <= value(of: holding), "more is taken than is held")
        let price = price
        let burned = Arithmetic.multiplyDivide(amount.number, price.shares, by: price.assets, rounding: .up)
        holding.shares -= burned
        shares -= burned
        assets -= amount
        if value(of: holding) == .zero, holding.generation == generation {
            shares -= holding.shares
            holding.shares = 0
        }
        return closeIfEmpty()
    }

    /// A loss that all holders share.
    mutating func lose(_ amount: Lamports) {
        assets -= amount
        _ = closeIfEmpty()
    }

    private var price: (assets: UInt64, shares: UInt64) {
        if shares == 0 { return (1, 1) }
        if assets.number <= shares { return (assets.number, shares) }
        return (assets.number + Self.virtualOffset, shares + Self.virtualOffset)
    }

    private mutating func closeIfEmpty() -> Lamports {
        if assets == .zero, shares > 0 {
            shares = 0
            generation += 1
        }
        guard shares == 0 else { return .zero }
        defer { assets = .zero }
        return assets
    }
}
