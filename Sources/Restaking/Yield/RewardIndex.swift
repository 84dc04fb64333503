import Messages
import Primitives

/// What one share of a pool has earned since the pool began: so a claim costs the same however long it was put off,
/// and a reward however many hold the pool.
struct RewardIndex: Hashable, Sendable {
    /// In parts of 2^64 of a lamport. All lamports there are, earned by a single share, would fit.
    private(set) var lamports: UInt128 = 0
    /// In parts of 2^32 of a point's smallest part, of which one lamport earns its asset's number in an epoch.
    private(set) var points: UInt128 = 0

    private static let lamportBits: UInt128 = 64
    private static let pointBits: UInt128 = 32

    /// Spreads a reward over this many shares.
    ///
    /// - Returns: what they will get of it together at most; the rest stays with whoever pays. Rounded up: whoever claims
    ///   several rewards at once also gets what their fractions add up to.
    mutating func add(_ reward: Lamports, over shares: UInt64) -> Lamports {
        let each = (UInt128(reward.number) << Self.lamportBits) / UInt128(shares)
        lamports += each
        // No more than the reward, because each has been rounded down.
        return each * UInt128(shares) == UInt128(reward.number) << Self.lamportBits
            ? reward : min(reward, Lamports(Self.lamports(each, shares).number + 1))
    }

    mutating func add(points reward: UInt128, over shares: UInt64) {
        points += (reward << Self.pointBits) / UInt128(shares)
    }

    /// What these shares have earned since the index stood at `mark`; rounded down.
    func earned(by shares: UInt64, since mark: RewardIndex) -> Earnings {
        Earnings(
            lamports: Self.lamports(lamports - mark.lamports, shares),
            points: Self.part(points - mark.points, shares, Self.pointBits))
    }

    private static func lamports(_ each: UInt128, _ shares: UInt64) -> Lamports {
        Lamports(UInt64(part(each, shares, lamportBits)))
    }

    private static func part(_ each: UInt128, _ shares: UInt64, _ bits: UInt128) -> UInt128 {
        let (high, low) = each.multipliedFullWidth(by: UInt128(shares))
        return high << (128 - bits) | low >> bits
    }
}

/// What somebody has earned and not claimed.
struct Earnings: Hashable, Sendable {
    var lamports = Lamports.zero
    var points: UInt128 = 0

    static func += (left: inout Self, right: Self) {
        left.lamports += right.lamports
        left.points += right.points
    }
}

extension RewardIndex: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(lamports)
        encoder.encode(points)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        let lamports: UInt128 = try decoder.decode()
        self.init(lamports: lamports, points: try decoder.decode())
    }
}
