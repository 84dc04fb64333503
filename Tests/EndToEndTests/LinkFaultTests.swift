import Foundation
import Links
import Messages
import Primitives
import Records
import SystemPackage
import Testing
import Verdicts

extension EndToEnd {
    /// Partitions and slow links between real processes.
    @Suite(.timeLimit(.minutes(4))) struct LinkFaultTests {
        private let session = try! CommandLineSession()

        private func records(in run: String = "runs/latest") throws -> RunRecords {
            try RunRecords.load(directory: FilePath(session.directory.appending(path: run).path))
        }

        private func network(_ terms: String) -> String {
            Networks.topology(tasks: 200, expect: "{slashed: [], certified: 100%}").replacing(
                "link: {", with: "\(terms), link: {", maxReplacements: 1)
        }

        // MARK: From a topology

        /// Long enough for every connection of op-1 to break, on which the others do not depend.
        @Test func whoIsCutOffForSecondsComesBackAndIsNotSlashed() async throws {
            let partitions =
                "partitions: [{isolate: op-1, at: 500ms, for: 3300ms}, {between: op-5, and: ledger, at: 0ms, for: 1s}]"
            let changes = "changes: [{between: op-2, at: 1s, for: 1s, latency: 20ms, loss: 1%}]"
            try session.write(network("\(partitions), \(changes)"), to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let records = try records()
            let one = Party.signer(OperatorIndex(0))
            #expect(
                records.interventions.filter { $0.party == one }.map(\.act) == [
                    .cutOff(partition: 0, side: .between),
                    .slowed(change: 2, side: .and, delay: .nanoseconds(740_500_000)), .restored(change: 2),
                    .rejoined(partition: 0),
                ])
            let log = try String(
                contentsOf: session.directory.appending(path: "runs/latest/logs/op-1.log"), encoding: .utf8)
            let lines = log.split(separator: "\n")
            // Whichever end is the second to give a connection up sees the other's end.
            #expect(lines.count { $0.contains("disconnected from") } >= 6, "\(log)")
            #expect(lines.count { $0.contains("connected with") } >= 12, "twice with everyone: \(log)")
            // What it could not see it did not vote on in time; what it sees after that it does.
            let votes = records.nodes.filter { $0.party == one }.flatMap(\.notes).count { note in
                if case .attested = note.observation { true } else { false }
            }
            #expect(votes > 20 && votes <= 200)
            let replay = try await session.run("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
            #expect(session.processes().isEmpty)
        }

        /// Where nobody can form a quorum, nothing is lost: what is open when the halves meet is certified then.
        @Test func whatIsOpenWhenThePartitionHealsIsCertified() async throws {
            let topology = network("partitions: [{between: [op-1, op-4], and: rest, at: 1s, for: 700ms}]")
            try session.write(topology, to: "small.yaml")
            let run = try await session.run("run", "small.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let history = RunHistory(try records())
            let cut = try #require(history.tasks.first { $0.task.sequence.number == 45 })
            let certified = try #require(cut.certified)
            let rejoined = try #require(
                try records().interventions.last { $0.act == .rejoined(partition: 0) })
            #expect(certified > rejoined.at, "not before it healed")
            #expect(history.tasks.first?.certified.map { $0 < rejoined.at } == true, "others long before")
        }

        // MARK: Regions

        /// No vote is faster than the table; and who signs is who is near.
        @Test func aQuorumTakesAtLeastAsLongAsTheTable() async throws {
            let regions = Region.allCases.enumerated().map { place, region in
                "\(region.rawValue): [op-\(place + 1)\(place == 0 ? ", coordinator-squares" : "")]"
            }
            try session.write(
                """
                version: 1
                name: world
                seed: 7
                guard: written
                network: {dissemination: star, regions: {\(regions.joined(separator: ", "))}}
                operators: {count: 9, stake: equal, total: 900 SOL}
                services:
                  squares:
                    module: squaring
                    threshold: 2/3
                    load: {tasks: 30, rate: 10/s}
                    deadline: 2s
                    evidence-window: 2s
                expect: {slashed: [], certified: 100%}
                """, to: "world.yaml")
            let run = try await session.run("run", "world.yaml")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            let history = RunHistory(try records())
            #expect(history.tasks.count == 30)
            for task in history.tasks {
                let latency = try #require(task.certified) - task.task.issued
                #expect(latency >= .milliseconds(191), "the seventh of nine is in Mumbai: \(latency)")
            }
            // Sydney and Singapore are further away than a quorum needs; at first everybody still asks for its own votes.
            let certificates = history.certificates.filter { $0.party.isCoordinator }.map(\.certificate)
            let near = certificates.count { certificate in
                [Region.apSoutheast1, .apSoutheast2].allSatisfy { region in
                    !certificate.signers.contains(MemberIndex(UInt32(Region.allCases.firstIndex(of: region)!)))
                }
            }
            #expect(near * 2 > certificates.count, "\(near) of \(certificates.count)")
        }

        // MARK: Live

        private var environment: [String: String] { ["XDG_RUNTIME_DIR": session.directory.path] }

        @discardableResult
        private func quorate(_ arguments: String...) async throws -> CommandLineSession.Outcome {
            let child = try session.start(arguments, environment: environment)
            await child.ended()
            return try session.outcome(of: child)
        }

        private func status() async throws -> [String: Any] {
            let outcome = try await quorate("status", "--json")
            return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }

        @Test func aLiveClusterIsPartedAndHealed() async throws {
            try session.write(
                Networks.topology(tasks: 5, deadline: "800ms", window: "1200ms"), to: "small.yaml")
            let up = try await quorate("up", "small.yaml", "--detach")
            #expect(up.status == 0, "\(up.output)\(up.errors)")
            #expect(try await quorate("heal").status == 2)

            // 55 of 100 are away: nobody has a quorum.
            let parted = try await quorate("partition", "op-1,op-2", "rest")
            #expect(
                parted.status == 0 && parted.output == "partition 1: op-1, op-2 | rest; undo it: quorate heal 1\n",
                "\(parted.output)\(parted.errors)")
            let expired = try await quorate("task", "submit", "squares", "12", "--wait")
            #expect(expired.status == 1 && expired.output.contains("expired"), "\(expired.output)\(expired.errors)")
            let slow = try await quorate("slow", "op-4", "--latency", "8ms", "--loss", "1%", "--for", "1h")
            #expect(slow.status == 0, "\(slow.errors)")
            let network = try #require(try await status()["network"] as? [[String: Any]])
            #expect(network.map { $0["kind"] as? String } == ["partition", "slow"])
            #expect(network[1]["terms"] as? [String: String] == ["latency": "8ms", "loss": "1%"])
            #expect(network[0]["ends_in_ms"] == nil && network[1]["ends_in_ms"] != nil)
            // Whoever comes into it later is in it too.
            #expect(try await quorate("restart", "op-2").status == 0)
            let still = try await quorate("task", "submit", "squares", "12", "--wait")
            #expect(still.status == 1, "\(still.output)\(still.errors)")

            let healed = try await quorate("heal")
            #expect(
                healed.status == 0 && healed.output.hasPrefix("healed: partition 1: op-1, op-2 | rest\nhealed: slow 2"))
            #expect(try await status()["network"] as? [String] == [])
            // They are connected again within a second or two: as soon as a retry comes.
            var outcome = try await quorate("task", "submit", "squares", "12", "--wait")
            while outcome.status == 1 { outcome = try await quorate("task", "submit", "squares", "12", "--wait") }
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")

            let nobody = try await quorate("partition", "op-9")
            #expect(
                nobody.status == 2
                    && nobody.errors == "op-9 is not an operator; the operators are op-1, op-2, op-3, op-4, op-5\n")
            #expect(try await quorate("partition", "--isolate", "coordinator-squares").status == 0)
            let down = try await quorate("down")
            #expect(down.status == 0, "\(down.output)\(down.errors)")
            #expect(down.errors.contains("healed: partition 3: coordinator-squares | rest"), "\(down.errors)")
            #expect(session.processes().isEmpty)
            let replay = try await quorate("replay", "runs/latest")
            #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
        }
    }
}
