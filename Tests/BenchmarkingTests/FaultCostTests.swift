import Primitives
import Reports
import Testing

@testable import Benchmarking

@Suite struct FaultCostTests {
    /// So many tasks that each took so long.
    private func sample(milliseconds: UInt64, tasks: UInt64 = 99) -> FaultCost.Sample {
        FaultCost.Sample(
            latency: QuorumLatency(
                (0..<tasks).map { Fixture.task($0, issued: 100, certified: 100 + milliseconds) }
                    + [Fixture.task(tasks, issued: 100, certified: nil)]),
            peakBytes: 30 << 20, deepestQueue: 9)
    }

    @Test func eachRunIsHeldAgainstItsPair() {
        let cost = FaultCost(
            with: [sample(milliseconds: 6), sample(milliseconds: 8), sample(milliseconds: 4)],
            without: [sample(milliseconds: 4), sample(milliseconds: 2), sample(milliseconds: 4)])
        #expect(cost.ratios.map(ValidationResult.ratioText) == ["1.00", "1.50", "4.00"])
        #expect(FaultCost.median(cost.ratios).map(ValidationResult.ratioText) == "1.50")
        #expect(FaultCost.median(cost.with.map(\.median)).map(ValidationResult.milliseconds)?.hasPrefix("6.0") == true)
    }

    @Test func aRunWithoutAMedianLeavesNoRatio() {
        let cost = FaultCost(
            with: [sample(milliseconds: 6, tasks: 3), sample(milliseconds: 6)],
            without: [sample(milliseconds: 4), sample(milliseconds: 4, tasks: 3)])
        #expect(cost.ratios.isEmpty)
        #expect(FaultCost.median(cost.ratios) == nil && FaultCost.median(cost.with.map(\.median)) == nil)
    }
}
