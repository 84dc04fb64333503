import Faults
import Primitives
import Testing

@testable import TopologyFormat

@Suite struct ChaosReaderTests {
    private static func topology(_ text: String, network: String = "{dissemination: mesh}") throws -> Topology {
        try Topology.parse(
            BadTopology.sound.replacingOccurrence("name: lab", "name: lab\nnetwork: \(network)\nchaos: \(text)"),
            file: "lab.yaml")
    }

    @Test func everyKeyHasADefault() throws {
        let chaos = try #require(try Self.topology("{}").chaos)
        #expect(chaos.every == .seconds(5) && chaos.lasting == .seconds(5) && chaos.within == Fraction(1, over: 3)!)
        #expect(chaos.of == ChaosPlan.standardWords(in: .mesh))
        #expect(try Topology.parse(BadTopology.sound, file: "lab.yaml").chaos == nil)
    }

    @Test func whatIsWrittenIsRead() throws {
        let chaos = try Self.topology(
            "{every: 2s, lasting: 500ms, of: [churn, crash, slow-link, equivocate], within: 2/5}"
        ).chaos
        #expect(
            chaos
                == ChaosPlan(
                    every: .seconds(2), lasting: .milliseconds(500),
                    of: [.fault(.equivocate), .fault(.crash), .slowLink, .churn], within: Fraction(2, over: 5)!))
    }

    /// What comes into the catalogue can be drawn, unless it says why not.
    @Test func theWordsAreThoseOfTheCatalogue() {
        let words = Set(ChaosPlan.Word.all.map(\.text))
        let others: Set<Behaviour> = [.twin, .collusion, .ledgerCrash]
        for behaviour in Behaviour.allCases {
            #expect(words.contains(behaviour.rawValue) == !others.contains(behaviour))
        }
        #expect(words.isSuperset(of: ["partition", "isolate", "slow-link", "lossy-link", "churn"]))
    }

    /// Nobody is slashed for what is drawn where nothing is said.
    @Test(arguments: NetworkPlan.Dissemination.allCases)
    func standardWordsAreHarmless(dissemination: NetworkPlan.Dissemination) throws {
        let words = ChaosPlan.standardWords(in: dissemination)
        for case .fault(let behaviour) in words { #expect(!behaviour.isProvable) }
        #expect(words.contains(.fault(.selective)) == (dissemination == .mesh))
        #expect(
            words.contains(.fault(.coordinatorCrash)) && words.contains(.fault(.powerLoss)) && words.contains(.churn))
        #expect(try Self.topology("{}", network: "{dissemination: \(dissemination.rawValue)}").chaos?.of == words)
    }

    @Test func itIsWrittenAsItReads() throws {
        let topology = try Self.topology("{every: 2s, of: [pause, lossy-link]}")
        #expect(
            topology.yaml.contains(
                "\nchaos: {every: 2000ms, lasting: 2000ms, of: [pause, lossy-link], within: 1/3}\n")
                || topology.yaml.contains("\nchaos: {every: 2s, lasting: 2s, of: [pause, lossy-link], within: 1/3}\n"))
        #expect(try Topology.parse(topology.yaml, file: "lab.yaml") == topology)
    }

    @Test(arguments: [
        ("{of: [twin]}", "chaos.of[0]: a twin is there from the start; leave it out, or put it into faults"),
        ("{of: [collusion]}", "happens when its coordinator equivocates"),
        ("{of: [silnt]}", "chaos.of[0]: silnt is not something to draw; did you mean silent?"),
        ("{of: []}", "chaos.of: there is nothing to draw from"),
        ("{of: [crash, crash]}", "chaos.of[1]: crash is listed twice"),
        ("{within: 0/3}", "chaos.within: 0/3 leaves room for nobody; write 1/3"),
        ("{within: 4/3}", "chaos.within: 4/3 is more than all stake; write 1/3"),
        ("{within: 33%}", "chaos.within: 33% is not a fraction; write 1/3"),
        ("{within: 1/10}", "chaos: 1/10: every operator holds as much or more of a service"),
        ("{every: 1ms}", "chaos.every: 1ms"),
        ("{evry: 1s}", "chaos: unknown key evry; did you mean every?"),
    ])
    func mistakes(text: String, message: String) throws {
        let refusal = try #require(throws: TopologyErrors.self) { try Self.topology(text) }
        #expect(refusal.errors.count == 1 && "\(refusal.errors[0])".contains(message), "\(refusal)")
    }

    @Test func inAStarNobodyCanBeShownAnotherVote() throws {
        let refusal = try #require(throws: TopologyErrors.self) {
            try Self.topology("{of: [selective]}", network: "{dissemination: star}")
        }
        #expect("\(refusal)".contains("chaos.of[0]: in a star votes go to the coordinator alone"))
    }

    /// By the file, and by what a command line says instead.
    @Test func whatWouldBeTooManyIsRefused() throws {
        let text = BadTopology.sound
            .replacingOccurrence("load: {tasks: 1000, rate: 200/s}", "load: {tasks: 200000, rate: 10/s}")
        let refusal = try #require(throws: TopologyErrors.self) {
            try Topology.parse(text + "chaos: {every: 1s}\n", file: "lab.yaml")
        }
        #expect(
            "\(refusal)".contains(
                "chaos.every: in 20000s that is 20000 faults, and 10000 is the limit; write every: 2s"),
            "\(refusal)")
        let topology = try Self.topology("{every: 1s}")
        let mistake = #expect(throws: GrammarMistake.self) {
            try topology.overridden(by: Topology.Overrides(rate: Rate(count: 1, period: .seconds(60))))
        }
        #expect(mistake?.message.hasPrefix("chaos.every: in 1000m that is 60000 faults") == true, "\(mistake as Any)")
    }
}
