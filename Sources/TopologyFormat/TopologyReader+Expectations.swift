import Primitives

extension TopologyReader {
    static func expectations(_ field: Field, roster: OperatorRoster?) -> Expectations {
        var expect = Expectations()
        guard var keys = field.mapping(example: "{slashed: [op-3], certified: 100%}") else { return expect }
        if let slashed = keys.field("slashed"), let roster {
            expect.slashed = roster.members(slashed, allowsAll: false) ?? []
        }
        expect.certified = keys.optional("certified", .share(example: "100%"))
        expect.quorumLatency = keys.field("quorum-latency").map(latencyBounds) ?? []
        expect.verdicts = keys.field("verdicts").map(verdicts) ?? [:]
        keys.reportUnknownKeys()
        return expect
    }

    /// `{p99: {at-most: 250ms}}`
    private static func latencyBounds(_ field: Field) -> [QuorumLatencyBound] {
        guard var keys = field.mapping(example: "{p99: {at-most: 250ms}}") else { return [] }
        var bounds: [QuorumLatencyBound] = []
        for percentile in Expectations.Percentile.allCases {
            guard var bound = keys.field(percentile.rawValue)?.mapping(example: "{at-most: 250ms}") else { continue }
            if let atMost = bound.require("at-most", .duration(example: "250ms")) {
                bounds.append(QuorumLatencyBound(percentile: percentile, atMost: atMost))
            }
            bound.reportUnknownKeys()
        }
        keys.reportUnknownKeys()
        return bounds
    }

    /// `{liveness: violated}`
    private static func verdicts(_ field: Field) -> [String: String] {
        guard var keys = field.mapping(example: "{liveness: violated}") else { return [:] }
        var verdicts: [String: String] = [:]
        for oracle in Expectations.oracleNames {
            verdicts[oracle] = keys.optional(oracle, .word("a verdict", of: Expectations.verdictNames))
        }
        keys.reportUnknownKeys()
        return verdicts
    }
}
