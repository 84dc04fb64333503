import Primitives
import Testing

@testable import TopologyFormat

struct StakeDistributionTests {
    @Test(arguments: [StakeDistribution.equal, .zipf(exponent: 0.85), .zipf(exponent: 10), .zipf(exponent: 0), .whale])
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
