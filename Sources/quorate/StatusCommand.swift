import ArgumentParser
import Cluster
import Foundation
import Glibc
import Primitives
import TopologyFormat

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how a live cluster is doing.",
        discussion: """
            For each operator its stake, whether it is up, why it does not sign if it does not, its last vote, how long \
            that took, and what its process uses. For each AVS its tasks, and the margin: how much more stake has voted on \
            the newest decided task than a quorum needs. A node that does not answer within a second is shown so.

              quorate status
              quorate status --watch --interval 500ms
              quorate status --json

            Exit status: 0; 2 when there is no such cluster.
            """)

    @Flag(help: "Again and again, until the cluster ends or Ctrl-C.")
    var watch = false

    @Option(
        help: ArgumentHelp("Between two looks, with --watch.", valueName: "duration"),
        transform: {
            try ScalarGrammar<Duration>.duration(.milliseconds(50) ... .seconds(3600), example: "1s").parse($0)
        })
    var interval: Duration = .seconds(1)

    @Flag(help: "One JSON document; with --watch one a line.")
    var json = false

    @OptionGroup var options: ClusterOptions

    func run() async throws {
        let (registry, entry) = try options.living()
        let cluster = registry.watch(entry.name)
        try show(try status(entry, registry))
        let redraws = Console.isTerminal(STDOUT_FILENO) && !json
        while watch {
            try await Task.sleep(for: interval)
            guard cluster.isAlive else { break }
            do {
                try show(try status(entry, registry), redraws: redraws)
            } catch let failure as CommandFailure {
                // It may have ended in between.
                guard await cluster.awaitEnd(patience: .seconds(10)) else { throw failure }
                break
            }
        }
        if watch { Console.complain("cluster \(entry.name) has ended") }
    }

    private func status(_ entry: ClusterRegistry.Entry, _ registry: ClusterRegistry) throws -> ClusterStatus {
        while true {
            if case .status(let status) = try ControlSession(entry, in: registry, .status).reply() { return status }
        }
    }

    private func show(_ status: ClusterStatus, redraws: Bool = false) throws {
        if json { return try Console.print(try JSONText.of(status, isCompact: watch)) }
        var lines = StatusText(status).lines
        guard watch, Console.isTerminal(STDOUT_FILENO) else {
            return try Console.print(lines.joined(separator: "\n") + (watch ? "\n\n" : "\n"))
        }
        // From the top, each line over the old one, and what is left below away: nothing flickers.
        let width = Console.width(of: STDOUT_FILENO)
        lines = lines.map { String($0.prefix(width)) + "\u{1b}[K" }
        try Console.print((redraws ? "\u{1b}[H" : "\u{1b}[H\u{1b}[2J") + lines.joined(separator: "\n") + "\u{1b}[J\n")
    }
}
