import Messages
import Primitives
import Testing
import TopologyFormat

/// What somebody says to the ledger of a network that is up.
@Suite struct LedgerWordsTests {
    private static func topology() throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: small
            operators:
              op-1: {stake: 300 SOL}
              op-2: {stake: 200 SOL}
            restakers:
              r-1: {deposit: 50 SOL, delegate: {op-1: 20 SOL}}
            services:
              squares:
                module: squaring
                threshold: 2/3
                operators: all
                load: {tasks: 100, rate: 200/s}
            """, file: "small.yaml")
    }

    private func words(_ pairs: [(String, String)]) -> [LedgerWord] { pairs.map { LedgerWord(key: $0, value: $1) } }

    @Test func anEntryOfATimelineHappensNow() throws {
        let topology = try Self.topology()
        let amount = TimelinePlan.Amount(asset: "SOL", units: Units(5_000_000_000))
        #expect(
            try topology.act(words([("restaker", "r-1"), ("deposit", "5 SOL")]))
                == .deposit(.restaker(RestakerIndex(0)), amount))
        #expect(
            try topology.act(words([("operator", "op-2"), ("commission", "10%")]))
                == .setCommission(OperatorIndex(1), BasisPoints(1_000)!))
        #expect(try topology.act(words([("forward", "2 epochs")])) == .forward(epochs: 2))
    }

    @Test func evidenceIsSubmittedByAnAccount() throws {
        let topology = try Self.topology()
        #expect(try topology.account(words([("restaker", "r-1")])) == .restaker(RestakerIndex(0)))
        #expect(try topology.account(words([("restaker", "op-2")])) == .signer(OperatorIndex(1)))
        #expect(try topology.account(words([("operator", "op-2")])) == .signer(OperatorIndex(1)))
    }

    @Test(
        arguments: [
            ([], "who submits the evidence is missing; write restaker=r-1 or operator=op-2"),
            ([("restaker", "r-2")], "restaker: r-2 is not a restaker"),
            ([("operator", "r-1")], "operator: r-1 is not an operator"),
            ([("restaker", "r-1"), ("operator", "op-1")], "operator: one submits it; leave this out"),
            ([("restaker", "r-1"), ("deposit", "5 SOL")], "deposit does not go with the others here; leave it out"),
            ([("restakr", "r-1")], "unknown key restakr; did you mean restaker?"),
            ([("restaker", "r-1"), ("restaker", "r-1")], "restaker"),
        ] as [([(String, String)], String)])
    func whoSubmitsIsOneWhoIsThere(pairs: [(String, String)], message: String) throws {
        let topology = try Self.topology()
        let mistake = #expect(throws: GrammarMistake.self) { try topology.account(words(pairs)) }
        #expect(mistake?.message.contains(message) == true, "\(mistake?.message ?? "")")
    }

    @Test(
        arguments: [
            ([("at", "epoch 3"), ("restaker", "r-1"), ("claim", "rewards")], "at: it happens now, and once"),
            ([("restaker", "r-1"), ("depsit", "5 SOL")], "depsit"),
            ([("restaker", "r-1"), ("deposit", "5")], "deposit: 5"),
        ] as [([(String, String)], String)])
    func wrongWordsAreNamed(pairs: [(String, String)], message: String) throws {
        let topology = try Self.topology()
        let mistake = #expect(throws: GrammarMistake.self) { try topology.act(words(pairs)) }
        #expect(mistake?.message.contains(message) == true, "\(mistake?.message ?? "")")
    }
}
