import Links
import Messages
import Primitives
import Testing

@testable import TopologyFormat

/// Partitions and slow links as somebody orders them on a command line.
@Suite struct LinkWordsTests {
    private static func word(_ key: String, _ values: String...) -> LinkWord { LinkWord(key: key, values: values) }

    private func topology() throws -> Topology { try Topology.parse(BadTopology.sound, file: "lab.yaml") }

    private func refusal(_ body: (Topology) throws -> Void) throws -> String {
        let topology = try topology()
        return try #require(throws: GrammarMistake.self) { try body(topology) }.message
    }

    @Test func anEntryOfATopologyForNow() throws {
        let topology = try topology()
        let (one, coordinator) = (Party.signer(OperatorIndex(0)), Party.coordinator(ServiceID(0)))
        let cut = try topology.partitions([
            Self.word("between", "op-1", "coordinator-squares"), Self.word("and", "rest"), Self.word("for", "3s"),
        ])
        #expect(cut.count == 1 && cut[0].between == [one, coordinator].sorted() && cut[0].lasts == .seconds(3))
        #expect(cut[0].and == [.ledger, .signer(OperatorIndex(1)), .signer(OperatorIndex(2))].sorted())
        #expect(try topology.partitions([Self.word("isolate", "op-1", "op-2")]).count == 2)
        #expect(try topology.partitions([Self.word("halves", "all")]).count == 1)
        let slow = try topology.linkChange([Self.word("between", "op-1"), Self.word("latency", "80ms")])
        #expect(slow.change == LinkChange(latency: .milliseconds(80)) && slow.begins == .zero && slow.lasts == nil)
    }

    @Test func mistakesAreNamedByTheOption() throws {
        #expect(
            try refusal { _ = try $0.partitions([Self.word("between", "op-9")]) }
                == "op-9 is not an operator; the operators are op-1, op-2, op-3")
        #expect(
            try refusal { _ = try $0.partitions([Self.word("between", "op-1"), Self.word("for", "3")]) }
                == "--for: 3 has no unit; write 3ms")
        #expect(
            try refusal { _ = try $0.partitions([Self.word("isolate", "op-1", "op-x")]) }
                == "--isolate: op-x is not an operator; the operators are op-1, op-2, op-3")
        #expect(
            try refusal { _ = try $0.linkChange([Self.word("between", "op-1"), Self.word("loss", "0.01")]) }
                == "--loss: 0.01 is not a share; write 1%")
        #expect(
            try refusal { _ = try $0.linkChange([Self.word("between", "ledger"), Self.word("loss", "1%")]) }
                .hasPrefix("the ledger stands beside everyone"))
    }
}
