import Primitives
import Testing

@Suite struct LamportsTests {
    @Test(
        "printed in SOL, exactly",
        arguments: [
            (0, "0 SOL", "0.000000000"),
            (1, "0.000000001 SOL", "0.000000001"),
            (12_500_000_000, "12.5 SOL", "12.500000000"),
            (10_000_000_000, "10 SOL", "10.000000000"),
            (1_000_000_010, "1.00000001 SOL", "1.000000010"),
            (UInt64.max, "18446744073.709551615 SOL", "18446744073.709551615"),
        ])
    func printing(number: UInt64, short: String, exact: String) {
        #expect(Lamports(number).description == short)
        #expect(Lamports(number).inSOL == exact)
    }

    @Test func checkedFormsAnswerNilWhereTheOthersTrap() {
        let all = Lamports(.max)
        #expect(all.adding(Lamports(1)) == nil)
        #expect(Lamports(.max - 1).adding(Lamports(1)) == all)
        #expect(Lamports(4).subtracting(Lamports(5)) == nil)
        #expect(Lamports(5).subtracting(Lamports(5)) == .zero)
    }

    @Test func multipliesIn128BitsBeforeItDivides() {
        #expect(Arithmetic.multiplyDivide(.max, .max, by: .max, rounding: .down) == .max)
        #expect(Arithmetic.multiplyDivide(.max, .max, by: .max, rounding: .up) == .max)
        #expect(Arithmetic.multiplyDivide(.max, 2, by: 3, rounding: .down) == 12_297_829_382_473_034_410)
        #expect(Lamports(.max).scaled(by: 500, over: 10_000) == Lamports(922_337_203_685_477_580))
    }

    @Test(arguments: [(7, 1, 2, 3, 4), (8, 1, 2, 4, 4), (0, 9, 7, 0, 0), (1, 1, .max, 0, 1)])
    func roundsTheWayItIsTold(left: UInt64, right: UInt64, divisor: UInt64, down: UInt64, up: UInt64) {
        #expect(Arithmetic.multiplyDivide(left, right, by: divisor, rounding: .down) == down)
        #expect(Arithmetic.multiplyDivide(left, right, by: divisor, rounding: .up) == up)
    }
}
