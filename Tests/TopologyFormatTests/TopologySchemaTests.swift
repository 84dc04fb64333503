import Testing

@testable import TopologyFormat

/// The schema and the reader know the same keys and the same words.
@Suite struct TopologySchemaTests {
    private static let strange = "zzzzzzzzzzzzzzzzzzzz"

    /// For each mapping of the schema, by its path, a topology with a strange key in it: the reader's answer lists those
    /// that it knows.
    private static let strangers: [String: (original: String, replacement: String)] = [
        "": ("version: 1", "version: 1\n\(strange): 1"),
        "ledger": ("name: lab", "name: lab\nledger: {\(strange): 1}"),
        "network": ("name: lab", "name: lab\nnetwork: {\(strange): 1}"),
        "network.link": ("name: lab", "name: lab\nnetwork: {link: {\(strange): 1}}"),
        "network.regions/1": ("name: lab", "name: lab\nnetwork: {regions: {\(strange): 1}}"),
        "network.partitions[]": ("name: lab", "name: lab\nnetwork: {partitions: [{\(strange): 1}]}"),
        "network.changes[]": ("name: lab", "name: lab\nnetwork: {changes: [{\(strange): 1}]}"),
        "operators/0": (
            "  op-1: {stake: 300 SOL}\n  op-2: {stake: 200 SOL}\n  op-3: {stake: 100 SOL}\n",
            "  {count: 3, stake: equal, total: 3 SOL, \(strange): 1}\n"
        ),
        "operators/1.*": ("stake: 300 SOL", "stake: 300 SOL, \(strange): 1"),
        "restakers.*": ("deposit: 100 SOL", "deposit: 100 SOL, \(strange): 1"),
        "services.*": ("module: squaring", "module: squaring\n    \(strange): 1"),
        "services.*.slash": ("module: squaring", "module: squaring\n    slash: {\(strange): 1}"),
        "services.*.load": ("tasks: 1000", "tasks: 1000, \(strange): 1"),
        "services.*.reward": ("module: squaring", "module: squaring\n    reward: {\(strange): 1}"),
        "services.*.jail/1": ("module: squaring", "module: squaring\n    jail: {\(strange): 1}"),
        "ledger.council": ("name: lab", "name: lab\nledger: {council: {\(strange): 1}}"),
        "ledger.disputes": ("name: lab", "name: lab\nledger: {disputes: {\(strange): 1}}"),
        "ledger.release": ("name: lab", "name: lab\nledger: {release: {\(strange): 1}}"),
        "assets.*": ("name: lab", "name: lab\nassets: {mSOL: {\(strange): 1}}"),
        "base-validators.*": ("name: lab", "name: lab\nbase-validators: {v-1: {yield: 7%/year, \(strange): 1}}"),
        "native-pool": ("name: lab", "name: lab\nnative-pool: {\(strange): 1}"),
        "timeline[]": ("name: lab", "name: lab\ntimeline: [{at: start, forward: 1 epoch, \(strange): 1}]"),
        "chaos": ("name: lab", "name: lab\nchaos: {\(strange): 1}"),
        "faults[]": ("does: equivocate", "does: equivocate, \(strange): 1"),
        "expect": ("slashed: [op-3]", "\(strange): 1"),
        "expect.certified/1": ("slashed: [op-3]", "certified: {\(strange): 1}"),
        "expect.quorum-latency": ("slashed: [op-3]", "quorum-latency: {\(strange): 1}"),
        "expect.verdicts": ("slashed: [op-3]", "verdicts: {\(strange): 1}"),
    ]

    private static func keys(of schema: TopologySchema, path: String) -> [String: [String]] {
        var found: [String: [String]] = [:]
        func look(_ schema: TopologySchema, _ path: String) {
            switch schema.form {
            case .words, .text, .freeText, .name, .number: break
            case .list(let element, _): look(element, "\(path)[]")
            case .named(let value, _), .map(_, let value): look(value, "\(path).*")
            case .either(let schemas): for (place, schema) in schemas.enumerated() { look(schema, "\(path)/\(place)") }
            case .keys(let keys, _):
                found[path] = keys.map(\.name)
                for key in keys { look(key.value, path.isEmpty ? key.name : "\(path).\(key.name)") }
            }
        }
        look(schema, path)
        return found
    }

    @Test func everyMappingHasTheKeysThatTheReaderKnows() throws {
        var schema = Self.keys(of: .topology, path: "")
        for percentile in Expectations.Percentile.allCases {
            #expect(schema.removeValue(forKey: "expect.quorum-latency.\(percentile.rawValue)") == ["at-most"])
        }
        #expect(schema.keys.sorted() == Self.strangers.keys.sorted(), "each mapping is probed, and no other")
        for (path, change) in Self.strangers {
            let text = BadTopology.sound.replacingOccurrence(change.original, change.replacement)
            let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
            let answer = try #require(
                refusal.errors.map(\.message).first { $0.hasPrefix("unknown key \(Self.strange)") }, "\(path)")
            let known = try #require(answer.split(separator: "the keys here are ").last).split(separator: ", ")
            #expect(known.map(String.init).sorted() == schema[path]?.sorted(), "\(path)")
        }
    }

    @Test func whatTheSchemaRequiresIsWhatTheReaderMisses() throws {
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse("{}", file: "lab.yaml") }
        let missing = refusal.errors.compactMap { $0.message.split(separator: " is missing").first.map(String.init) }
        guard case .keys(let keys, _) = TopologySchema.topology.form else { return }
        #expect(keys.filter(\.isRequired).map(\.name) == missing)
    }
}
