import Messages
import Primitives

extension ScalarGrammar where Value == String {
    /// What assets are called: 1 to 16 letters and digits, as in `JitoSOL`.
    static var assetName: Self {
        Self(noun: "an asset's name", example: "mSOL") { text throws(GrammarMistake) in
            let isWellFormed = text.utf8.allSatisfy { byte in
                let letter = Character(Unicode.Scalar(byte))
                return letter.isASCII && (letter.isLetter || letter.isNumber)
            }
            guard isWellFormed, (1...AssetTerms.nameLimit).contains(text.utf8.count),
                text.utf8.first.map({ !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? false,
                !["lamport", "lamports"].contains(text)
            else {
                throw GrammarMistake(
                    "\(text.abridged) is not an asset's name; write 1 to 16 letters and digits, a letter first: mSOL")
            }
            return text
        }
    }
}

extension ScalarGrammar where Value == ClientVersion {
    /// A client's name and, if it says so, its version: `agave 2.1.0`.
    static func client(isSpecific: Bool) -> Self {
        Self(noun: "a client", example: "agave 2.1.0") { text throws(GrammarMistake) in
            let words = text.split(separator: " ", omittingEmptySubsequences: false)
            guard (1...2).contains(words.count),
                words.allSatisfy({ word in
                    (1...ClientVersion.limit).contains(word.utf8.count)
                        && word.utf8.allSatisfy { (33...126).contains($0) }
                })
            else {
                throw GrammarMistake(
                    "\(text.abridged) is not a client; write a name and a version, each of 1 to \(ClientVersion.limit) "
                        + "ASCII letters, digits and signs: agave 2.1.0")
            }
            return ClientVersion(
                name: String(words[0]), version: words.count > 1 ? String(words[1]) : "", isSpecific: isSpecific)
        }
    }
}

extension ScalarGrammar where Value == ExchangeRate {
    /// What a token is worth: `1.25 SOL`.
    package static var exchangeRate: Self {
        Self(noun: "a rate", example: "1.25 SOL") { text throws(GrammarMistake) in
            let lamports = try ScalarGrammar<Lamports>.stake(atLeast: Lamports(1)).parse(text)
            guard let rate = ExchangeRate(lamports.number) else {
                throw GrammarMistake("\(text.abridged) for one token is too much; at most a million SOL")
            }
            return rate
        }
    }
}

extension ScalarGrammar where Value == BasisPoints {
    /// A share in whole hundredths of a percent: `7%`, `0.25%`, `25 bps`.
    package static func basisPoints(example: String) -> Self {
        Self(noun: "a share", example: example) { text throws(GrammarMistake) in
            let share = try ScalarGrammar<Fraction>.share(example: example).parse(text)
            let scaled = UInt128(share.numerator) * 10_000
            guard scaled % UInt128(share.denominator) == 0,
                let value = BasisPoints(UInt64(scaled / UInt128(share.denominator)))
            else { throw GrammarMistake("\(text.abridged) is finer than a hundredth of a percent") }
            return value
        }
    }
}

extension ScalarGrammar where Value == YieldPlan {
    /// A share of the stake in a span of time: `7%/year`, `0.04%/epoch`.
    static var yield: Self {
        Self(noun: "a yield", example: "7%/year") { text throws(GrammarMistake) in
            guard let slash = text.lastIndex(of: "/"),
                let period = ["year": true, "epoch": false][String(text[text.index(after: slash)...])]
            else { throw .isNot(text, "a yield", write: "7%/year") }
            let share = try ScalarGrammar<Fraction>.share(example: "7%").parse(String(text[..<slash]))
            let number = UInt128(share.numerator) * UInt128(BaseYield.whole) / UInt128(share.denominator)
            return YieldPlan(parts: UInt64(number), isYearly: period)
        }
    }
}

extension ScalarGrammar where Value == UInt64 {
    /// Slots of so many epochs: `1.5 epochs`, `20 slots`, `none`.
    static func span(slotsPerEpoch: UInt64) -> Self {
        Self(noun: "a span", example: "1.5 epochs") { text throws(GrammarMistake) in
            if text == "none" { return 0 }
            let parts = NumberWithUnit(text)
            guard let number = DecimalNumber(parts.number) else { throw .isNot(text, "a span", write: "1.5 epochs") }
            let unit: UInt64
            switch parts.unit {
            case "epoch", "epochs": unit = slotsPerEpoch
            case "slot", "slots": unit = 1
            default: throw GrammarMistake("\(text.abridged) is not a span; its unit must be epochs or slots")
            }
            guard case .exact(let slots) = number.times(unit) else {
                throw GrammarMistake("\(text.abridged) is not a whole number of slots")
            }
            return slots
        }
    }
}

extension ScalarGrammar where Value == Epoch {
    /// `epoch 3`
    static var epoch: Self {
        Self(noun: "an epoch", example: "epoch 3") { text throws(GrammarMistake) in
            let words = text.split(separator: " ")
            guard words.count == 2, words[0] == "epoch", let number = UInt64(words[1]), number <= 1 << 32 else {
                throw .isNot(text, "an epoch", write: "epoch 3")
            }
            return Epoch(number)
        }
    }
}
