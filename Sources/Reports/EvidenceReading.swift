import Cryptography
import Messages
import Primitives

/// What each of the two messages of evidence says, field by field in the order in which it was signed.
struct EvidenceReading {
    typealias Field = (name: String, value: JSONValue)

    /// What the evidence is called, and what that means.
    let kind: String
    let meaning: String
    /// Two, with the same names.
    let messages: [[Field]]

    init(_ evidence: Evidence) {
        switch evidence {
        case .equivocation(let pair):
            kind = "equivocation"
            meaning = "one operator signed two different statements about one subject"
            messages = pair.attestations.map { Self.fields(of: $0.statement) }
        }
    }

    /// The names of the fields in which the messages differ.
    var differences: Set<String> {
        Set(zip(messages[0], messages[1]).filter { $0.value.plain != $1.value.plain }.map(\.0.name))
    }

    private static func fields(of statement: Statement) -> [Field] {
        [
            ("network", .string("\(statement.voteKey.network)")),
            ("service", .integer(Int64(statement.service.number))),
            ("scope", .string("\(statement.voteKey.subject.scope)")),
            ("number", .string("\(statement.voteKey.subject.number)")),
            ("kind", .string("\(statement.voteKey.kind)")),
            ("operator_set", .string("\(statement.operatorSet)")), ("epoch", .string("\(statement.epoch)")),
            ("task", .string("\(statement.task)")), ("result", .string("\(statement.result)")),
        ]
    }
}
