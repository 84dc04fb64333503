import ArgumentParser
import Cluster
import Foundation

struct ClustersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters", abstract: "List the live clusters of this user.",
        discussion: """
            A dead cluster is one whose process ended without taking it down.

              quorate clusters
              quorate clusters --json

            Exit status: 0, also when there is none.
            """)

    @Flag(help: "One JSON document.")
    var json = false

    func run() throws {
        let entries = try CommandFailure.asBadInput { try ClusterRegistry().entries() }
        if json { return try Console.print(try Self.document(entries)) }
        guard !entries.isEmpty else { return Console.complain("no cluster is up; start one: quorate up TOPOLOGY") }
        let rows = entries.map { entry in
            [
                entry.name, entry.isAlive ? "up" : "dead", entry.record.map { "\($0.process)" } ?? "-",
                entry.record?.startedAt ?? "-", entry.record?.topology ?? "-", entry.record?.runDirectory ?? "-",
            ]
        }
        try Console.print(
            TextTable(["cluster", "state", "process", "since", "topology", "run directory"], rows).text)
        for entry in entries where !entry.isAlive {
            Console.complain(
                "\(entry.name) is dead; quorate down --cluster \(entry.name) clears away what is left of it")
        }
    }

    private struct Document: Encodable {
        var schemaVersion = 1
        var clusters: [Cluster]

        struct Cluster: Encodable {
            var name: String
            var isAlive: Bool
            var process: Int32?
            var startedAt: String?
            var topology: String?
            var runDirectory: String?
        }
    }

    private static func document(_ entries: [ClusterRegistry.Entry]) throws -> String {
        try JSONText.of(
            Document(
                clusters: entries.map { entry in
                    Document.Cluster(
                        name: entry.name, isAlive: entry.isAlive, process: entry.record?.process,
                        startedAt: entry.record?.startedAt, topology: entry.record?.topology,
                        runDirectory: entry.record?.runDirectory)
                }))
    }
}
