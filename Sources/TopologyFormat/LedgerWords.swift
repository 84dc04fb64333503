import Primitives

/// One word of an instruction as somebody writes it on a command line: `undelegate=50 SOL`.
package struct LedgerWord: Codable, Hashable, Sendable {
    package var key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

extension Topology {
    /// Reads an instruction for the ledger of a network of this topology that runs already: an entry of a timeline, for
    /// now.
    package func act(_ words: [LedgerWord]) throws(GrammarMistake) -> TimelinePlan.Act {
        for key in ["at", "every", "times"] where words.contains(where: { $0.key == key }) {
            throw GrammarMistake("\(key): it happens now, and once; leave this out")
        }
        return try read([LedgerWord(key: "at", value: "start")] + words) { $0.plan($1)?.act }
    }

    /// Reads who submits evidence: `restaker=r-1` or `operator=op-2`.
    package func account(_ words: [LedgerWord]) throws(GrammarMistake) -> TimelinePlan.Account {
        try read(words) { $0.submitter($1) }
    }

    private func read<Value>(
        _ words: [LedgerWord], _ body: (TimelineReader, Field) -> Value?
    ) throws(GrammarMistake) -> Value {
        let mistakes = MistakeCollector(file: "")
        let position = SourcePosition(line: 1, column: 1)
        let entries = words.map { word in
            SourceNode.Entry(
                key: word.key, keyPosition: position,
                value: SourceNode(position: position, content: .scalar(word.value)))
        }
        let field = Field(
            node: SourceNode(position: position, content: .mapping(entries)), path: "", mistakes: mistakes)
        let reader = TimelineReader(
            roster: OperatorRoster(operators), restakers: restakers, services: services, assets: nil,
            validators: nativePool.validators)
        guard let value = body(reader, field), mistakes.isEmpty else {
            throw GrammarMistake(
                mistakes.all.errors.map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
                    .joined(separator: "\n"))
        }
        return value
    }
}
