/// Products in 128 bits; nothing saturates.
package enum Arithmetic {
    package enum Rounding: Sendable { case down, up }

    /// `left x right / divisor`. Traps when the divisor is 0 or the result does not fit 64 bits.
    package static func multiplyDivide(
        _ left: UInt64, _ right: UInt64, by divisor: UInt64, rounding: Rounding
    ) -> UInt64 {
        precondition(divisor > 0, "division by zero")
        let product = UInt128(left) * UInt128(right)
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: UInt128(divisor))
        let result = rounding == .up && remainder > 0 ? quotient + 1 : quotient
        precondition(result <= UInt128(UInt64.max), "result exceeds 64 bits")
        return UInt64(result)
    }

    /// `left x right / divisor`, rounded down, in 256 bits. Traps when the divisor is 0 or the result does not fit.
    package static func multiplyDivide(_ left: UInt128, _ right: UInt128, by divisor: UInt128) -> UInt128 {
        let (high, low) = left.multipliedFullWidth(by: right)
        if high == 0 { return low / divisor }
        precondition(high < divisor, "result exceeds 128 bits")
        return divisor.dividingFullWidth((high, low)).quotient
    }
}
