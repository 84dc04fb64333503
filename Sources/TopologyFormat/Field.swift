/// A value of the document under the path by which a person finds it.
///
/// Every accessor reports what is wrong by itself and then returns nil, so that reading goes on and finds the rest.
struct Field {
    let node: SourceNode
    let path: String
    let mistakes: MistakeCollector

    func report(_ message: String) {
        mistakes.report(message, path: path, at: node.position)
    }

    /// A single value, by its grammar.
    func read<Value>(_ grammar: ScalarGrammar<Value>) -> Value? {
        switch node.content {
        case .mistaken: return nil
        case .sequence: report("a list is not \(grammar.noun)\(grammar.hint)")
        case .mapping: report("a mapping is not \(grammar.noun)\(grammar.hint)")
        case .empty: report("an empty value is not \(grammar.noun)\(grammar.hint)")
        case .scalar(let text):
            do throws(GrammarMistake) {
                return try grammar.parse(text)
            } catch {
                report(error.message)
            }
        }
        return nil
    }

    /// The elements of a list; their paths count from 0.
    func elements(example: String) -> [Field]? {
        switch node.content {
        case .sequence(let nodes):
            return nodes.enumerated().map { Field(node: $1, path: "\(path)[\($0)]", mistakes: mistakes) }
        case .empty: return []
        case .mistaken: return nil
        case .scalar(let text): report("\(text.abridged) is not a list; write \(example)")
        case .mapping: report("a mapping is not a list; write \(example)")
        }
        return nil
    }

    /// A mapping whose keys are names that the author of the topology chose; each name once.
    func namedFields(example: String) -> [NamedField]? {
        switch node.content {
        case .mapping(let entries): return named(entries)
        case .empty: return []
        case .mistaken: return nil
        case .scalar(let text): report("\(text.abridged) is not a mapping; write \(example)")
        case .sequence: report("a list is not a mapping; write \(example)")
        }
        return nil
    }

    /// A mapping whose keys belong to the grammar.
    func mapping(example: String) -> MappingReader? {
        namedFields(example: example).map { MappingReader(field: self, entries: $0) }
    }

    struct NamedField {
        let name: String
        let namePosition: SourcePosition
        let value: Field

        /// The name itself, to be read by a grammar.
        var nameField: Field {
            let node = SourceNode(position: namePosition, content: .scalar(name))
            return Field(node: node, path: value.path, mistakes: value.mistakes)
        }
    }

    private func named(_ entries: [SourceNode.Entry]) -> [NamedField] {
        var first: [String: SourcePosition] = [:]
        var fields: [NamedField] = []
        for entry in entries {
            let name = entry.key.abridged
            if let earlier = first[entry.key] {
                mistakes.report(
                    "\(name) is given twice, first at \(earlier.line):\(earlier.column)", path: path,
                    at: entry.keyPosition)
                continue
            }
            first[entry.key] = entry.keyPosition
            let value = Field(node: entry.value, path: path.isEmpty ? name : "\(path).\(name)", mistakes: mistakes)
            fields.append(NamedField(name: entry.key, namePosition: entry.keyPosition, value: value))
        }
        return fields
    }
}
