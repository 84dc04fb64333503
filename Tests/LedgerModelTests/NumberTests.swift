import Primitives
import Testing

@testable import LedgerModel

/// Exact numbers. The long ones were worked out with Python.
@Suite struct NumberTests {
    private static func big(_ decimal: String) -> BigInteger {
        decimal.utf8.reduce(.zero) { $0 * BigInteger(10 as UInt64) + BigInteger(UInt64($1 - 48)) }
    }

    @Test func `Products and sums are exact, whatever their size`() {
        let product = Self.big("340282366920938463463374607431768211455") * Self.big("18446744073709551557")
        #expect("\(product)" == "6277101735386680743759129774872297071744806861916000485435")
        #expect(product - product == .zero)
        #expect("\(Self.big("18446744073709551615") + .one)" == "18446744073709551616")
        #expect("\(Self.big("5") - Self.big("18446744073709551616"))" == "-18446744073709551611")
        #expect("\(Self.big("12345678901234567890") << 100)" == "15650007269374987633198475872814597484617284976640")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `A quotient times the divisor, and the remainder, are the number again`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, purpose: "numbers")
        for _ in 0..<2_000 {
            let parts = (0..<4).map { _ in Self.draw(&random) }
            let number = parts[0] * parts[1] * parts[2] + parts[3]
            let divisor = parts[0] * Self.draw(&random) + .one
            let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
            #expect(
                quotient * divisor + remainder == number && remainder < divisor, "seed \(seed): \(number) / \(divisor)")
        }
    }

    /// Long runs of ones and of zeros: where a guessed digit of a quotient is too high.
    private static func draw(_ random: inout SeededRandom) -> BigInteger {
        let bits = random.next() % 130
        let number = (BigInteger.one << Int(bits)) + BigInteger(random.next() % 3)
        return random.next() % 2 == 0 ? number : number - .one
    }

    @Test func `Ratios are added, multiplied, divided and compared without rounding`() {
        let third = Exact(1) / Exact(3)
        #expect(third + third + third == .one)
        #expect(third * Exact(3) == .one && third < Exact(1) / Exact(2))
        #expect(Exact(1) / (Exact(1) / Exact(7)) == 7)
        #expect((third - .one).magnitude == Exact(2) / Exact(3))
        #expect(Exact(22) / Exact(7) > 3 && (Exact(22) / Exact(7)).floor == 3 && (Exact(22) / Exact(7)).ceiling == 4)
        #expect("\(Exact(22) / Exact(7))" == "3.142" && "\(third - .one)" == "-0.666")
    }

    @Test func `A number on the grid is lower by less than a step, or higher by less than one`() {
        let third = Exact(1) / Exact(3)
        let long = (0..<200).reduce(Exact.one) { sum, _ in sum * third }
        #expect(long.onGrid <= long && long < long.upOnGrid)
        #expect(long.upOnGrid - long.onGrid < Exact.gridStep)
        #expect(Exact(5).onGrid == 5 && Exact(5).upOnGrid == 5)
    }
}
