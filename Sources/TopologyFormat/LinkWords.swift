import Primitives

/// One key of a partition or a slow link as somebody writes it on a command line, with its value, or the elements of a
/// list.
package struct LinkWord: Codable, Hashable, Sendable {
    package var key: String
    package var values: [String]

    package init(key: String, values: [String]) {
        self.key = key
        self.values = values
    }

    fileprivate var entry: SourceNode.Entry {
        let position = SourcePosition(line: 1, column: 1)
        let nodes = values.map { SourceNode(position: position, content: .scalar($0)) }
        return SourceNode.Entry(
            key: key, keyPosition: position,
            value: nodes.count == 1 ? nodes[0] : SourceNode(position: position, content: .sequence(nodes)))
    }
}

extension Topology {
    /// Reads a partition of a network of this topology that runs already: an entry of `partitions:`, for now.
    package func partitions(_ words: [LinkWord]) throws(GrammarMistake) -> [PartitionPlan] {
        try read(words) { $0.partition($1) }
    }

    /// Reads a change of links of a network of this topology that runs already: an entry of `changes:`, for now.
    package func linkChange(_ words: [LinkWord]) throws(GrammarMistake) -> LinkChangePlan {
        try read(words) { $0.change($1) }
    }

    private func read<Value>(
        _ words: [LinkWord], _ body: (LinkSpellReader, Field) -> Value?
    ) throws(GrammarMistake) -> Value {
        let mistakes = MistakeCollector(file: "")
        let position = SourcePosition(line: 1, column: 1)
        let field = Field(
            node: SourceNode(position: position, content: .mapping(words.map(\.entry))), path: "", mistakes: mistakes)
        let reader = LinkSpellReader(
            parties: PartyReader(roster: OperatorRoster(operators), services: services))
        guard let value = body(reader, field), mistakes.isEmpty else {
            throw GrammarMistake(mistakes.all.errors.map(Self.message).joined(separator: "\n"))
        }
        return value
    }

    /// By the name of the option, where it has one.
    private static func message(_ error: TopologyError) -> String {
        let key = error.path.prefix { $0 != "[" }
        switch key {
        case "", "between", "and", "ring", "halves": return error.message
        default: return "--\(key): \(error.message)"
        }
    }
}
