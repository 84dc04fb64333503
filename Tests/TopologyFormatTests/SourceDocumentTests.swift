import Primitives
import Testing

@testable import TopologyFormat

struct SourceDocumentTests {
    @Test(arguments: mistakes)
    func refusesExactly(topology: BadTopology) throws {
        try topology.expectErrors()
    }

    static let mistakes = [
        BadTopology(
            "version: 1", "[1, 2",
            "2:5: not readable as YAML: did not find expected ',' or ']' while parsing a flow sequence (1:1)"),
        BadTopology(
            "version: 1", "a: \tb: c",
            "1:6: not readable as YAML: mapping values are not allowed in this context"),
        BadTopology("version: 1\n", "", "1:1: version is missing; write version: 1"),
        BadTopology(
            "version: 1", "version: 2",
            "1:10: version: 2 is not a version of the format that is known here; write 1"),
        BadTopology(
            "name: lab", "name: lab\nname: lob\nname: lub",
            "3:1: name is given twice, first at 2:1",
            "4:1: name is given twice, first at 2:1"),
        BadTopology("name: lab", "\"name\": lab\n'name': lob", "3:1: name is given twice, first at 2:1"),
        BadTopology(
            "name: lab", "name: Lab_1",
            "2:7: name: Lab_1 is not a name; write 1 to 32 of a-z, 0-9 and -, not beginning with -"),
        BadTopology(
            "name: lab", "name: yes",
            "2:7: name: yes is not a name: other YAML readers take it for a boolean; write another"),
        BadTopology(
            "name: lab", "on: yes\nname: lab",
            "2:1: unknown key on; the keys here are version, name, seed, ledger, assets, base-validators, native-pool, network, guard, operators, "
                + "services, restakers, faults, chaos, timeline, expect"),
        BadTopology("name: lab\n", "", "1:1: name is missing; write name: quickstart"),
        BadTopology("name: lab", "name: [lab]", "2:7: name: a list is not a name; write quickstart"),
        BadTopology(
            "name: lab", "name: !!binary bGFi",
            "2:7: tag:yaml.org,2002:binary: tags are not part of a topology"),
        BadTopology(
            "name: lab", "name: &n lab\nseed: *n",
            "3:7: *n: aliases are not part of a topology; write the value out"),
        BadTopology(
            "name: lab", "name: lab\n<<: {seed: 1}",
            "3:1: unknown key <<; the keys here are version, name, seed, ledger, assets, base-validators, native-pool, network, guard, operators, "
                + "services, restakers, faults, chaos, timeline, expect"),
        BadTopology("name: lab", "name: lab\n? [a]\n: b", "3:3: a key must be a single name"),
        BadTopology(
            "name: lab", "name: lab\n---\nname: lob",
            "3:1: a second document begins here; a topology is one document"),
        BadTopology("name: lab", "name: lab\nseed: -1", "3:7: seed: -1 is not a whole number; write 42"),
        BadTopology(
            "name: lab", "name: lab\nseed: 18446744073709551616",
            "3:7: seed: 18446744073709551616 is not within 0 to 18446744073709551615"),
        BadTopology(
            "name: lab", "name: lab\nguard: syncd",
            "3:8: guard: syncd is not a guard mode; did you mean synced?"),
        BadTopology(
            "name: lab", "name: lab\ntimeline: [{at: epoch 3}]",
            "3:12: timeline[0]: who does something is missing; write {at: epoch 3, restaker: r-1, undelegate: 50 SOL, from: op-2}"
        ),
        BadTopology("faults:\n", "fautls:\n", "17:1: unknown key fautls; did you mean faults?"),
        BadTopology(
            "name: lab", "name: lab\nzzzzzz: 1",
            "3:1: unknown key zzzzzz; the keys here are version, name, seed, ledger, assets, base-validators, native-pool, network, guard, "
                + "operators, services, restakers, faults, chaos, timeline, expect"),
        BadTopology(
            "name: lab", "name: lab\nledger: {preset: fsat}",
            "3:18: ledger.preset: fsat is not a ledger preset; did you mean fast?"),
        BadTopology(
            "name: lab", "name: lab\nledger: {preset: fast, slot: 60s, slots-per-epoch: 10000000}",
            "3:9: ledger: unbonding takes longer than 8760h; make slots, epochs or unbonding shorter"),
        BadTopology(
            "name: lab", "name: lab\nnetwork: {dissemination: ring, link: {latency: 2, jitter: -1ms}}",
            "3:26: network.dissemination: ring is not a dissemination; write mesh or star",
            "3:48: network.link.latency: 2 has no unit; write 2ms",
            "3:59: network.link.jitter: -1ms is negative; a duration is not"),
        BadTopology(
            "name: lab", "name: lab\nnetwork: mesh",
            "3:10: network: mesh is not a mapping; write {dissemination: mesh}"),
    ]

