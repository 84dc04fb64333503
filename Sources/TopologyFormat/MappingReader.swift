/// Reads a mapping key by key and remembers which keys it was asked for: the others are unknown.
struct MappingReader {
    let field: Field
    private let entries: [Field.NamedField]
    private var known: [String] = []

    init(field: Field, entries: [Field.NamedField]) {
        self.field = field
        self.entries = entries
    }

    /// The value under a key; nil when the key is absent.
    mutating func field(_ key: String) -> Field? {
        known.append(key)
        return entries.first { $0.name == key }?.value
    }

    /// The value under a key that must be there.
    mutating func requiredField(_ key: String, example: String) -> Field? {
        let value = field(key)
        if value == nil { field.report("\(key) is missing; write \(key): \(example)") }
        return value
    }

    /// A single value; nil when it is absent or mistaken.
    mutating func optional<Value>(_ key: String, _ grammar: ScalarGrammar<Value>) -> Value? {
        field(key)?.read(grammar)
    }

    /// A single value, or the default when it is absent or mistaken.
    mutating func read<Value>(_ key: String, _ grammar: ScalarGrammar<Value>, default value: Value) -> Value {
        optional(key, grammar) ?? value
    }

    /// A single value that must be there; nil when it is absent or mistaken.
    mutating func require<Value>(_ key: String, _ grammar: ScalarGrammar<Value>) -> Value? {
        requiredField(key, example: grammar.example)?.read(grammar)
    }

    /// Of a mapping whose keys depend on one another: as `reportUnknownKeys`, and those of `all` that were not asked for
    /// are out of place.
    func reportUnknownKeys(of all: [String]) {
        for entry in entries where !known.contains(entry.name) {
            let name = entry.name.abridged
            let message =
                all.contains(entry.name)
                ? "\(name) does not go with the others here; leave it out"
                : "unknown key \(name); "
                    + (NearestName.of(entry.name, among: all).map { "did you mean \($0)?" }
                        ?? "the keys here are \(all.joined(separator: ", "))")
            field.mistakes.report(message, path: field.path, at: entry.namePosition)
        }
    }

    /// To be called once every key of the grammar has been asked for: reports the others.
    func reportUnknownKeys() {
        for entry in entries where !known.contains(entry.name) {
            let name = entry.name.abridged
            let advice =
                NearestName.of(entry.name, among: known).map { "did you mean \($0)?" }
                ?? "the keys here are \(known.joined(separator: ", "))"
            field.mistakes.report("unknown key \(name); \(advice)", path: field.path, at: entry.namePosition)
        }
    }
}
