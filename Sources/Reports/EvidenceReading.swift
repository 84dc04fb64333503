import Cryptography
import Messages
import Primitives

/// What each of the two messages of evidence says, field by field in the order in which it was signed.
struct EvidenceReading {
    typealias Field = (name: String, value: JSONValue)

    /// What the evidence is called, and what that means.
    let kind: String
    let meaning: String
    /// What was signed twice, in the plural: also a key in JSON.
    let plural: String
    /// Rather than a coordinator.
    let accusesOperator: Bool
    /// Two, with the same names.
    let messages: [[Field]]

    init(_ evidence: Evidence) {
        switch evidence {
        case .equivocation(let pair):
            kind = "equivocation"
            meaning = "one operator signed two different statements about one subject"
            plural = "statements"
            accusesOperator = true
            messages = pair.attestations.map { Self.fields(of: $0.statement) }
        case .taskEquivocation(let pair):
            kind = "task-equivocation"
            meaning = "one coordinator signed two different tasks under one number"
            plural = "tasks"
            accusesOperator = false
            messages = [pair.first, pair.second].map(Self.fields)
        }
    }

    /// The names of the fields in which the messages differ.
    var differences: Set<String> {
        Set(zip(messages[0], messages[1]).filter { $0.value.plain != $1.value.plain }.map(\.0.name))
    }

    /// What both say, but for what they are about.
    var shared: [Field] {
        let about: Set<String> = ["service", "scope", "number", "sequence"]
        return messages[0].filter { !differences.contains($0.name) && !about.contains($0.name) }
    }

    /// What each says and the other does not.
    var own: [[Field]] { messages.map { $0.filter { differences.contains($0.name) } } }

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

    private static func fields(of task: TaskHeader) -> [Field] {
        [
            ("network", .string("\(task.network)")), ("service", .integer(Int64(task.service.number))),
            ("sequence", .string("\(task.sequence)")), ("epoch", .string("\(task.epoch)")),
            ("operator_set", .string("\(task.operatorSet)")), ("payload", .string("\(task.payload)")),
            ("issued_ns", .string("\(task.issued.nanoseconds)")),
            ("deadline_ns", .string("\(task.deadline.nanoseconds)")),
        ]
    }
}
