import Testing
import TopologyFormat

/// A sound topology with one change that makes it unsound, and every line that must be said about it.
struct BadTopology: CustomTestStringConvertible, Sendable {
    let original: String
    let replacement: String
    /// Without the file's name.
    let errors: [String]

    init(_ original: String, _ replacement: String, _ errors: String...) {
        self.init(original, replacement, errors)
    }

    init(_ original: String, _ replacement: String, _ errors: [String]) {
        self.original = original
        self.replacement = replacement
        self.errors = errors
    }

    var testDescription: String { replacement.isEmpty ? "without \(original)" : replacement }

    /// The lines must be exactly these, in this order.
    func expectErrors() throws {
        let text = Self.sound.replacingOccurrence(original, replacement)
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
        #expect(refusal.errors.map(\.description) == errors.map { "lab.yaml:" + $0 })
    }

    static let sound = """
        version: 1
        name: lab
        operators:
          op-1: {stake: 300 SOL}
          op-2: {stake: 200 SOL}
          op-3: {stake: 100 SOL}
        restakers:
          r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}
        services:
          squares:
            module: squaring
            threshold: 2/3
            operators: all
            load: {tasks: 1000, rate: 200/s}
            deadline: 1s
            evidence-window: 2s
        faults:
          - {operator: op-3, does: equivocate, at: task 500}
        expect:
          slashed: [op-3]

        """
}

extension String {
    /// With the first occurrence of `other` replaced, which must be there.
    func replacingOccurrence(_ other: String, _ replacement: String) -> String {
        guard let range = firstRange(of: other) else { preconditionFailure("no \(other) in the text") }
        return self[..<range.lowerBound] + replacement + self[range.upperBound...]
    }
}
