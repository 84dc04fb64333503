import Links
import Primitives

extension ScalarGrammar where Value == Duration {
    /// Latency or jitter of a link.
    static var linkDelay: Self { duration(.zero ... .seconds(60), example: "2ms") }
}

extension ScalarGrammar where Value == Fraction {
    /// How often something befalls a frame: `1%`, `1/1000`, `0%`.
    static var chance: Self {
        Self(noun: "a chance", example: "1%") { text throws(GrammarMistake) in
            let chance = try ScalarGrammar.share(example: "1%").parse(text)
            // One way to say never, so that what is written reads back to the same.
            return chance.numerator == 0 ? .zero : chance
        }
    }

    /// A link that loses more is as good as cut, which is said otherwise.
    static var loss: Self {
        Self(noun: "a chance", example: "1%") { text throws(GrammarMistake) in
            let loss = try ScalarGrammar.chance.parse(text)
            guard loss <= Fraction(1, over: 2)! else {
                throw GrammarMistake("\(text.abridged) is too much; at most 50%: what cuts a link is a partition")
            }
            return loss
        }
    }
}

extension ScalarGrammar where Value == Bandwidth {
    /// `100Mbit/s`, `1.5 Gbit/s`.
    package static var bandwidth: Self {
        let (least, most) = (UInt64(1_000), UInt64(1_000_000_000_000))
        return Self(noun: "a bandwidth", example: "100Mbit/s") { text throws(GrammarMistake) in
            let parts = NumberWithUnit(text)
            if parts.isNegative { throw GrammarMistake("\(text.abridged) is negative; a bandwidth is not") }
            guard let number = DecimalNumber(parts.number) else {
                throw .isNot(text, "a bandwidth", write: "100Mbit/s")
            }
            if parts.unit.isEmpty {
                let isNothing = if case .exact(0) = number.times(1_000_000) { true } else { false }
                throw GrammarMistake(
                    "\(text.abridged) has no unit; write \(isNothing ? "100" : text.abridged)Mbit/s")
            }
            guard let unit = Bandwidth.units.first(where: { $0.name == parts.unit }) else {
                throw GrammarMistake(
                    "\(text.abridged) is not a bandwidth; its unit must be bit/s, kbit/s, Mbit/s or Gbit/s")
            }
            switch number.times(unit.bitsPerSecond) {
            case .exact(let bits) where (least...most).contains(bits): return Bandwidth(bitsPerSecond: bits)
            case .tooFine: throw GrammarMistake("\(text.abridged) is finer than a bit")
            case .exact, .tooLarge: throw GrammarMistake("\(text.abridged) is not within 1kbit/s to 1000Gbit/s")
            }
        }
    }
}

extension ScalarGrammar where Value == Bool {
    static var truth: Self {
        Self(noun: "true or false", example: "true") { text throws(GrammarMistake) in
            switch text {
            case "true": return true
            case "false": return false
            default: throw .isNot(text, "true or false", write: "true")
            }
        }
    }
}

extension ScalarGrammar where Value == String {
    /// The word for regions that are not listed.
    static func spread(example: String) -> Self {
        Self(noun: "a way to place nodes in regions", example: example) { text throws(GrammarMistake) in
            guard text == "spread" else {
                throw .isNot(text, "a way to place nodes in regions", write: example)
            }
            return text
        }
    }
}
