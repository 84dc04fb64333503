import Primitives

extension TopologyReader {
    static func expectations(_ field: Field, roster: OperatorRoster?, services: [ServicePlan]?) -> Expectations {
        var expect = Expectations()
        guard var keys = field.mapping(example: "{slashed: [op-3], certified: 100%}") else { return expect }
        if let slashed = keys.field("slashed"), let roster {
            expect.slashed = roster.members(slashed, allowsAll: false) ?? []
        }
        if let revoked = keys.field("revoked"), let services {
            let names = services.enumerated().map { ($1.name, ServiceID(UInt32($0))) }
            let listed = revoked.elements(example: "[squares]") ?? []
            expect.revoked = Set(listed.compactMap { $0.read(ScalarGrammar.choice("a service", of: names)) }).sorted()
        }
        if let certified = keys.field("certified") { readCertified(certified, into: &expect) }
        expect.quorumLatency = keys.field("quorum-latency").map(latencyBounds) ?? []
        expect.verdicts = keys.field("verdicts").map(verdicts) ?? [:]
        keys.reportUnknownKeys()
        return expect
    }

    /// `100%`: the least share; or `{at-least: 90%, at-most: 99%}`, one or both.
    private static func readCertified(_ field: Field, into expect: inout Expectations) {
        guard !field.isScalar else {
            expect.certified = field.read(.share(example: "100%"))
            return
        }
        guard var bounds = field.mapping(example: "100% or {at-most: 0%}") else { return }
        expect.certified = bounds.optional("at-least", .share(example: "90%"))
        expect.certifiedAtMost = bounds.optional("at-most", .share(example: "0%"))
        bounds.reportUnknownKeys()
        if let least = expect.certified, let most = expect.certifiedAtMost, most < least {
            field.report("at-least is more than at-most; exchange them")
        }
        if field.isEmptyMapping { field.report("no bound is given; write {at-least: 90%} or {at-most: 0%}") }
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
