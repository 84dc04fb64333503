/// A whole number of any size: sign and magnitude, in limbs of 64 bits.
package struct BigInteger: Hashable, Sendable {
    /// The least significant one first; the last one is not 0. None: 0.
    private(set) var limbs: [UInt64]
    private(set) var isNegative: Bool

    package static let zero = BigInteger(limbs: [])
    package static let one = BigInteger(1 as UInt64)

    package init(_ number: UInt64) { self.init(limbs: number == 0 ? [] : [number]) }

    package init(_ number: UInt128) {
        self.init(limbs: [UInt64(truncatingIfNeeded: number), UInt64(truncatingIfNeeded: number >> 64)])
    }

    private init(limbs: [UInt64], isNegative: Bool = false) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
        self.isNegative = isNegative && !self.limbs.isEmpty
    }

    var isZero: Bool { limbs.isEmpty }
    var isOne: Bool { limbs.count == 1 && limbs[0] == 1 && !isNegative }
    var magnitude: BigInteger { BigInteger(limbs: limbs) }
    var bitWidth: Int { limbs.isEmpty ? 0 : limbs.count * 64 - limbs.last!.leadingZeroBitCount }

    /// Nil where it does not fit.
    package var asUInt64: UInt64? { isNegative || limbs.count > 1 ? nil : limbs.first ?? 0 }

    var asUInt128: UInt128? {
        guard !isNegative, limbs.count <= 2 else { return nil }
        return limbs.reversed().reduce(0) { $0 << 64 | UInt128($1) }
    }

    // MARK: Sums

    package static prefix func - (number: Self) -> Self {
        BigInteger(limbs: number.limbs, isNegative: !number.isNegative)
    }

    package static func + (left: Self, right: Self) -> Self {
        if left.isNegative == right.isNegative {
            return BigInteger(limbs: sum(left.limbs, right.limbs), isNegative: left.isNegative)
        }
        return isLess(left.limbs, right.limbs)
            ? BigInteger(limbs: difference(right.limbs, left.limbs), isNegative: right.isNegative)
            : BigInteger(limbs: difference(left.limbs, right.limbs), isNegative: left.isNegative)
    }

    package static func - (left: Self, right: Self) -> Self { left + -right }

    private static func sum(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let (long, short) = left.count >= right.count ? (left, right) : (right, left)
        var result = long
        var carry: UInt64 = 0
        for place in result.indices {
            if place >= short.count, carry == 0 { return result }
            let (first, overflow) = result[place].addingReportingOverflow(place < short.count ? short[place] : 0)
            let (second, carried) = first.addingReportingOverflow(carry)
            result[place] = second
            carry = overflow || carried ? 1 : 0
        }
        if carry > 0 { result.append(carry) }
        return result
    }

    /// `left` must not be less.
    private static func difference(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var result = left
        var borrow: UInt64 = 0
        for place in result.indices {
            if place >= right.count, borrow == 0 { return result }
            let (first, overflow) = result[place].subtractingReportingOverflow(place < right.count ? right[place] : 0)
            let (second, borrowed) = first.subtractingReportingOverflow(borrow)
            result[place] = second
            borrow = overflow || borrowed ? 1 : 0
        }
        return result
    }

    private static func isLess(_ left: [UInt64], _ right: [UInt64]) -> Bool {
        guard left.count == right.count else { return left.count < right.count }
        for place in left.indices.reversed() where left[place] != right[place] { return left[place] < right[place] }
        return false
    }

    // MARK: Products

    package static func * (left: Self, right: Self) -> Self {
        if left.isZero || right.isZero { return .zero }
        if right.isOne { return left }
        if left.isOne { return right }
        var result = Array(repeating: UInt64(0), count: left.limbs.count + right.limbs.count)
        for (low, one) in left.limbs.enumerated() {
            var carry: UInt64 = 0
            for (high, other) in right.limbs.enumerated() {
                // The product of two limbs and two more limbs fit 128 bits.
                let product = UInt128(one) * UInt128(other) + UInt128(result[low + high]) + UInt128(carry)
                result[low + high] = UInt64(truncatingIfNeeded: product)
                carry = UInt64(product >> 64)
            }
            result[low + right.limbs.count] = carry
        }
        return BigInteger(limbs: result, isNegative: left.isNegative != right.isNegative)
    }

    package static func << (number: Self, bits: Int) -> Self {
        if number.isZero { return number }
        let (whole, part) = (bits / 64, UInt64(bits % 64))
        var result = Array(repeating: UInt64(0), count: whole) + number.limbs + [0]
        if part > 0 {
            for place in result.indices.dropFirst(whole).reversed() {
                result[place] = result[place] << part | (place > whole ? result[place - 1] >> (64 - part) : 0)
            }
        }
        return BigInteger(limbs: result, isNegative: number.isNegative)
    }

    // MARK: Division

    /// Of a number that is not negative by one that is positive.
    package func quotientAndRemainder(dividingBy divisor: Self) -> (quotient: Self, remainder: Self) {
        precondition(!isNegative && !divisor.isNegative && !divisor.isZero, "only what is positive is divided")
        if Self.isLess(limbs, divisor.limbs) { return (.zero, self) }
        if divisor.limbs.count == 1 { return dividing(byLimb: divisor.limbs[0]) }
        // Knuth, volume 2, 4.3.1, algorithm D: the divisor's highest bit is set, so that each guess is at most 2 too high.
        let shift = divisor.limbs.last!.leadingZeroBitCount
        let by = (divisor << shift).limbs
        var rest = (self << shift).limbs
        while rest.count <= limbs.count { rest.append(0) }
        var quotient = Array(repeating: UInt64(0), count: rest.count - by.count)
        for place in quotient.indices.reversed() {
            quotient[place] = Self.digit(of: &rest, at: place, by)
        }
        let remainder = BigInteger(limbs: rest)
        return (BigInteger(limbs: quotient), remainder.shiftedDown(by: shift))
    }

    /// One digit of the quotient, whose product with the divisor it takes from `rest`.
    private static func digit(of rest: inout [UInt64], at place: Int, _ by: [UInt64]) -> UInt64 {
        let count = by.count
        let top = UInt128(rest[place + count]) << 64 | UInt128(rest[place + count - 1])
        let highest = UInt128(by[count - 1])
        var (guess, left) = top.quotientAndRemainder(dividingBy: highest)
        while left <= UInt128(UInt64.max),
            guess > UInt128(UInt64.max)
                || guess * UInt128(by[count - 2]) > left << 64 | UInt128(rest[place + count - 2])
        {
            guess -= 1
            left += highest
        }
        var digit = UInt64(guess)
        var (carry, borrow): (UInt64, UInt64) = (0, 0)
        for offset in 0...count {
            let product = UInt128(digit) * UInt128(offset < count ? by[offset] : 0) + UInt128(carry)
            carry = UInt64(product >> 64)
            let (first, one) = rest[place + offset].subtractingReportingOverflow(UInt64(truncatingIfNeeded: product))
            let (second, other) = first.subtractingReportingOverflow(borrow)
            rest[place + offset] = second
            borrow = one || other ? 1 : 0
        }
        guard borrow > 0 else { return digit }
        digit -= 1
        var added: UInt64 = 0
        for offset in 0...count {
            let sum = UInt128(rest[place + offset]) + UInt128(offset < count ? by[offset] : 0) + UInt128(added)
            rest[place + offset] = UInt64(truncatingIfNeeded: sum)
            added = UInt64(sum >> 64)
        }
        return digit
    }

    private func dividing(byLimb divisor: UInt64) -> (quotient: Self, remainder: Self) {
        var quotient = limbs
        var remainder: UInt64 = 0
        for place in quotient.indices.reversed() {
            (quotient[place], remainder) = divisor.dividingFullWidth((remainder, quotient[place]))
        }
        return (BigInteger(limbs: quotient), BigInteger(remainder))
    }

    private func shiftedDown(by bits: Int) -> Self {
        if bits == 0 { return self }
        var result = limbs
        for place in result.indices {
            result[place] =
                result[place] >> UInt64(bits)
                | (place + 1 < limbs.count ? limbs[place + 1] << UInt64(64 - bits) : 0)
        }
        return BigInteger(limbs: result)
    }

    /// Of two numbers that are not negative.
    static func greatestCommonDivisor(_ left: Self, _ right: Self) -> Self {
        var (one, other) = (left, right)
        while !other.isZero {
            if let small = one.asUInt128, let smaller = other.asUInt128 { return BigInteger(divisor(small, smaller)) }
            (one, other) = (other, one.quotientAndRemainder(dividingBy: other).remainder)
        }
        return one
    }

    private static func divisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (one, other) = (left, right)
        while other > 0 { (one, other) = (other, one % other) }
        return one
    }
}

extension BigInteger: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? isLess(right.limbs, left.limbs) : isLess(left.limbs, right.limbs)
    }
}

extension BigInteger: CustomStringConvertible {
    package var description: String {
        if isZero { return "0" }
        var (digits, rest) = ("", magnitude)
        let chunk = BigInteger(10_000_000_000_000_000_000 as UInt64)
        while !rest.isZero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: chunk)
            let text = String(remainder.asUInt64!)
            digits = (quotient.isZero ? "" : String(repeating: "0", count: 19 - text.utf8.count)) + text + digits
            rest = quotient
        }
        return isNegative ? "-" + digits : digits
    }
}
