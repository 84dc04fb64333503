/// A whole number of one kind of thing. Kinds do not mix.
///
/// Arithmetic traps on overflow and below zero; where that can come from input, use the checked forms.
package protocol Quantity: Hashable, Comparable, Sendable {
    var number: UInt64 { get }
    init(_ number: UInt64)
}

extension Quantity {
    @inlinable package static var zero: Self { Self(0) }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package static func + (left: Self, right: Self) -> Self { Self(left.number + right.number) }
    package static func - (left: Self, right: Self) -> Self { Self(left.number - right.number) }
    package static func += (left: inout Self, right: Self) { left = left + right }
    package static func -= (left: inout Self, right: Self) { left = left - right }

    /// - Returns: nil on overflow.
    package func adding(_ other: Self) -> Self? {
        let (sum, overflow) = number.addingReportingOverflow(other.number)
        return overflow ? nil : Self(sum)
    }

    /// - Returns: nil below zero.
    package func subtracting(_ other: Self) -> Self? {
        number >= other.number ? Self(number - other.number) : nil
    }

    /// `self x numerator / denominator`, multiplied in 128 bits. Traps unless the result fits 64 bits.
    package func scaled(
        by numerator: UInt64, over denominator: UInt64, rounding: Arithmetic.Rounding = .down
    ) -> Self {
        Self(Arithmetic.multiplyDivide(number, numerator, by: denominator, rounding: rounding))
    }

    package func scaled(by share: Fraction, rounding: Arithmetic.Rounding = .down) -> Self {
        scaled(by: share.numerator, over: share.denominator, rounding: rounding)
    }

    package func scaled(by share: BasisPoints, rounding: Arithmetic.Rounding = .down) -> Self {
        share == .whole ? self : scaled(by: UInt64(share.number), over: 10_000, rounding: rounding)
    }

    package func scaled(by share: Magnitude, rounding: Arithmetic.Rounding = .down) -> Self {
        share == .whole ? self : scaled(by: share.number, over: Magnitude.whole.number, rounding: rounding)
    }
}

/// An amount of one asset in its smallest unit, of which 1e9 are one token: lamports, for native SOL.
package struct Units: Quantity {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }

    package static let perToken: UInt64 = 1_000_000_000
}

/// Shares of one asset's vault.
package struct VaultShares: Quantity {
    package let number: UInt64
    package init(_ number: UInt64) { self.number = number }
}

/// Hundredths of a percent, from none to 10,000.
package struct BasisPoints: Hashable, Comparable, Sendable {
    package let number: UInt16

    /// - Returns: nil above the whole.
    package init?(_ number: UInt64) {
        guard number <= 10_000 else { return nil }
        self.number = UInt16(number)
    }

    package static let zero = BasisPoints(0)!
    package static let whole = BasisPoints(10_000)!

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension BasisPoints: CustomStringConvertible {
    /// `7%`, `0.25%`
    package var description: String {
        let (whole, rest) = (number / 100, number % 100)
        if rest == 0 { return "\(whole)%" }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)%" : "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }
}

/// The share of an operator's stake that secures one AVS, in parts of 1e18.
package struct Magnitude: Hashable, Comparable, Sendable {
    package let number: UInt64

    /// - Returns: nil above the whole.
    package init?(_ number: UInt64) {
        guard number <= 1_000_000_000_000_000_000 else { return nil }
        self.number = number
    }

    package static let zero = Magnitude(0)!
    package static let whole = Magnitude(1_000_000_000_000_000_000)!

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension Magnitude: CustomStringConvertible {
    package var description: String { "\(number) of 1e18" }
}
