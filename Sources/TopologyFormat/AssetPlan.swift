import Messages
import Primitives

/// A liquid staking token that is listed from the start. Native SOL is always there, and comes before them.
package struct AssetPlan: Hashable, Sendable {
    package var name: String
    package var rate: ExchangeRate
    package var weight: BasisPoints
    package var depositCap: Lamports
    package var rateBound: BasisPoints
    package var points: UInt8

    package init(
        name: String, rate: ExchangeRate = .one, weight: BasisPoints = .whole, depositCap: Lamports = Lamports(.max),
        rateBound: BasisPoints = .onePercent, points: UInt8
    ) {
        self.name = name
        self.rate = rate
        self.weight = weight
        self.depositCap = depositCap
        self.rateBound = rateBound
        self.points = points
    }

    /// What Solayer's documents give for a lamport of the four large ones; of the others, 1.
    package static func standardPoints(of name: String) -> UInt8 {
        ["mSOL", "JitoSOL", "bSOL", "INF"].contains(name) ? 2 : 1
    }
}

/// Units of one asset.
package struct AmountPlan: Hashable, Sendable {
    package var asset: AssetID
    package var amount: Units

    package init(_ asset: AssetID, _ amount: Units) {
        self.asset = asset
        self.amount = amount
    }
}

/// What a base validator yields, in parts of 1e12 a year or an epoch.
package struct YieldPlan: Hashable, Sendable {
    package var parts: UInt64
    package var isYearly: Bool

    package init(parts: UInt64, isYearly: Bool) {
        self.parts = parts
        self.isYearly = isYearly
    }

    /// In parts of 1e12 an epoch, rounded down; no more than all of the stake.
    package func perEpoch(of ledger: LedgerPlan) -> UInt64 {
        guard isYearly else { return parts }
        return UInt64(min(UInt128(BaseYield.whole), UInt128(parts) * 1_000_000 / ledger.microEpochsPerYear))
    }
}

package struct BaseValidatorPlan: Hashable, Sendable {
    package var name: String
    package var yield: YieldPlan
    package var mev: YieldPlan
    package var commission: BasisPoints
    package var mevShare: BasisPoints
    package var stakeLimit: Lamports

    package init(
        name: String, yield: YieldPlan, mev: YieldPlan, commission: BasisPoints, mevShare: BasisPoints,
        stakeLimit: Lamports
    ) {
        self.name = name
        self.yield = yield
        self.mev = mev
        self.commission = commission
        self.mevShare = mevShare
        self.stakeLimit = stakeLimit
    }
}

/// How the native pool spreads its SOL over base validators.
package struct NativePoolPlan: Hashable, Sendable {
    package var validators: [BaseValidatorPlan] = []
    package var concentration = BasisPoints.whole
    package var movable = BasisPoints(2_500)!
    package var horizon: UInt64 = 30

    package init() {}
}
