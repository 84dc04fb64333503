import Faults
import Foundation
import Testing

extension EndToEnd {
    /// Every adversary, and every fault of links, by the topology that shows it.
    @Suite(.timeLimit(.minutes(4))) struct CatalogueTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Topologies/faults")

        private static var names: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(atPath: folder.path)
                    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
            }
        }

        @Test func everyAdversaryHasATopologyThatSaysWhatItShowsAndExpects() throws {
            #expect(Set(try Self.names).isSuperset(of: Behaviour.allCases.map(\.rawValue)))
            for name in try Self.names {
                let text = try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
                #expect(text.hasPrefix("# Shows:  ") && text.contains("\n# Expect: "), "\(name)")
                #expect(text.contains("\nexpect:\n") && text.contains("\nname: \(name)\n"), "\(name)")
                guard Behaviour(rawValue: name) != nil else { continue }
                #expect(text.contains(try Regex("does: \(name)[,}]")), "\(name)")
            }
        }

        @Test(arguments: [true, false]) func allAreAsTheyExpect(simulated: Bool) async throws {
            let session = try CommandLineSession()
            let mode = simulated ? ["--simulated", "--jobs", "2"] : ["--jobs", "4"]
            let outcome = try await session.run(["test", Self.folder.path, "--json"] + mode)
            #expect(outcome.status == 0, "\(outcome.output)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let counts = try #require(document["counts"] as? [String: Int])
            #expect(counts["passed"] == (try Self.names.count) && counts["skipped"] == 0)
            #expect(session.processes().isEmpty)
        }

        @Test func aCommandListsThem() async throws {
            let session = try CommandLineSession()
            let all = try await session.run("faults")
            #expect(all.status == 0)
            for behaviour in Behaviour.allCases {
                #expect(all.output.contains("\n\(behaviour.rawValue) "), "\(behaviour)")
            }
            let one = try await session.run("faults", "replay")
            #expect(
                one.output.contains("as: in which way; the first if nothing is said: task, epoch, service, network"))
            let unknown = try await session.run("faults", "replai")
            #expect(unknown.status == 2 && unknown.errors.contains("did you mean replay?"))
            let json = try await session.run("faults", "--json")
            let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect((document?["faults"] as? [Any])?.count == Behaviour.allCases.count)
        }
    }
}
