import Faults
import Primitives

extension ScalarGrammar where Value == FaultPlan.Beginning {
    /// `start`, `task 500`, `2s`.
    static var beginning: Self {
        let example = "start, task 500 or 2s"
        return Self(noun: "a time or a task", example: example) { text throws(GrammarMistake) in
            if text == "start" { return .start }
            let words = text.split(separator: " ")
            if words.first == "task" || words.first == "tasks" {
                guard words.count == 2, let sequence = UInt64(words[1]) else {
                    throw .isNot(text, "a task", write: "task 500")
                }
                return .task(TaskSequence(sequence))
            }
            guard text.first?.isNumber == true || text.first == "-" else {
                throw .isNot(text, "a time or a task", write: example)
            }
            return .after(try ScalarGrammar<Duration>.duration(example: "2s").parse(text))
        }
    }
}

extension ScalarGrammar where Value == FaultPlan.Extent {
    /// `3 tasks`, `2s`.
    static var extent: Self {
        Self(noun: "an extent", example: "3 tasks or 2s") { text throws(GrammarMistake) in
            let words = text.split(separator: " ")
            if words.count == 2, words[1] == "tasks" || words[1] == "task" {
                let counts = ScalarGrammar<UInt64>.integer(1...TopologyReader.maximumTasks, example: "3 tasks")
                return .tasks(try counts.parse(String(words[0])))
            }
            if UInt64(text) != nil { throw GrammarMistake("\(text) has no unit; write \(text) tasks or \(text)ms") }
            guard text.first?.isNumber == true || text.first == "-" else {
                throw .isNot(text, "an extent", write: "3 tasks or 2s")
            }
            let spans = ScalarGrammar<Duration>.duration(.nanoseconds(1) ... .longest, example: "3 tasks or 2s")
            return .duration(try spans.parse(text))
        }
    }
}

extension ScalarGrammar where Value == Fraction {
    static var probability: Self {
        Self(noun: "a probability", example: "1/10") { text throws(GrammarMistake) in
            let never = GrammarMistake("\(text.abridged) means never; write 1/10")
            if case .exact(0)? = DecimalNumber(text)?.times(1) { throw never }
            let probability = try ScalarGrammar.share(example: "1/10").parse(text)
            guard probability.numerator > 0 else { throw never }
            return probability
        }
    }
}
