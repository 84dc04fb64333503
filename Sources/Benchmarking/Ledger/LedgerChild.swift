import Cluster
import Cryptography
import Foundation
import LedgerNode
import Messages
import Node
import Primitives
import Records
import SystemPackage

/// A ledger process with its files in one directory.
struct LedgerChild {
    private let executables: Executables
    private let directory: FilePath
    private let snapshotInterval: UInt64

    var database: FilePath { directory.appending("ledger.sqlite") }

    /// Makes the directory, with genesis and key.
    init(
        _ scene: LedgerScene, in directory: FilePath, snapshotInterval: UInt64, executables: Executables
    ) throws {
        self.executables = executables
        self.directory = directory
        self.snapshotInterval = snapshotInterval
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        try Data(scene.genesis.borsh).write(to: URL(filePath: directory.appending("genesis").string))
        try KeypairFile.write(scene.clock, to: directory.appending("clock.json"))
    }

    /// Starts it, does `body` once it listens, and kills it: what it has promised must hold all the same.
    ///
    /// - Parameter body: is given the port, and how long the start took.
    func run<Value: Sendable>(
        incarnation: UInt32, _ body: @escaping @Sendable (UInt16, Duration) async throws -> Value
    ) async throws -> Value {
        let record = directory.appending("\(incarnation).\(RecordFile.fileExtension)")
        let configuration = LedgerConfiguration(
            genesis: directory.appending("genesis").string, key: directory.appending("clock.json").string,
            database: database.string, record: record.string, incarnation: incarnation,
            snapshotInterval: snapshotInterval)
        let file = directory.appending("\(incarnation).conf")
        try Data(configuration.borsh).write(to: URL(filePath: file.string))
        let child = ChildProcess(
            executable: executables.ledger, arguments: executables.ledgerArguments + [file.string],
            log: directory.appending("log"))
        let orders = AsyncStream.makeStream(of: ChildProcess.Order.self)
        let reports = AsyncStream.makeStream(of: ProcessReport.self)
        let start = MonotonicClock.now
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                let ending = await child.run(orders: orders.stream) { line in
                    if let report = ProcessReport(line: line) { reports.continuation.yield(report) }
                }
                reports.continuation.finish()
                guard case .signalled = ending else { throw LedgerBenchError.ended("\(ending)") }
                return nil
            }
            defer { try? FileManager.default.removeItem(atPath: record.string) }
            do {
                let value = try await body(try await port(reports.stream), MonotonicClock.now - start)
                orders.continuation.yield(.kill)
                _ = try await group.next()
                return value
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func port(_ reports: AsyncStream<ProcessReport>) async throws -> UInt16 {
        for await report in reports {
            switch report {
            case .listening(let port): return port
            case .failed(let message): throw LedgerBenchError.ended(message)
            default: continue
            }
        }
        throw LedgerBenchError.ended("it never listened")
    }
}

package enum LedgerBenchError: Error, CustomStringConvertible {
    case ended(String)
    case refused(Outcome)

    package var description: String {
        switch self {
        case .ended(let how): "the ledger's process: \(how)"
        case .refused(let outcome): "the ledger answered \(outcome) to a deposit"
        }
    }
}
