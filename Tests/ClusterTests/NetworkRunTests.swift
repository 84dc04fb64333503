import Glibc
import Messages
import Node
import Primitives
import Synchronization
import Staging
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import Cluster

/// Real processes, but not real nodes: shell scripts that speak as nodes do.
@Suite struct NetworkRunTests {
    private let scratch = try! Scratch()

    /// Obeys `stop`, and ends when its lifeline does.
    private static let obedient = """
        while read -r line; do
          case "$line" in
            begin*) case "$1" in *coordinator*) echo progress 100 99 1; echo finished;; esac;;
            stop) echo stopped; exit 0;;
          esac
        done
        exit 7
        """

    private func script(_ name: String, _ body: String) throws -> FilePath {
        let path = scratch.path.appending(name)
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .closeOnExec], permissions: [.ownerReadWriteExecute])
        try file.closeAfter { _ = try file.writeAll("#!/bin/sh\n\(body)\n".utf8) }
        return path
    }

    private func run(node: String, ledger: String? = nil) async throws -> (RunOutcome, [NetworkEvent], RunDirectory) {
        let topology = try Fixture.parsed()
        let directory = try RunDirectory.make(at: scratch.path.appending("run"))
        let keys = NetworkKeys.generate(for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: .zero)
        let files = NodeFiles(directory: directory, genesis: genesis, topology: topology, seed: 42)
        try files.prepare(keys: keys)
        let executables = Executables(
            node: try script("node", node),
            ledger: try script("ledger", ledger ?? "echo listening 4000\n\(Self.obedient)"), ledgerArguments: [])
        let network = NetworkRun(
            topology: topology, genesis: genesis, keys: keys, files: files, executables: executables)
        let events = Mutex<[NetworkEvent]>([])
        let (interruptions, feed) = AsyncStream<Void>.makeStream()
        let outcome = await network.run(interruptions: interruptions) { event in events.withLock { $0.append(event) } }
        feed.finish()
        return (outcome, events.withLock { $0 }, directory)
    }

    @Test func aNetworkIsStartedRunAndStopped() async throws {
        let (outcome, events, directory) = try await run(node: "echo ready\necho here >&2\n\(Self.obedient)")
        #expect(outcome.ending == .completed)
        #expect(outcome.failures.isEmpty)
        #expect(
            events.contains(.progress(ServiceID(0), ProcessReport.TaskCount(issued: 100, certified: 99, expired: 1))))
        var status = stat()
        #expect(stat(directory.log(of: "op-2").string, &status) == 0)
        #expect(status.st_size == 5)
        #expect(stat(directory.nodes.appending("op-2.key.json").string, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    /// The others see the end of their lifeline or the order to stop, and either way are gone when `run` returns.
    @Test func aChildThatDiesAtStartStopsTheRest() async throws {
        let (outcome, _, directory) = try await run(
            node: """
                echo $$ >> \(scratch.path.string)/pids
                case "$1" in *op-2*) echo failed op-2.guard: is damaged; exit 2;; esac
                echo ready
                \(Self.obedient)
                """)
        #expect(outcome.ending == .aborted)
        #expect(!outcome.began)
        #expect(outcome.failures.first?.description == "op-2 exited with status 2 at start: op-2.guard: is damaged")
        #expect(outcome.failures.first?.isBadInput == true)
        #expect(access(directory.log(of: "op-2").string, F_OK) == 0)
        #expect(try livingChildren().isEmpty)
    }

    @Test func aLedgerThatDiesEndsTheRunBeforeItBegan() async throws {
        let (outcome, _, _) = try await run(node: "exit 0", ledger: "exit 3")
        #expect(outcome.failures.map(\.description) == ["ledger exited with status 3 at start"])
        #expect(outcome.failures.first?.isBadInput == false)
    }

    @Test func aProgramThatCannotRunIsNamed() async throws {
        let process = ChildProcess(
            executable: scratch.path.appending("nowhere"), arguments: [], log: scratch.path.appending("log"))
        let ending = await process.run(orders: AsyncStream { $0.finish() }) { _ in }
        guard case .neverStarted(let reason) = ending else {
            Issue.record("it \(ending)")
            return
        }
        #expect(reason.contains("nowhere"))
    }

    /// Of those who wrote down their process ids, the ones that still run.
    private func livingChildren() throws -> [pid_t] {
        let file = try FileDescriptor.open(scratch.path.appending("pids"), .readOnly, options: .closeOnExec)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try file.closeAfter { try bytes.withUnsafeMutableBytes { try file.read(into: $0) } }
        let pids = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").compactMap { pid_t($0) }
        #expect(!pids.isEmpty)
        return pids.filter { kill($0, 0) == 0 }
    }
}
