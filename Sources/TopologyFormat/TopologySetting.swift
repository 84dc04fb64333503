/// A key of a topology that is to have another value than its file says: `ledger.allocation=unique`,
/// `services.*.slash.policy=correlated`.
package struct TopologySetting: Hashable, Sendable {
    /// Keys from the root; `*` is every key that the file has there.
    package let path: [String]
    /// In YAML.
    package let value: String

    package init(_ path: [String], _ value: String) {
        self.path = path
        self.value = value
    }

    package init(_ text: String) throws(GrammarMistake) {
        guard let equals = text.firstIndex(of: "=") else { throw Self.mistake(text) }
        let path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map {
            String($0).trimmingSpaces
        }
        let value = String(text[text.index(after: equals)...]).trimmingSpaces
        guard path.allSatisfy({ !$0.isEmpty }), path.count <= SourceDocument.maximumDepth, !value.isEmpty else {
            throw Self.mistake(text)
        }
        self.init(path, value)
    }

    private static func mistake(_ text: String) -> GrammarMistake {
        .isNot(text, "a setting", write: "ledger.allocation=unique")
    }
}

extension TopologySetting: CustomStringConvertible {
    package var description: String { "\(path.joined(separator: "."))=\(value)" }
}

extension SourceNode {
    /// Mistakes are told where the file has the key, or what it is added to.
    mutating func apply(_ setting: TopologySetting, mistakes: MistakeCollector) {
        let path = setting.path.joined(separator: ".")
        let ownMistakes = MistakeCollector(file: "")
        let value = SourceDocument.read(setting.value, mistakes: ownMistakes)
        guard let value, ownMistakes.isEmpty else {
            for mistake in ownMistakes.all.errors { mistakes.report(mistake.message, path: path, at: nil) }
            return
        }
        if !set(value, at: setting.path[...]) {
            mistakes.report("the topology has nothing of this name that could have such a key", path: path, at: nil)
        }
    }

    /// - Returns: false where a key on the way is no mapping, or `*` finds none.
    private mutating func set(_ value: SourceNode, at path: ArraySlice<String>) -> Bool {
        guard let key = path.first else {
            self = value.moved(to: position)
            return true
        }
        var entries: [Entry]
        switch content {
        case .mapping(let present): entries = present
        case .empty: entries = []
        default: return false
        }
        var places = entries.indices.filter { key == "*" || entries[$0].key == key }
        if places.isEmpty, key != "*" {
            entries.append(
                Entry(key: key, keyPosition: position, value: SourceNode(position: position, content: .empty)))
            places = [entries.count - 1]
        }
        guard !places.isEmpty else { return false }
        for place in places where !entries[place].value.set(value, at: path.dropFirst()) { return false }
        content = .mapping(entries)
        return true
    }

    private func moved(to position: SourcePosition) -> SourceNode {
        let content: Content =
            switch content {
            case .sequence(let nodes): .sequence(nodes.map { $0.moved(to: position) })
            case .mapping(let entries):
                .mapping(
                    entries.map { Entry(key: $0.key, keyPosition: position, value: $0.value.moved(to: position)) })
            default: content
            }
        return SourceNode(position: position, content: content)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
