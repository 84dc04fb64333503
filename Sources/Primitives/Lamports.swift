/// An amount in lamports: 1e9 lamports are one SOL.
///
/// Arithmetic traps on overflow and below zero; where that can come from input, use the checked forms.
package struct Lamports: Hashable, Comparable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }

    package static let zero = Lamports(0)
    package static let perSOL: UInt64 = 1_000_000_000

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

    /// `self x numerator / denominator`, multiplied in 128 bits and rounded down. Traps unless the result fits 64 bits.
    package func scaled(by numerator: UInt64, over denominator: UInt64) -> Self {
        Self(Arithmetic.multiplyDivide(number, numerator, by: denominator, rounding: .down))
    }

    /// In SOL with all nine decimals, exactly: `12.500000000`.
    package var inSOL: String {
        let fraction = String(number % Self.perSOL)
        let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
        return "\(number / Self.perSOL).\(zeros)\(fraction)"
    }
}

extension Lamports: CustomStringConvertible {
    /// In SOL, exactly, without trailing zeros: `12.5 SOL`.
    package var description: String {
        var text = inSOL
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text + " SOL"
    }
}
