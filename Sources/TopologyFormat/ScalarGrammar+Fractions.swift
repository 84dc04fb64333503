import Primitives

extension ScalarGrammar where Value == Fraction {
    /// A ratio of whole numbers, as thresholds are written: `2/3`.
    package static var fraction: Self {
        Self(noun: "a fraction", example: "2/3") { text throws(GrammarMistake) in
            if let fraction = FractionText.ratio(text) { return fraction }
            throw .isNot(text, "a fraction", write: FractionText.suggestion(for: text))
        }
    }

    /// A part of a whole, at most all of it: `5%`, `1/20`, `500 bps`. Whole basis points become a fraction over 10,000.
    package static func share(example: String) -> Self {
        Self(noun: "a share", example: example) { text throws(GrammarMistake) in
            guard let share = FractionText.ratio(text) ?? FractionText.percentage(text) else {
                if let decimal = DecimalNumber(text), case .exact(let bps) = decimal.times(10_000), bps <= 10_000 {
                    throw .isNot(text, "a share", write: FractionText.percent(basisPoints: bps))
                }
                let isPercentage = FractionText.percentage(text + "%").map { $0 <= .one } ?? false
                throw .isNot(text, "a share", write: isPercentage ? text + "%" : example)
            }
            guard share <= .one else { throw GrammarMistake("\(text.abridged) is more than the whole; at most 100%") }
            return share
        }
    }
}

/// The ways to write a part of something.
enum FractionText {
    /// The same two numbers again: in hundredths of a percent if that is what they are.
    static func share(_ share: Fraction) -> String {
        share.denominator == 10_000 ? percent(basisPoints: share.numerator) : share.description
    }

    static func chance(_ chance: Fraction) -> String { chance.numerator == 0 ? "0%" : share(chance) }

    /// `2/3`.
    static func ratio(_ text: String) -> Fraction? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let numerator = whole(parts[0]), let denominator = whole(parts[1]) else { return nil }
        return Fraction(numerator, over: denominator)
    }

    /// `5%`, `0.25%`, `500 bps`; nothing finer than a millionth of a percent.
    static func percentage(_ text: String) -> Fraction? {
        let parts = NumberWithUnit(text)
        guard let number = DecimalNumber(parts.number) else { return nil }
        switch parts.unit {
        case "%":
            if case .exact(let basisPoints) = number.times(100) { return .basisPoints(basisPoints) }
            guard case .exact(let fine) = number.times(1_000_000) else { return nil }
            return Fraction(fine, over: 100_000_000)
        case "bps":
            guard case .exact(let basisPoints) = number.times(1) else { return nil }
            return .basisPoints(basisPoints)
        default: return nil
        }
    }

    static func percent(basisPoints: UInt64) -> String {
        var text = "\(basisPoints / 100)"
        let rest = basisPoints % 100
        if rest > 0 { text += rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)" }
        return text + "%"
    }

    /// The fraction that was probably meant by a decimal or a percentage: 0.67 is two thirds.
    static func suggestion(for text: String) -> String {
        let isPercentage = text.hasSuffix("%")
        let number = isPercentage ? String(text.dropLast()) : text
        guard DecimalNumber(number) != nil, let written = Double(number) else { return "2/3" }
        let value = isPercentage ? written / 100 : written
        guard value > 0.01, value < 1 else { return "2/3" }
        for denominator in 2...10 {
            let numerator = (value * Double(denominator)).rounded()
            guard numerator >= 1, Int(numerator) < denominator else { continue }
            if abs(numerator / Double(denominator) - value) < 0.0099 { return "\(Int(numerator))/\(denominator)" }
        }
        return "\(Int((value * 100).rounded()))/100"
    }

    private static func whole(_ text: Substring) -> UInt64? {
        guard let number = DecimalNumber(text), number.places == 0, case .exact(let value) = number.times(1) else {
            return nil
        }
        return value
    }
}
