/// How one kind of single value is written: `2ms`, `300 SOL`, `2/3`.
///
/// The grammars stand as static members of the type that they give: `ScalarGrammar<Duration>.duration()`. The command
/// line reads its options by the same ones.
package struct ScalarGrammar<Value> {
    /// With its article: `a duration`.
    package let noun: String
    /// A value that is right.
    package let example: String
    private let read: (String) throws(GrammarMistake) -> Value

    init(noun: String, example: String, read: @escaping (String) throws(GrammarMistake) -> Value) {
        self.noun = noun
        self.example = example
        self.read = read
    }

    package func parse(_ text: String) throws(GrammarMistake) -> Value { try read(text) }

    /// The tail of a message.
    var hint: String { example.isEmpty ? "" : "; write \(example)" }
}

/// What is wrong with a value, and what would be right: `0.67 is not a fraction; write 2/3`.
package struct GrammarMistake: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    static func isNot(_ text: String, _ noun: String, write example: String) -> Self {
        Self("\(text.abridged) is not \(noun); write \(example)")
    }

    package var description: String { message }
}

extension String {
    /// For messages: short, on one line, never invisible.
    var abridged: String {
        if isEmpty { return "an empty value" }
        let visible = unicodeScalars.prefix(48).map { scalar in
            scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
        }
        return visible.joined() + (unicodeScalars.count > 48 ? "..." : "")
    }
}

extension ScalarGrammar where Value == UInt64 {
    /// A whole number within bounds.
    package static func integer(_ range: ClosedRange<UInt64>, example: String) -> Self {
        Self(noun: "a whole number", example: example) { text throws(GrammarMistake) in
            guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw .isNot(text, "a whole number", write: example)
            }
            guard let number = UInt64(text), range.contains(number) else {
                throw GrammarMistake("\(text.abridged) is not within \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

extension ScalarGrammar where Value == String {
    /// What operators, restakers, services and topologies are called: 1 to 32 of a-z, 0-9 and -, not a - first.
    package static var name: Self {
        Self(noun: "a name", example: "op-1") { text throws(GrammarMistake) in
            let letters = text.utf8.map { Character(Unicode.Scalar($0)) }
            let isWellFormed = letters.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
            guard isWellFormed, (1...32).contains(letters.count), letters[0] != "-" else {
                throw GrammarMistake(
                    "\(text.abridged) is not a name; write 1 to 32 of a-z, 0-9 and -, not beginning with -")
            }
            guard !["y", "n", "yes", "no", "on", "off", "true", "false"].contains(text) else {
                throw GrammarMistake("\(text) is not a name: other YAML readers take it for a boolean; write another")
            }
            return text
        }
    }

    /// One of a few words.
    package static func word(_ noun: String, of words: [String]) -> Self {
        ScalarGrammar<String>.choice(noun, of: words.map { ($0, $0) })
    }
}

extension ScalarGrammar {
    /// One of a few values, each by its word.
    package static func choice(_ noun: String, of choices: [(word: String, value: Value)]) -> Self {
        let words = choices.map(\.word)
        let list = [words.dropLast().joined(separator: ", "), words.last ?? ""].filter { !$0.isEmpty }
            .joined(separator: " or ")
        return Self(noun: noun, example: list) { text throws(GrammarMistake) in
            if let choice = choices.first(where: { $0.word == text }) { return choice.value }
            let advice =
                NearestName.of(text, among: words).map { "did you mean \($0)?" }
                ?? (list.isEmpty ? "there is none here" : "write \(list)")
            throw GrammarMistake("\(text.abridged) is not \(noun); \(advice)")
        }
    }
}
