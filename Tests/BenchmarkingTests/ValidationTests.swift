import Primitives
import Reports
import TopologyFormat
import Verdicts
import Testing

@testable import Benchmarking

@Suite struct ValidationTests {
    /// So many tasks that each took so long, and one without a certificate.
    private func part(_ count: UInt64, milliseconds: UInt64, processorTime: Duration) -> ValidationResult.Part {
        ValidationResult.Part(
            (0..<count).map { Fixture.task($0, issued: 100, certified: 100 + milliseconds) }
                + [Fixture.task(count, issued: 100, certified: nil)],
            processorTime: processorTime)
    }

    @Test func runsOfOneKindAreTakenTogether() {
        let part = ValidationResult.Part([
            part(99, milliseconds: 4, processorTime: .milliseconds(150)),
            part(49, milliseconds: 8, processorTime: .milliseconds(150)),
        ])
        #expect(part.latency.count == 150 && part.latency.infinite == 2)
        #expect(part.reading(.p50).map(ValidationResult.milliseconds)?.hasPrefix("4.00") == true)
        #expect(part.reading(.max) == nil && part.reading(.p99) == nil)
        #expect(part.processorTimePerTask == .milliseconds(2))
    }

    @Test func ratiosAreSimulatedToReal() {
        let result = ValidationResult(
            real: part(199, milliseconds: 4, processorTime: .milliseconds(400)),
            simulated: part(199, milliseconds: 3, processorTime: .milliseconds(100)))
        #expect(result.ratio(.p50).map(ValidationResult.ratioText) == "0.75")
        #expect(result.processorTimeRatio == 0.25 && result.ratio(.p99) == nil && result.ratio(.max) == nil)
    }

    @Test(arguments: [(3, "25%", true), (3, "24%", false), (5, "25%", true), (5, "24.9%", false), (4, "0%", true)])
    func mediansAreWithinAShareOfTheRealOne(simulated: UInt64, share: String, isWithin: Bool) throws {
        let result = ValidationResult(
            real: part(99, milliseconds: 4, processorTime: .zero),
            simulated: part(99, milliseconds: simulated, processorTime: .zero))
        #expect(result.isWithin(try ScalarGrammar<Fraction>.share(example: "15%").parse(share)) == isWithin)
    }

    @Test func withoutMediansThereIsNothingToHoldAgainstEachOther() {
        let some = part(99, milliseconds: 4, processorTime: .zero)
        let few = part(3, milliseconds: 4, processorTime: .zero)
        #expect(ValidationResult(real: some, simulated: few).isWithin(.one) == nil)
        #expect(ValidationResult(real: few, simulated: some).isWithin(.one) == nil)
    }
}
