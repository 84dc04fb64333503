import ArgumentParser
import Cluster
import Foundation
import Glibc
import SystemPackage

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Show what a node of a cluster has written to its log.",
        discussion: """
            Also of a cluster that is dead, and of each process that the node has had. Without a node: what a cluster in \
            the background says of itself.

              quorate logs op-2 --lines 50
              quorate logs op-2 --follow

            Exit status: 0; 2 when there is no such cluster or node.
            """)

    @Argument(help: "The node: op-2, coordinator-squares, ledger.")
    var node: String?

    @Flag(help: "Go on with what is written, until the cluster ends or Ctrl-C.")
    var follow = false

    @Option(help: ArgumentHelp("How many of the last lines. (default: all)", valueName: "n"))
    var lines: UInt?

    @OptionGroup var options: ClusterOptions

    func run() async throws {
        let (registry, entry) = try options.any()
        guard let record = entry.record else {
            throw CommandFailure.badInput("cluster \(entry.name) does not say where its run directory is")
        }
        let directory = RunDirectory(path: .init(record.runDirectory))
        let path = try node.map { try log(of: $0, in: directory) } ?? directory.clusterLog.string
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure.badInput("\(path): cannot be read: \(String(cString: strerror(errno)))")
        }
        let cluster = registry.watch(entry.name)
        try show(tail(of: file))
        while follow {
            // Asked before the file is read: what a cluster wrote before it ended is there by then.
            let isAlive = cluster.isAlive
            let more = try file.readToEnd() ?? Data()
            try show(more)
            if !isAlive { return }
            if more.isEmpty { try await Task.sleep(for: .milliseconds(100)) }
        }
    }

    private func log(of node: String, in directory: RunDirectory) throws -> String {
        let logs = directory.path.appending("logs").string
        let names = (try? FileManager.default.contentsOfDirectory(atPath: logs)) ?? []
        guard names.contains("\(node).log") else {
            let nodes = names.filter { $0.hasSuffix(".log") }.map { $0.dropLast(4) }.sorted()
            throw CommandFailure.badInput(
                "\(node) is no node of this cluster; there are \(nodes.joined(separator: ", "))")
        }
        return directory.log(of: node).string
    }

    private func tail(of file: FileHandle) throws -> Data {
        let all = try file.readToEnd() ?? Data()
        guard let lines else { return all }
        var start = all.endIndex
        var missing = lines
        while start > all.startIndex {
            // The newline that ends the last line begins none.
            if all[start - 1] == UInt8(ascii: "\n"), start != all.endIndex {
                missing -= 1
                if missing == 0 { break }
            }
            if missing == 0 { break }
            start -= 1
        }
        return all[start...]
    }

    private func show(_ data: Data) throws {
        var rest = [UInt8](data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ExitCode(errno == EPIPE ? 0 : ExitStatus.badInput.rawValue) }
            rest = rest.dropFirst(count)
        }
    }
}
