import Testing

@testable import Benchmarking

@Suite struct LeastSquaresTests {
    private func row(_ amounts: [Double], _ total: Double) -> LeastSquares.Row {
        LeastSquares.Row(amounts: amounts, total: total)
    }

    @Test func pricesThatExplainEverythingAreFound() throws {
        let prices = [3.0, 7, 0.5]
        let amounts: [[Double]] = [[1, 1, 1], [1, 16, 1], [1, 1, 16], [1, 8, 8], [2, 3, 4]]
        let rows = amounts.map { row($0, zip($0, prices).reduce(0) { $0 + $1.0 * $1.1 }) }
        let found = try #require(LeastSquares.prices(rows))
        #expect(zip(found, prices).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    /// One price for two rows, 10 and 20 for one thing each: relative errors of 1/3 and 1/3 are the least at 12 (by hand:
    /// (1/10 + 1/20) / (1/100 + 1/400)).
    @Test func errorsAreRelative() throws {
        let found = try #require(LeastSquares.prices([row([1], 10), row([1], 20)]))
        #expect(abs(found[0] - 12) < 1e-9)
    }

    @Test func nothingHasANegativePrice() throws {
        let found = try #require(LeastSquares.prices([row([1, 1], 10), row([1, 2], 8), row([1, 0], 12)]))
        #expect(found[1] == 0 && found[0] > 0)
    }

    @Test func thingsThatAlwaysComeTogetherCannotBeToldApart() {
        #expect(LeastSquares.prices([row([1, 1], 10), row([2, 2], 20)]) == nil)
        #expect(LeastSquares.prices([]) == nil)
    }
}
