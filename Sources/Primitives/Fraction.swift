/// A ratio of two whole numbers, kept as written: `2/3` stays two thirds.
package struct Fraction: Hashable, Sendable {
    package let numerator: UInt64
    package let denominator: UInt64

    /// - Returns: nil when the denominator is 0.
    package init?(_ numerator: UInt64, over denominator: UInt64) {
        guard denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    package static let zero = Fraction(0, over: 1)!
    package static let twoThirds = Fraction(2, over: 3)!
    package static let one = Fraction(1, over: 1)!

    /// Hundredths of a percent: `basisPoints(500)` is 5 %.
    package static func basisPoints(_ number: UInt64) -> Fraction { Fraction(number, over: 10_000)! }

    package static func < (left: Self, right: Self) -> Bool {
        UInt128(left.numerator) * UInt128(right.denominator) < UInt128(right.numerator) * UInt128(left.denominator)
    }

    package static func <= (left: Self, right: Self) -> Bool { !(right < left) }

    /// Whether `signed` is a quorum of `total`: **strictly** more than this fraction of it.
    ///
    /// Exact: `signed x denominator > total x numerator` in 128 bits. With two thirds, the least quorum of
    /// 3 is 3, of 4 is 3, of 6 is 5, of 9 is 7, of 100 is 67.
    package func isExceeded(by signed: Lamports, of total: Lamports) -> Bool {
        let (held, needed) = (
            UInt128(signed.number) * UInt128(denominator), UInt128(total.number) * UInt128(numerator)
        )
        #if DEBUG
            if PlantedBug.atLeast.isOn { return held >= needed }
        #endif
        return held > needed
    }
}

extension Fraction: CustomStringConvertible {
    package var description: String { "\(numerator)/\(denominator)" }
}
