import Messages
import Primitives

/// A ratio of two whole numbers of any size: nothing is ever rounded unless it is asked for.
package struct Exact: Sendable {
    private let numerator: BigInteger
    /// Positive. Not always in lowest terms: that is made up for when it grows.
    private let denominator: BigInteger

    package static let zero = Exact(0)
    package static let one = Exact(1)

    package init(_ number: UInt64) { self.init(BigInteger(number), over: .one) }
    package init(_ number: UInt128) { self.init(BigInteger(number), over: .one) }
    package init(_ quantity: some Quantity) { self.init(quantity.number) }
    package init(_ share: Fraction) { self.init(BigInteger(share.numerator), over: BigInteger(share.denominator)) }
    package init(_ share: BasisPoints) {
        self.init(BigInteger(UInt64(share.number)), over: BigInteger(10_000 as UInt64))
    }

    package init(_ share: Magnitude) {
        self.init(BigInteger(share.number), over: BigInteger(Magnitude.whole.number))
    }

    /// Lamports for a unit.
    package init(_ rate: ExchangeRate) { self.init(BigInteger(rate.number), over: BigInteger(Units.perToken)) }

    package init(_ numerator: BigInteger, over denominator: BigInteger) {
        // Larger ones are rare, and each costs a division for every other bit.
        guard denominator.bitWidth > 4_096 else {
            (self.numerator, self.denominator) = (numerator, denominator)
            return
        }
        let divisor = BigInteger.greatestCommonDivisor(numerator.magnitude, denominator)
        let reduced = numerator.magnitude.quotientAndRemainder(dividingBy: divisor).quotient
        self.numerator = numerator.isNegative ? -reduced : reduced
        self.denominator = denominator.quotientAndRemainder(dividingBy: divisor).quotient
    }

    // MARK: Arithmetic

    package static func + (left: Self, right: Self) -> Self {
        if left.denominator == right.denominator {
            return Exact(left.numerator + right.numerator, over: left.denominator)
        }
        return Exact(
            left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator)
    }

    package static prefix func - (number: Self) -> Self { Exact(-number.numerator, over: number.denominator) }
    package static func - (left: Self, right: Self) -> Self { left + -right }

    package static func * (left: Self, right: Self) -> Self {
        if right.denominator.isOne, right.numerator.isOne { return left }
        return Exact(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    /// By what is positive.
    package static func / (left: Self, right: Self) -> Self {
        precondition(.zero < right, "divided by what is not positive")
        return Exact(left.numerator * right.denominator, over: left.denominator * right.numerator)
    }

    package static func += (left: inout Self, right: Self) { left = left + right }
    package static func -= (left: inout Self, right: Self) { left = left - right }

    var magnitude: Self { self < .zero ? -self : self }
    var isZero: Bool { numerator.isZero }

    // MARK: Rounding, where the rules ask for it

    /// The next whole number below what is not negative.
    var floor: Self { Exact(numerator.quotientAndRemainder(dividingBy: denominator).quotient, over: .one) }

    var ceiling: Self {
        let down = floor
        return down < self ? down + .one : down
    }

    /// The whole number below; nil where it does not fit 64 bits or is negative.
    package var whole: UInt64? {
        numerator.isNegative ? nil : numerator.quotientAndRemainder(dividingBy: denominator).quotient.asUInt64
    }

    /// On a grid of 2^-160, which nothing here would notice: what is multiplied again and again grows without end otherwise.
    var onGrid: Self {
        guard denominator.bitWidth > 161 else { return self }
        let scaled = (numerator.magnitude << 160).quotientAndRemainder(dividingBy: denominator).quotient
        return Exact(numerator.isNegative ? -scaled : scaled, over: Self.grid)
    }

    /// The next one on the grid that is not less.
    var upOnGrid: Self {
        let down = onGrid
        return down < self ? down + Exact(.one, over: Self.grid) : down
    }

    private static let grid = BigInteger.one << 160
    /// More than all that is put on the grid in one epoch can lose by it.
    static let gridStep = Exact(.one, over: BigInteger.one << 140)
}

extension Exact: Comparable {
    package static func == (left: Self, right: Self) -> Bool {
        if left.denominator == right.denominator { return left.numerator == right.numerator }
        return left.numerator * right.denominator == right.numerator * left.denominator
    }

    package static func < (left: Self, right: Self) -> Bool {
        if left.denominator == right.denominator { return left.numerator < right.numerator }
        return left.numerator * right.denominator < right.numerator * left.denominator
    }
}

extension Exact: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(value) }
}

extension Exact: CustomStringConvertible {
    /// With three decimals, rounded towards 0: `12`, `0.333`
    package var description: String {
        let (whole, rest) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator)
        let sign = numerator.isNegative ? "-" : ""
        if rest.isZero { return "\(sign)\(whole)" }
        let decimals = (rest * BigInteger(1_000 as UInt64)).quotientAndRemainder(dividingBy: denominator).quotient
        let text = "\(decimals)"
        return "\(sign)\(whole).\(String(repeating: "0", count: 3 - text.utf8.count))\(text)"
    }
}
