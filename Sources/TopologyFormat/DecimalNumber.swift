/// A decimal number exactly as written: `1.50` is 150 / 10^2.
struct DecimalNumber {
    /// Saturates: what does not fit 128 bits fits no quantity either.
    let digits: UInt128
    let places: Int

    /// - Returns: nil unless the text is digits with at most one point among them; no sign, no exponent.
    init?(_ text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        var digits: UInt128 = 0
        for byte in parts.joined() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (shifted, isHuge) = digits.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = shifted.addingReportingOverflow(UInt128(byte - UInt8(ascii: "0")))
            digits = isHuge || overflows ? .max : sum
        }
        self.digits = digits
        places = parts.count == 2 ? parts[1].count : 0
    }

    enum Product: Hashable {
        case exact(UInt64)
        /// A fraction of the smallest unit is left.
        case tooFine
        case tooLarge
    }

    func times(_ unit: UInt64) -> Product {
        let (product, overflows) = digits.multipliedReportingOverflow(by: UInt128(unit))
        guard !overflows else { return .tooLarge }
        guard places < 38 else { return product == 0 ? .exact(0) : .tooFine }
        let divisor = (0..<places).reduce(UInt128(1)) { power, _ in power * 10 }
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        guard quotient <= UInt128(UInt64.max) else { return .tooLarge }
        return remainder == 0 ? .exact(UInt64(quotient)) : .tooFine
    }
}

/// A number and the unit after it, with or without a space between: `300 SOL`, `2ms`.
struct NumberWithUnit {
    let number: String
    let unit: String

    init(_ text: String) {
        let number = text.prefix { $0.isNumber || "+-._".contains($0) }
        let rest = text.dropFirst(number.count)
        self.number = String(number)
        unit = String(rest.first == " " ? rest.dropFirst() : rest)
    }

    var isNegative: Bool { number.first == "-" && DecimalNumber(number.dropFirst()) != nil }
}
