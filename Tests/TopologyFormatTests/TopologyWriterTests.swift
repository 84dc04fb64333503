import Faults
import Foundation
import Messages
import Primitives
import Testing

@testable import TopologyFormat

@Suite struct TopologyWriterTests {
    private static let topologies = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Topologies/").standardizedFileURL

    private func expectToReadBack(_ text: String) throws {
        var topology = try Topology.parse(text, file: "lab.yaml")
        let written = topology.yaml
        var again = try Topology.parse(written, file: "written.yaml")
        #expect(again.yaml == written)
        // Where a program stands in its file is not what a topology says.
        let nowhere = SourcePosition(line: 0, column: 0)
        for service in topology.services.indices { topology.services[service].program?.position = nowhere }
        for service in again.services.indices { again.services[service].program?.position = nowhere }
        #expect(again == topology, "\(written)")
    }

    @Test func everyTopologyOfTheProjectReadsBack() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.topologies, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "yaml" }
        #expect(files.count > 5)
        for file in files { try expectToReadBack(try String(contentsOf: file, encoding: .utf8)) }
    }

    @Test func defaultsAreFilledInAndTheSeedIsNot() throws {
        let topology = try Topology.parse(
            "{version: 1, name: lab, operators: {count: 3, stake: equal, total: 3 SOL}, services: {squares: {module: squaring}}}",
            file: "lab.yaml")
        #expect(
            topology.yaml == """
                version: 1
                name: lab
                ledger: {preset: fast, slot: 50ms, slots-per-epoch: 32, unbonding-epochs: 2}
                network:
                  dissemination: mesh
                  link: {latency: 0ms, jitter: 0ms, loss: 0%, duplicate: 0%, reorder: 0%}
                  partitions: []
                guard: synced
                operators:
                  op-1: {stake: 1 SOL}
                  op-2: {stake: 1 SOL}
                  op-3: {stake: 1 SOL}
                restakers: {}
                services:
                  squares:
                    module: squaring
                    threshold: 2/3
                    accountability: required
                    operators: all
                    slash: {equivocation: 5%}
                    load: {tasks: 1000, rate: 200/s, arrival: fixed}
                    deadline: 1s
                    evidence-window: 2s
                faults: []
                timeline: []
                expect:
                  slashed: []
                  revoked: []
                  quorum-latency: {}
                  verdicts: {}

                """)
    }

    /// Every key of the format with another value than the default, and names that YAML would take for something else.
    static let exhaustive = """
        version: 1
        name: "null"
        seed: 18446744073709551615
        ledger: {preset: mainnet-like, slot: 1.5s, slots-per-epoch: 7, unbonding-epochs: 9}
        network:
          dissemination: mesh
          link: {jitter: 1500ns, loss: 0.25%, duplicate: 1/7, reorder: 100%, bandwidth: 1500.5 Mbit/s}
          regions:
            sa-east-1: ["007", coordinator-last]
            ap-south-1: ["1e3", op-1, op-2..op-3, coordinator-007]
          partitions:
            - {between: ["1e3", coordinator-007], at: 1.5s, for: 3ns}
            - {between: "1e3..op-2", and: [ledger, op-3], one-way: true}
            - {between: coordinator-squares, and: rest}
        guard: written
        operators:
          "1e3": {stake: 0 SOL}
          op-1: {stake: 0.000000001 SOL, services: ["007"]}
          "007": {stake: 7 SOL}
          op-2: {stake: 2 SOL, services: [squares]}
          op-3: {stake: 3 SOL}
        restakers:
          r-1: {deposit: 5 SOL, delegate: {"1e3": 1.5 SOL, op-3: 1 lamport}}
          "null": {deposit: 1 SOL}
        services:
          squares:
            module: squaring
            threshold: 40/100
            accountability: none
            operators: [op-3, "1e3", op-2]
            slash: {equivocation: 1/3}
            load: {tasks: 50, rate: 30/min, arrival: poisson}
            deadline: 1ms
            evidence-window: 90s
          "007": {module: squaring, load: {tasks: 9, in-flight: 3}, slash: {equivocation: 0.0625%}}
          last: {module: squaring, operators: all}
          own:
            module: exec
            command: ["./it's \\"mine\\"", "", "--size=8", "7", "true", "a\\tb\\\\c\\u2028"]
            time-limit: 1ms
            memory-limit: 1.5 GiB
            output-limit: 100 bytes
            validate: results
            load: {tasks: 5, rate: 9/s, payload: ["${task}: {\\"a\\": ${random}}", "on", "#no comment", "\\uFEFF*\\uFFFEü😀"]}
          plain: {module: exec, command: [cat], load: {in-flight: 2}}
        faults:
          - {operator: op-3, does: silent, at: 1.5s, for: 3 tasks, service: squares}
          - {operator: "007", does: equivocate, at: task 3, for: 2s, probability: 12.5%}
          - {operators: [op-2, op-3], does: crash, at: start, for: 300ms}
          - {coordinator: squares, does: coordinator-equivocates, at: task 4, for: 2 tasks, probability: 1/7}
          - {operators: "1e3", does: collusion}
          - {operator: op-2, does: collusion, service: squares}
          - {coordinator: last, does: coordinator-crash, point: persist, for: 1s}
          - {operator: op-3, does: equivocate-split}
        timeline: []
        expect:
          slashed: [op-1..op-3, "1e3"]
          revoked: [squares, "007"]
          certified: {at-least: 0.01%, at-most: 99/100}
          quorum-latency: {p50: {at-most: 1ms}, p999: {at-most: 1h}, max: {at-most: 0ms}}
          verdicts: {liveness: unknown, agreement: not-applicable}

        """

    /// Words of the grammar are names too, and latency is said where there are no regions.
    @Test func namesThatAreWordsReadBack() throws {
        try expectToReadBack(
            BadTopology.sound.replacingOccurrence("  op-2:", "  rest:").replacingOccurrence(
                "name: lab",
                """
                name: lab
                network:
                  link: {latency: 1us, bandwidth: 1001bit/s}
                  partitions: [{between: op-1, and: [rest]}, {between: rest}]
                """))
        try expectToReadBack(
            BadTopology.sound.replacingOccurrence("name: lab", "name: lab\nnetwork: {regions: spread}"))
    }

    @Test func whateverTheFormatCanSayReadsBack() throws {
        try expectToReadBack(Self.exhaustive)
        try expectToReadBack(BadTopology.sound)
    }

    /// Sizes, distributions and loads by the hundred.
    @Test func generatedTopologiesReadBack() throws {
        for count in [3, 4, 31, 33, 100] {
            for (stake, load) in [
                ("equal", "{rate: 7/h, tasks: 3}"), ("zipf(1.25)", "{in-flight: 10000}"),
                ("whale", "{arrival: poisson}"), ("solana", "{tasks: 1}"),
            ] {
                let fault = "{operators: op-2..op-\(count), does: equivocate, probability: 1/\(count)}"
                try expectToReadBack(
                    """
                    version: 1
                    name: lab
                    operators: {count: \(count), stake: \(stake), total: 0.00\(count)7 SOL}
                    services: {squares: {module: squaring, operators: [op-1, op-3], load: \(load)}, audits: {module: squaring}}
                    faults: [\(fault)]
                    expect: {slashed: op-2..op-\(count), certified: \(count)%}
                    """)
            }
        }
    }
}
