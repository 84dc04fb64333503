import Primitives
import Testing

@testable import TopologyFormat

struct ScalarGrammarTests {
    @Test(arguments: [
        ("2ms", Duration.milliseconds(2)), ("500us", .microseconds(500)), ("1s", .seconds(1)), ("7ns", .nanoseconds(7)),
        ("10m", .seconds(600)), ("2h", .seconds(7200)), ("1.5 s", .milliseconds(1500)), ("0ms", .zero),
    ])
    func readsDurations(text: String, duration: Duration) throws {
        #expect(try ScalarGrammar.duration().parse(text) == duration)
    }

    @Test(arguments: [
        "1m30s", "s", "1e3ms", "0x1s", "1..5s", ".5s", "8761h", "1.0000000001s", "²s", "99999999999999999999h",
    ])
    func refusesDurations(text: String) {
        #expect(throws: GrammarMistake.self) { try ScalarGrammar.duration().parse(text) }
    }

    @Test(arguments: [("5%", 500, 10_000), ("500 bps", 500, 10_000), ("1/20", 1, 20), ("0.001%", 1_000, 100_000_000)])
    func readsShares(text: String, numerator: UInt64, denominator: UInt64) throws {
        #expect(try ScalarGrammar.share(example: "5%").parse(text) == Fraction(numerator, over: denominator))
    }

    @Test(arguments: [
        ("0.67", "2/3"), ("0.66", "2/3"), ("75%", "3/4"), ("0.51", "51/100"), ("0.9", "9/10"), ("two", "2/3"),
    ])
    func suggestsFractions(text: String, suggestion: String) {
        #expect(throws: GrammarMistake("\(text) is not a fraction; write \(suggestion)")) {
            try ScalarGrammar.fraction.parse(text)
        }
    }

    @Test func ratesAreExact() throws {
        let rate = try ScalarGrammar.rate.parse("7/min")
        #expect(rate.span(of: 7) == .seconds(60))
        #expect(rate.span(of: 1) == .nanoseconds(8_571_428_571))
        #expect(rate.span(of: .max) == nil)
        #expect(rate.tasks(within: .seconds(60)) == 7 && rate.tasks(within: .nanoseconds(60_000_000_001)) == 8)
        #expect(rate.description == "7/min")
    }
}
