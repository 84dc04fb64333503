import ArgumentParser
import Testing
import TopologyFormat

@testable import quorate

/// How partitions and slow links are written on a command line.
@Suite struct LinkCommandTests {
    private static func partition(_ arguments: String...) throws -> [LinkWord] {
        try PartitionCommand.parse(arguments).words
    }

    private static func words(_ words: (String, [String])...) -> [LinkWord] {
        words.map { LinkWord(key: $0, values: $1) }
    }

    @Test func sidesStandApartByBlanksOrABar() throws {
        let expected = Self.words(("between", ["op-1", "op-2"]), ("and", ["op-3..op-5", "ledger"]))
        for arguments in [
            ["op-1,op-2", "op-3..op-5,ledger"], ["op-1,op-2 | op-3..op-5,ledger"],
            ["op-1, op-2", "|", "op-3..op-5 , ledger"], ["op-1,", "op-2", "op-3..op-5", ",ledger"],
            ["op-1, op-2|op-3..op-5, ledger"],
        ] {
            #expect(try PartitionCommand.parse(arguments).words == expected, "\(arguments)")
        }
        #expect(try Self.partition("op-1") == Self.words(("between", ["op-1"])))
        #expect(
            try Self.partition("op-1", "rest", "--one-way", "--for", "3s")
                == Self.words(("between", ["op-1"]), ("and", ["rest"]), ("one-way", ["true"]), ("for", ["3s"])))
    }

    @Test func shapes() throws {
        #expect(try Self.partition("--isolate", "op-1, op-3") == Self.words(("isolate", ["op-1", "op-3"])))
        #expect(try Self.partition("--halves") == Self.words(("halves", ["all"])))
        #expect(
            try Self.partition("--ring", "op-1,op-2,op-3,op-4")
                == Self.words(("ring", ["op-1", "op-2", "op-3", "op-4"])))
    }

    @Test(arguments: [
        ([], "who is cut off?"), (["op-1", "op-2", "op-3"], "there are 3 sides"),
        (["op-1 |"], "nobody is on one of the sides"), (["op-1 | op-2 | op-3"], "there are 3 sides"),
        (["--isolate", "op-1", "op-2"], "leave the other nodes out"), (["--ring", "op-1", "op-2"], "take one list"),
        (["--ring", "--halves"], "give one of them"),
    ])
    func whatNobodyCanMean(arguments: [String], reason: String) throws {
        let error = try #require(throws: (any Error).self) { try PartitionCommand.parse(arguments) }
        #expect(PartitionCommand.message(for: error).contains(reason))
    }

    @Test func slowLinks() throws {
        #expect(
            try SlowCommand.parse(["op-4", "--latency", "80ms", "--loss", "1%", "--to", "op-1,op-2"]).words
                == Self.words(
                    ("between", ["op-4"]), ("and", ["op-1", "op-2"]), ("latency", ["80ms"]), ("loss", ["1%"])))
        #expect(try SlowCommand.parse(["--reorder", "2%"]).words == Self.words(("reorder", ["2%"])))
        for (arguments, reason) in [(["op-4"], "nothing changes"), (["op-4", "op-5", "--loss", "1%"], "2 lists")] {
            let error = try #require(throws: (any Error).self) { try SlowCommand.parse(arguments) }
            #expect(SlowCommand.message(for: error).contains(reason))
        }
    }
}
