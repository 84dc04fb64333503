import Messages
import Primitives
import Testing

@testable import TopologyFormat

/// Topologies with other values than their text has.
@Suite struct TopologySettingTests {
    private static func parse(_ settings: String...) throws -> Topology {
        try Topology.parse(
            BadTopology.sound, file: "lab.yaml", with: settings.map { text in try TopologySetting(text) })
    }

    @Test func aKeyThatIsThereHasTheOtherValueAndTheRestIsAsItWas() throws {
        var topology = try Self.parse("services.squares.threshold=3/4")
        #expect(topology.services[0].threshold == Fraction(3, over: 4))
        topology.services[0].threshold = .twoThirds
        #expect(try topology == Topology.parse(BadTopology.sound, file: "lab.yaml"))
    }

    @Test func aKeyThatIsNotThereIsAddedAlsoBelowOthersThatAreNot() throws {
        #expect(try Self.parse("ledger.allocation=unique").ledger.allocation == .unique)
        #expect(try Self.parse("services.squares.slash.policy=correlated").services[0].slash.policy == .correlated)
    }

    @Test func aStarIsEveryKeyAndTheLaterOfTwoHolds() throws {
        let topology = try Self.parse("operators.*.stake=7 SOL", " operators.op-2 . stake = 9 SOL ")
        #expect(topology.operators.map(\.stake.number) == [7_000_000_000, 9_000_000_000, 7_000_000_000])
    }

    @Test func aValueMayBeAnyYAML() throws {
        let slash = try Self.parse("services.squares.slash={equivocation: 10%, to: r-1}").services[0].slash
        #expect(slash.equivocation == .basisPoints(1_000))
        #expect(slash.destination == .account(.restaker(RestakerIndex(0))))
        #expect(try Self.parse("expect={slashed: []}").expect.slashed == [])
    }

    @Test(arguments: [
        (
            "ledger.allocation=uniqe",
            "lab.yaml:1:1: ledger.allocation: uniqe is not an allocation; did you mean unique?"
        ),
        (
            "services.squares.threshold=0.5",
            "lab.yaml:12:16: services.squares.threshold: 0.5 is not a fraction; write 1/2"
        ),
        ("seed.x=1", "lab.yaml:1:1: seed: a mapping is not a whole number; write 42"),
        ("name.x=1", "lab.yaml: name.x: the topology has nothing of this name that could have such a key"),
        (
            "restakers.*.nothing.*=1",
            "lab.yaml: restakers.*.nothing.*: the topology has nothing of this name that could have such a key"
        ),
        (
            "services.squares.slash={a: [",
            "lab.yaml: services.squares.slash: not readable as YAML: did not find expected node content while parsing a "
                + "flow node (2:1)"
        ),
    ])
    func mistakesAreToldWhereTheFileHasTheKey(setting: String, error: String) throws {
        let refusal = try #require(throws: TopologyErrors.self) { try Self.parse(setting) }
        #expect(refusal.description == error)
    }

    @Test(arguments: ["", "ledger.allocation", "=1", "a..b=1", "ledger.allocation="])
    func whatIsNoSettingIsRefused(text: String) throws {
        let mistake = try #require(throws: GrammarMistake.self) { try TopologySetting(text) }
        #expect(mistake.message.hasSuffix("is not a setting; write ledger.allocation=unique"))
    }
}
