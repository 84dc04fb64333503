import Testing

@testable import Links

@Suite struct BandwidthTests {
    @Test func aFrameTakesItsTimeRoundedUp() {
        #expect(Bandwidth(bitsPerSecond: 1_000_000_000).nanoseconds(for: 160) == 1_280)
        #expect(Bandwidth(bitsPerSecond: 3).nanoseconds(for: 1) == 2_666_666_667)
        #expect(Bandwidth(bitsPerSecond: 1).nanoseconds(for: 0) == 0)
        #expect(Bandwidth(bitsPerSecond: 1).nanoseconds(for: .max) == .max)
    }

    @Test(arguments: [
        (1, "1bit/s"), (1_000, "1kbit/s"), (1_500_000, "1500kbit/s"), (100_000_000, "100Mbit/s"),
        (2_000_000_000, "2Gbit/s"), (1_000_000_001, "1000000001bit/s"),
    ])
    func isWrittenByTheLargestUnit(bits: UInt64, text: String) {
        #expect(Bandwidth(bitsPerSecond: bits).description == text)
    }
}
