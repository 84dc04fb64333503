import Yams

/// YAML text to `SourceNode`s; the only place that knows the YAML library.
///
/// Bounded: text by `maximumBytes`, values by `maximumNodes`, nesting by `maximumDepth`, and no aliases. No scalar is
/// given a type here: `on`, `yes` and `1e3` stay the text that they are.
struct SourceDocument {
    static let maximumBytes = 1 << 20
    static let maximumNodes = 200_000
    static let maximumDepth = 16

    private let mistakes: MistakeCollector
    private var text: SourceText
    private var nodeCount = 0

    /// - Returns: nil when there is nothing that a topology could be read from; the reason has been reported.
    static func read(_ text: String, mistakes: MistakeCollector) -> SourceNode? {
        guard text.utf8.count <= maximumBytes else {
            mistakes.report("the text is larger than 1 MiB", at: nil)
            return nil
        }
        var document = SourceDocument(mistakes: mistakes, text: SourceText(text))
        guard let root = document.compose() else { return nil }
        return document.node(root, depth: 1)
    }

    // MARK: Composing

    private mutating func compose() -> Node? {
        while true {
            do {
                if let root = try Parser(yaml: text.string, resolver: .basic, encoding: .utf8).singleRoot() {
                    return root
                }
                mistakes.report("the file is empty; a topology begins with version: 1", at: nil)
                return nil
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let position = Self.position(context.mark)
                if text.maskKey(at: position) { continue }
                let names = keys.prefix(3).map { text.unmasked($0).abridged }.joined(separator: ", ")
                let more = keys.count > 3 ? " and \(keys.count - 3) more" : ""
                mistakes.report("a mapping has keys more than once: \(names)\(more)", at: position)
            } catch let error as YamlError {
                report(error)
            } catch {
                mistakes.report("not readable as YAML: \(error)", at: nil)
            }
            return nil
        }
    }

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem == "but found another document" {
                mistakes.report("a second document begins here; a topology is one document", at: Self.position(mark))
                return
            }
            if problem.hasPrefix("Maximum nesting") {
                mistakes.report("nested more than \(Self.maximumDepth) deep", at: Self.position(mark))
                return
            }
            var message = "not readable as YAML: \(problem)"
            if let context { message += " \(context.text) (\(context.mark.line):\(context.mark.column))" }
            if text.hasAnchors { message += "; anchors (&name) are not part of a topology" }
            mistakes.report(message, at: Self.position(mark))
        case .reader(let problem, let offset, _, let yaml):
            mistakes.report("not readable as YAML: \(problem)", at: offset.map { Self.position(of: $0, in: yaml) })
        default:
            mistakes.report("not readable as YAML: \(error)", at: nil)
        }
    }

    // MARK: Converting

    private mutating func node(_ node: Node, depth: Int) -> SourceNode {
        let position = node.mark.map(Self.position) ?? SourcePosition(line: 1, column: 1)
        nodeCount += 1
        if nodeCount > Self.maximumNodes {
            if nodeCount == Self.maximumNodes + 1 {
                mistakes.report("more than \(Self.maximumNodes) values; a topology has fewer", at: position)
            }
            return SourceNode(position: position, content: .mistaken)
        }
        if depth > Self.maximumDepth {
            return mistaken("nested more than \(Self.maximumDepth) deep", at: position)
        }
        guard Self.plainTags.contains(node.tag.description) else {
            return mistaken("\(node.tag.description.abridged): tags are not part of a topology", at: position)
        }
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, at: position)
        case .sequence(let sequence):
            let elements = sequence.map { self.node($0, depth: depth + 1) }
            return SourceNode(position: position, content: .sequence(elements))
        case .mapping(let mapping): return self.mapping(mapping, at: position, depth: depth)
        case .alias: return mistaken("aliases are not part of a topology; write the value out", at: position)
        }
    }

    private func scalar(_ scalar: Node.Scalar, at position: SourcePosition) -> SourceNode {
        if scalar.style == .plain {
            if SourceText.isAlias(scalar.string) {
                let name = text.unmasked(scalar.string).abridged
                return mistaken("\(name): aliases are not part of a topology; write the value out", at: position)
            }
            if ["", "~", "null"].contains(scalar.string) { return SourceNode(position: position, content: .empty) }
        }
        return SourceNode(position: position, content: .scalar(text.unmasked(scalar.string)))
    }

    private mutating func mapping(_ mapping: Node.Mapping, at position: SourcePosition, depth: Int) -> SourceNode {
        var entries: [SourceNode.Entry] = []
        for (key, value) in mapping {
            let keyNode = node(key, depth: depth + 1)
            let valueNode = node(value, depth: depth + 1)
            switch keyNode.content {
            case .scalar(let name):
                entries.append(.init(key: name, keyPosition: keyNode.position, value: valueNode))
            case .empty: mistakes.report("an empty key", at: keyNode.position)
            case .sequence, .mapping: mistakes.report("a key must be a single name", at: keyNode.position)
            case .mistaken: break
            }
        }
        return SourceNode(position: position, content: .mapping(entries))
    }

    private func mistaken(_ message: String, at position: SourcePosition) -> SourceNode {
        mistakes.report(message, at: position)
        return SourceNode(position: position, content: .mistaken)
    }

    // MARK: Positions

    private static let plainTags = [Tag.Name.implicit, .str, .seq, .map].map(\.rawValue)

    private static func position(_ mark: Mark) -> SourcePosition {
        SourcePosition(line: mark.line, column: mark.column)
    }

    /// - Parameter offset: in characters, as the library counts them.
    private static func position(of offset: Int, in text: String) -> SourcePosition {
        let before = text.prefix(offset)
        let line = before.reduce(1) { $1.isNewline ? $0 + 1 : $0 }
        let column = before.reversed().prefix { !$0.isNewline }.count + 1
        return SourcePosition(line: line, column: column)
    }
}
