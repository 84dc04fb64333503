import Cryptography
import Primitives

/// An asset that can be deposited: native SOL, or a liquid staking token (LST).
package struct AssetTerms: Hashable, Sendable {
    package static let nameLimit = 16
    package static let countLimit = 64

    /// As people call it: `mSOL`.
    package var name: String
    /// Who tells its exchange rate; for native SOL, what its base validators yield.
    package var authority: PublicKey
    package var rate: ExchangeRate
    /// Its haircut: the share of its value that counts as stake.
    package var weight: BasisPoints
    /// No deposit may take the value of the whole vault beyond this.
    package var depositCap: Lamports
    /// How far its authority may move the rate at once, as a share of the rate.
    package var rateBound: BasisPoints
    /// Protocol points that one lamport of it earns in an epoch.
    package var points: UInt8

    package init(
        name: String, authority: PublicKey, rate: ExchangeRate = .one, weight: BasisPoints = .whole,
        depositCap: Lamports = Lamports(.max), rateBound: BasisPoints = .onePercent, points: UInt8 = 1
    ) {
        self.name = name
        self.authority = authority
        self.rate = rate
        self.weight = weight
        self.depositCap = depositCap
        self.rateBound = rateBound
        self.points = points
    }

    package static func native(authority: PublicKey) -> Self {
        AssetTerms(name: "SOL", authority: authority, points: 3)
    }
}

extension BasisPoints {
    package static let onePercent = BasisPoints(100)!
}

/// Lamports for 1e9 units of an asset, which are one token.
package struct ExchangeRate: Hashable, Comparable, Sendable {
    package let number: UInt64

    /// A token is worth a lamport at least and a million SOL at most.
    ///
    /// - Returns: nil beyond.
    package init?(_ number: UInt64) {
        guard (1...1_000_000 * Lamports.perSOL).contains(number) else { return nil }
        self.number = number
    }

    package static let one = ExchangeRate(Lamports.perSOL)!

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    /// Rounded down.
    ///
    /// - Returns: nil when it does not fit 64 bits.
    package func value(of units: Units) -> Lamports? {
        let value = UInt128(units.number) * UInt128(number) / UInt128(Units.perToken)
        return UInt64(exactly: value).map(Lamports.init)
    }

    /// Whether a change to `other` stays within this share of it, up or down.
    package func isWithin(_ bound: BasisPoints, of other: ExchangeRate) -> Bool {
        let change = max(number, other.number) - min(number, other.number)
        return UInt128(change) * 10_000 <= UInt128(number) * UInt128(bound.number)
    }
}

package enum AssetStatus: UInt8, Hashable, Sendable, BorshCodable {
    /// Listed; it can be deposited from its first epoch.
    case active = 0
    /// No deposits; all else goes on.
    case paused = 1
    /// No deposits and no delegations any more, and what is delegated counts for nothing from the next epoch.
    case retired = 2
}

/// A validator of the base chain that the native pool stakes with.
package struct BaseValidatorTerms: Hashable, Sendable {
    package static let countLimit = 1_024

    package var name: String
    package var yield: BaseYield
    /// What it keeps of its staking yield.
    package var commission: BasisPoints
    /// What it passes on of its MEV.
    package var mevShare: BasisPoints
    package var stakeLimit: Lamports

    package init(
        name: String, yield: BaseYield, commission: BasisPoints = .zero, mevShare: BasisPoints = .whole,
        stakeLimit: Lamports = Lamports(.max)
    ) {
        self.name = name
        self.yield = yield
        self.commission = commission
        self.mevShare = mevShare
        self.stakeLimit = stakeLimit
    }
}

/// What a base validator earns in an epoch, in parts of 1e12 of the stake with it.
package struct BaseYield: Hashable, Sendable {
    package static let whole: UInt64 = 1_000_000_000_000

    package var staking: UInt64
    package var mev: UInt64

    package init(staking: UInt64, mev: UInt64 = 0) {
        self.staking = staking
        self.mev = mev
    }

    /// Neither more than the stake itself.
    package var isPlausible: Bool { staking <= Self.whole && mev <= Self.whole }
}

/// How the native pool spreads its SOL.
package struct NativePoolTerms: Hashable, Sendable {
    package var validators: [BaseValidatorTerms]
    /// The most of the pool that one validator may hold.
    package var concentration: BasisPoints
    /// The most of the pool that moves in an epoch.
    package var movable: BasisPoints
    /// Over how many epochs, the lost one among them, a move must earn more than staying would. 0: nothing moves.
    package var horizon: UInt64

    package init(
        validators: [BaseValidatorTerms] = [], concentration: BasisPoints = .whole,
        movable: BasisPoints = BasisPoints(2_500)!, horizon: UInt64 = 30
    ) {
        self.validators = validators
        self.concentration = concentration
        self.movable = movable
        self.horizon = horizon
    }
}

extension ExchangeRate: CustomStringConvertible {
    /// In SOL for a token: `1.25 SOL`
    package var description: String { "\(Lamports(number))" }
}

extension BaseYield: CustomStringConvertible {
    package var description: String { "\(staking)+\(mev) of 1e12" }
}

extension AssetTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(authority)
        encoder.encode(rate)
        encoder.encode(weight)
        encoder.encode(depositCap)
        encoder.encode(rateBound)
        encoder.encode(points)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: Self.nameLimit)
        authority = try decoder.decode()
        rate = try decoder.decode()
        weight = try decoder.decode()
        depositCap = try decoder.decode()
        rateBound = try decoder.decode()
        points = try decoder.decode()
    }
}

extension ExchangeRate: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(number) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        guard let rate = ExchangeRate(try decoder.decode()) else {
            throw .invalid(type: "ExchangeRate", reason: "a token is worth between a lamport and a million SOL")
        }
        self = rate
    }
}

extension BaseValidatorTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(name)
        encoder.encode(yield)
        encoder.encode(commission)
        encoder.encode(mevShare)
        encoder.encode(stakeLimit)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        name = try decoder.decodeText(limit: 64)
        yield = try decoder.decode()
        commission = try decoder.decode()
        mevShare = try decoder.decode()
        stakeLimit = try decoder.decode()
    }
}

extension BaseYield: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(staking)
        encoder.encode(mev)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        staking = try decoder.decode()
        mev = try decoder.decode()
        guard isPlausible else { throw .invalid(type: "BaseYield", reason: "more than the stake itself in an epoch") }
    }
}

extension NativePoolTerms: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(validators)
        encoder.encode(concentration)
        encoder.encode(movable)
        encoder.encode(horizon)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        validators = try decoder.decode(limit: BaseValidatorTerms.countLimit)
        concentration = try decoder.decode()
        movable = try decoder.decode()
        horizon = try decoder.decode()
    }
}