    /// Composing or hashing what the alias stands for would take longer than the universe has existed.
    @Test func takesNoAliasBombs() throws {
        var text = "a0: &a0 [x, x]\n"
        for level in 1...60 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        text += "? *a60\n: 1\n"
        let errors = try refusal(of: text).map(\.description)
        #expect(errors.contains("bomb.yaml:2:10: *a0: aliases are not part of a topology; write the value out"))
    }

    @Test(arguments: [
        ("[", 100_000, "bomb.yaml:1:1: nested more than 16 deep"),
        ("- ", 17, "bomb.yaml:1:33: nested more than 16 deep"),
        ("- a\n", 200_001, "bomb.yaml:200000:3: more than 200000 values; a topology has fewer"),
        ("#", 1 << 20 | 1, "bomb.yaml: the text is larger than 1 MiB"),
        ("", 1, "bomb.yaml: the file is empty; a topology begins with version: 1"),
        ("# nothing\n", 1, "bomb.yaml: the file is empty; a topology begins with version: 1"),
        ("lab", 1, "bomb.yaml:1:1: lab is not a mapping; write version: 1"),
        ("a: \u{7}", 1, "bomb.yaml:1:4: not readable as YAML: control characters are not allowed"),
    ])
    func isBounded(piece: String, count: Int, error: String) throws {
        let last = try refusal(of: String(repeating: piece, count: count)).last
        #expect(last?.description == error)
    }

    /// Repeated keys are masked one by one; beyond 64 what is left is told in one line.
    @Test func endsOnManyRepeatedKeys() throws {
        let errors = try refusal(of: String(repeating: "name: a\n", count: 100))
        #expect(errors.map(\.message) == ["a mapping has keys more than once: name"])
    }

    /// Windows line ends and a byte-order mark are no mistakes, and positions hold.
    @Test func readsWindowsText() throws {
        let windows = "\u{FEFF}" + BadTopology.sound.split(separator: "\n").joined(separator: "\r\n")
        #expect(try Topology.parse(windows, file: "lab.yaml") == Topology.parse(BadTopology.sound, file: "lab.yaml"))
        let errors = try refusal(of: windows + "\r\nname: lob\r\n")
        #expect(errors.map(\.description) == ["bomb.yaml:21:1: name is given twice, first at 2:1"])
    }

    /// Whatever the bytes, there is a topology or a reason; the seed is the mutation's number.
    @Test func neverTrapsOnMutatedText() throws {
        let sound = Array(BadTopology.sound.utf8)
        let pieces = [
            "&a", "*a", "? ", ": ", "- ", "{", "}", "[", "]", "\"", "'", "|", "!!map", "<<", "..", "%", "-", "9", "#",
            "\n",
        ]
        for seed in 0..<1_500 as Range<UInt64> {
            var random = SeededRandom(seed: seed, purpose: "mutated topology")
            var bytes = sound
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...127, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 9))
                default: bytes.insert(contentsOf: pieces.randomElement(using: &random)!.utf8, at: place)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                _ = try Topology.parse(text, file: "mutated.yaml")
            } catch {
                #expect(!error.errors.isEmpty, "mutation \(seed)")
            }
        }
    }

    private func refusal(of text: String) throws -> [TopologyError] {
        try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "bomb.yaml") }.errors
    }
}
