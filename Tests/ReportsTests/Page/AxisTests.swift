import Testing

@testable import Reports

@Suite struct AxisTests {
    @Test func aLinearAxisBeginsAtNothingAndEndsAtARoundNumber() {
        let axis = Axis.latency(of: [6_000_000, 7_000_000, 19_000_000])
        #expect(axis.scale == .linear)
        #expect(axis.ticks.map(\.label) == ["0 ms", "5 ms", "10 ms", "15 ms", "20 ms"])
        #expect(axis.ticks.map(\.share) == [0, 0.25, 0.5, 0.75, 1])
        #expect(axis.share(of: 10_000_000) == 0.5)
        #expect(axis.share(of: 30_000_000) == 1, "beyond the end is at the end")
    }

    @Test func farApartLatenciesAreShownByPowers() {
        let axis = Axis.latency(of: [5_000_000, 6_000_000, 7_000_000, 900_000_000])
        #expect(axis.scale == .logarithmic)
        #expect(axis.ticks.map(\.label) == ["10 ms", "100 ms", "1 s"])
        #expect(Axis.latency(of: [1_000_000, 1_000_000, 20_000_000]).ticks.count == 5, "1, 2, 5, 10 and 20 ms")
        #expect(axis.share(of: 5_000_000) == 0 && axis.share(of: 1e9) == 1)
        #expect(axis.share(of: 70_000_000) > 0.4 && axis.share(of: 70_000_000) < 0.6)
    }

    /// Powers cannot show what is below nothing.
    @Test func negativeLatenciesAreOnTheAxis() {
        let axis = Axis.latency(of: [-3_000_000, 1_000_000, 900_000_000])
        #expect(axis.scale == .linear && axis.share(of: -3_000_000) > 0)
    }

    @Test func withoutLatenciesThereIsNothingToMeasure() {
        #expect(Axis.latency(of: []).ticks.isEmpty)
    }

    @Test(arguments: [(1, "0 s"), (5_000_000_000, "5 s"), (700_000_000, "0.6 s"), (86_400_000_000_000, "80000 s")])
    func timeHasFewTicks(end: Int64, last: String) {
        let ticks = Axis.time(to: end).ticks
        #expect(ticks.count <= 7 && ticks.allSatisfy { (0...1).contains($0.share) }, "\(ticks)")
        #expect(end == 1 || ticks.last?.label == last, "\(ticks)")
    }

    @Test func percentilesWidenTowardsTheSlowest() {
        let axis = Axis.percentiles(to: 0.999)
        #expect(axis.ticks.map(\.label) == ["0%", "50%", "75%", "90%", "95%", "99%", "99.9%"])
        #expect(abs(axis.share(ofPercentile: 0.99) - 2.0 / 3) < 1e-9)
        #expect(abs(axis.percentile(atShare: axis.share(ofPercentile: 0.9)) - 0.9) < 1e-9)
    }

    @Test(
        arguments: [(0, 2, "0.00"), (1.005, 1, "1.0"), (-0.06, 1, "-0.1"), (999.96, 1, "1000.0"), (12.5, 0, "13")])
    func decimalsAreRounded(value: Double, decimals: Int, text: String) {
        #expect(DecimalText(value, decimals).description == text)
    }
}
