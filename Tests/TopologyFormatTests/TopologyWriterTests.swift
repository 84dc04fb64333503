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
                ledger:
                  preset: fast
                  slot: 50ms
                  slots-per-epoch: 32
                  unbonding-epochs: 2
                  allocation: shared
                  veto: none
                  protocol-fee: 7%
                  reporter-reward: 5%
                  minimum-self-delegation: 0 SOL
                  council: {members: 5, quorum: 3, voting-epochs: 1}
                  disputes: {bond: 1 SOL, voting-epochs: 1}
                  release: {operators: epoch 0, services: epoch 0, slashing: epoch 0, caps: {}}
                network:
                  dissemination: mesh
                  link: {latency: 0ms, jitter: 0ms, loss: 0%, duplicate: 0%, reorder: 0%}
                  partitions: []
                  changes: []
                guard: synced
                assets: {}
                base-validators: {}
                native-pool: {concentration: 100%, movable: 25%, horizon: 30}
                operators:
                  op-1: {stake: 1 SOL, commission: 0%}
                  op-2: {stake: 1 SOL, commission: 0%}
                  op-3: {stake: 1 SOL, commission: 0%}
                restakers: {}
                services:
                  squares:
                    module: squaring
                    threshold: 2/3
                    accountability: required
                    operators: all
                    slash: {equivocation: 5%, wrong-result: 0%, policy: fixed, cap: 100%, to: burn}
                    assets: {}
                    reward: {per-task: 0 SOL, per-epoch: 0 SOL, budget: 0 SOL}
                    jail: {window: 100, least: 1/2, epochs: 2}
                    admission: open
                    disputes: void
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
        ledger:
          preset: mainnet-like
          slot: 1.5s
          slots-per-epoch: 7
          unbonding-epochs: 9
          allocation: unique
          veto: 8 slots
          protocol-fee: 6.5%
          reporter-reward: 1/9
          minimum-self-delegation: 1 lamport
          council: {members: 7, quorum: 4, voting-epochs: 2}
          disputes: {bond: 2.5 SOL, voting-epochs: 3}
          release: {operators: epoch 1, services: epoch 2, slashing: epoch 3, caps: {epoch 0: 100 SOL, epoch 4: 200 SOL}}
        assets:
          mSOL: {rate: 1.25 SOL, weight: 90%, cap: 1000 SOL, rate-bound: 25 bps, points: 7}
          INF: {}
        base-validators:
          v-1: {yield: 7%/year, mev: 0.1%/epoch, commission: 5%, mev-share: 80%, limit: 500 SOL}
          "1e3": {yield: 1/7/epoch}
        native-pool: {concentration: 40%, movable: 10%, horizon: 9}
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
            - {isolate: ["1e3", op-3], at: 7s}
            - {halves: all, for: 2s, one-way: true}
            - {ring: ["1e3", op-1, "007", op-2, coordinator-last], at: 1s}
          changes:
            - {between: ["1e3", coordinator-007], at: 1.5s, for: 3ns, latency: 80ms, loss: 0%}
            - {between: op-2, and: op-3, one-way: true, jitter: 1us, bandwidth: 1.5Mbit/s}
            - {loss: 1/3, duplicate: 50%, reorder: 0.1%}
        guard: written
        operators:
          "1e3": {stake: 0 SOL}
          op-1: {stake: 0.000000001 SOL, services: ["007"]}
          "007": {stake: 7 SOL, commission: 12.5%}
          op-2: {stake: 2 SOL, services: [squares], allocate: {squares: 1/3, own: 20%}}
          op-3: {stake: 3 SOL}
        restakers:
          r-1: {deposit: [5 SOL, 3 INF, 2.5 mSOL], delegate: {"1e3": [1.5 SOL, 2 mSOL], op-3: 1 lamport}}
          "null": {deposit: 1 SOL}
        services:
          squares:
            module: squaring
            threshold: 40/100
            accountability: none
            operators: [op-3, "1e3", op-2]
            slash: {equivocation: 1/3, wrong-result: 12%, policy: correlated, cap: 1/2, to: r-1}
            assets: {INF: 0%, mSOL: 50%}
            reward: {per-task: 1 lamport, per-epoch: 2 SOL, budget: 3 SOL}
            jail: {window: 10, least: 30%, epochs: 5}
            admission: list
            disputes: slash
            load: {tasks: 50, rate: 30/min, arrival: poisson}
            deadline: 1ms
            evidence-window: 90s
          "007": {module: squaring, load: {tasks: 9, in-flight: 3}, slash: {equivocation: 0.0625%}}
          last: {module: squaring, operators: all, slash: {to: service}, jail: none, disputes: none}
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
          - {operator: op-3, does: equivocate-late, delay: 300ms}
          - {operator: op-3, does: twin}
          - {operator: op-3, does: amnesia, at: task 3, disk: older}
          - {operators: [op-2, op-3], does: just-below}
          - {operator: op-3, does: slow, delay: 50ms, for: 2 tasks}
          - {operator: op-3, does: withhold, probability: 1/7}
          - {operator: op-3, does: selective, to: [op-2, "007"]}
          - {operator: op-3, does: clock-step, by: -1.5s}
          - {operator: op-3, does: clock-drift, by: 2%}
          - {operator: op-3, does: replay, as: network, probability: 1/7}
          - {operator: op-3, does: flood, rate: 70/s}
          - {operator: op-3, does: false-accusation, as: forged-signature, against: op-2}
          - {operator: op-3, does: crash, point: guard, disk: empty, for: 1s}
          - {operator: op-3, does: pause}
          - {coordinator: last, does: pause, for: 300ms}
          - {coordinator: last, does: coordinator-censors, against: [op-2, op-3]}
        timeline:
          - {at: start, restaker: r-1, deposit: 1.5 mSOL}
          - {at: epoch 3, restaker: r-1, withdraw: 1/3}
          - {at: task 3 of squares, every: 5 tasks, times: 4, restaker: "1e3", delegate: 50% of mSOL, to: op-2}
          - {at: 2s, every: 500ms, times: 2, restaker: r-1, undelegate: 2 SOL, from: op-3}
          - {at: epoch 1, every: 2 epochs, times: 3, restaker: r-1, emergency-exit: INF, from: op-3}
          - {at: start, restaker: r-1, claim: rewards}
          - {at: start, restaker: "1e3", propose: jupSOL, rate: 1.1 SOL, weight: 80%, cap: 9 SOL, rate-bound: 2%, points: 3}
          - {at: start, restaker: r-1, accept: jupSOL}
          - {at: start, restaker: "null", reject: jupSOL}
          - {at: start, restaker: r-1, dispute: task 3 of squares}
          - {at: start, operator: op-2, client: "agave 2.1.0"}
          - {at: start, operator: op-2, client: "1e3", class: service-specific}
          - {at: start, operator: op-2, commission: 3%}
          - {at: start, operator: op-2, opt-in: last}
          - {at: start, operator: op-2, opt-out: squares}
          - {at: start, operator: op-2, allocate: 1/7, to: squares}
          - {at: start, operator: op-2, unjail: squares}
          - {at: start, operator: op-2, leaves: all}
          - {at: start, operator: op-2, void: disputes}
          - {at: start, operator: op-2, uphold: disputes}
          - {at: start, service: squares, admit: op-1}
          - {at: start, service: squares, expel: op-1}
          - {at: start, service: squares, fund: 4 SOL}
          - {at: start, service: squares, post: task 3 of squares, to: last}
          - {at: start, service: squares, consume: next}
          - {at: start, service: squares, cancel-slash-of: op-3}
          - {at: start, asset: mSOL, rate: -1%}
          - {at: start, asset: mSOL, rate: "+1/7"}
          - {at: start, asset: INF, rate: 1.5 SOL}
          - {at: start, validator: v-1, yield: 3%/year}
          - {at: start, council-lists: jupSOL}
          - {at: start, council-pauses: mSOL}
          - {at: start, council-resumes: mSOL}
          - {at: start, council-retires: mSOL}
          - {at: start, council-sets: mSOL, rate: -30%}
          - {at: start, council-ends: squares}
          - {at: start, forward: 3 epochs}
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
