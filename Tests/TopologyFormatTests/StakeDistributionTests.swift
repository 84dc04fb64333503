import Primitives
import Testing

@testable import TopologyFormat

struct StakeDistributionTests {
    @Test(arguments: [
        StakeDistribution.equal, .zipf(exponent: 0.85), .zipf(exponent: 10), .zipf(exponent: 0), .solana, .whale,
    ])
    func sumsExactly(distribution: StakeDistribution) {
        for count in [3, 7, 16, 1_000, 10_000] {
            for total in [UInt64(count) * 2 + 1, 1_000_000_007, 1_600_000_000_000, .max] {
                let stakes = distribution.stakes(of: Lamports(total), among: count)
                #expect(stakes.count == count)
                #expect(stakes.reduce(.zero, +) == Lamports(total))
                #expect(zip(stakes, stakes.dropFirst()).allSatisfy { $0 >= $1 }, "\(distribution) \(count) \(total)")
                #expect(stakes.last! >= Lamports(1))
            }
        }
    }

    /// Computed apart, with exact rational arithmetic on the quantised weights.
    @Test func zipfVector() {
        let stakes = StakeDistribution.zipf(exponent: 0.85).stakes(of: Lamports(1_600 * Lamports.perSOL), among: 16)
        #expect(
            stakes.map(\.number) == [
                394_940_533_486, 219_106_979_620, 155_231_066_749, 121_557_207_852, 100_555_818_358,
                86_119_826_391, 75_543_721_302, 67_438_083_471, 61_013_448_965, 55_786_833_145,
                51_445_563_210, 47_777_965_152, 44_635_443_986, 41_910_503_482, 39_523_385_493,
                37_413_619_338,
            ])
    }

    /// The shares of the first 1, 5, 10, 20, 50 and 100 in percent, and the fewest who hold more than a third and more
    /// than two thirds, as they were seen.
    @Test(arguments: [
        (1_292, [3.5, 13.7, 21.7, 33.7, 54.4, 71.2], 20, 81), (962, [3.3, 13.9, 22.8, 33.7, 53.4, 69.4], 20, 88),
    ])
    func solanaIsAsItWasSeen(count: Int, shares: [Double], third: Int, twoThirds: Int) {
        let spread = Spread(.solana, among: count)
        for (first, share) in zip([1, 5, 10, 20, 50, 100], shares) {
            #expect(abs(spread.percent(ofFirst: first) - share) < 2, "the first \(first)")
        }
        #expect(abs(spread.fewest(beyond: 1, of: 3) - third) <= 1)
        #expect(abs(spread.fewest(beyond: 2, of: 3) - twoThirds) <= 8)
    }

    /// About seven operators hold three quarters, as on EigenLayer.
    @Test(arguments: [50, 100, 200])
    func aSteepZipfIsLikeEigenLayer(count: Int) {
        #expect((73...80).contains(Spread(.zipf(exponent: 1.45), among: count).percent(ofFirst: 7)))
    }

    /// The pieces join: nobody holds much less than the one before, and nobody more.
    @Test func solanaHasNoSteps() {
        let weights = StakeDistribution.weights(StakeDistribution.solanaPieces, count: 10_000)
        #expect(weights[0] == 1_000_000_000_000 && weights.count == 10_000)
        for (place, (weight, next)) in zip(weights, weights.dropFirst()).enumerated() where place > 5 {
            #expect(next <= weight && Double(next) > Double(weight) * 0.92, "rank \(place + 2)")
        }
    }

    private struct Spread {
        let stakes: [UInt64]
        let total: UInt64

        init(_ distribution: StakeDistribution, among count: Int) {
            total = 1_000_000 * Lamports.perSOL
            stakes = distribution.stakes(of: Lamports(total), among: count).map(\.number)
        }

        func percent(ofFirst count: Int) -> Double { Double(stakes.prefix(count).reduce(0, +)) * 100 / Double(total) }

        func fewest(beyond numerator: UInt64, of denominator: UInt64) -> Int {
            var sum: UInt64 = 0
            for (place, stake) in stakes.enumerated() {
                sum += stake
                if sum * denominator > total * numerator { return place + 1 }
            }
            return stakes.count
        }
    }

    /// What is left over goes to the better ranks; a whale holds the least amount above a third.
    @Test(arguments: vectors)
    func givesTheRestToBetterRanks(distribution: StakeDistribution, total: UInt64, stakes: [UInt64]) {
        #expect(distribution.stakes(of: Lamports(total), among: 4).map(\.number) == stakes)
    }

    @Test func knowsWhatCannotBeSpread() {
        #expect(!StakeDistribution.equal.canSpread(Lamports(6), among: 7))
        #expect(StakeDistribution.equal.canSpread(Lamports(7), among: 7))
        #expect(!StakeDistribution.whale.canSpread(Lamports(100), among: 2))
        #expect(!StakeDistribution.whale.canSpread(Lamports(3), among: 3))
        #expect(StakeDistribution.whale.canSpread(Lamports(4), among: 3))
    }

    private static let vectors: [(StakeDistribution, UInt64, [UInt64])] = [
        (.equal, 11, [3, 3, 3, 2]), (.whale, 99, [34, 22, 22, 21]), (.whale, 100, [34, 22, 22, 22]),
    ]
}
