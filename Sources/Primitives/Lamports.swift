/// An amount in lamports: 1e9 lamports are one SOL.
package struct Lamports: Quantity {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }

    package static let perSOL: UInt64 = 1_000_000_000

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
