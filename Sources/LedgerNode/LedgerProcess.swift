import Cryptography
import Glibc
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import SystemPackage

/// The ledger as a process of its own: reads its configuration, drives the machine, obeys its parent.
package enum LedgerProcess {
    private static let configurationLimit = 64 * 1024

    /// Never returns: the process ends with `ProcessControl`'s statuses.
    package static func run(configuration path: FilePath) -> Never {
        ProcessControl.takeSignals()
        #if DEBUG
            ProcessControl.takePlantedBugs(of: "ledger")
        #endif
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let driver = DriverSlot(eventLoop: eventLoop)
        ProcessControl.start { command in
            switch command {
            case .stop: driver.stop()
            case .instruct(let ticket, let signed): driver.tell { $0.instruct(signed, ticket: ticket) }
            case .forward(let slots): driver.tell { $0.forward(slots) }
            case .links(let updates): driver.tell { $0.transport.change(updates) }
            case .begin, .measure, .tellStatus, .tellResult, .submit, .drain, .perturb, .pause, .resume: break
            }
        }
        let started = eventLoop.submit { try driver.start(makeDriver(path, eventLoop: eventLoop)) }
        started.whenFailure { report(.failed("\($0)")) }
        // The driver ends the process; this thread has nothing else to do.
        while true { pause() }
    }

    private static func makeDriver(_ path: FilePath, eventLoop: any EventLoop) throws -> LedgerDriver {
        let configuration: LedgerConfiguration = try BoundedFile.decode(
            path, limit: configurationLimit, as: "a ledger's configuration")
        let genesis: Genesis = try BoundedFile.decode(
            FilePath(configuration.genesis), limit: NodeConfiguration.genesisLimit, as: "a genesis")
        let key = try KeypairFile.read(from: FilePath(configuration.key))
        guard key.publicKey == genesis.clock else {
            throw LedgerProcessError("\(configuration.key): not the key that genesis names for the ledger's clock")
        }
        let log = try InstructionLog(path: configuration.database)
        UsageMeter.watch([FilePath(configuration.database), FilePath(configuration.database + "-wal")])
        let header = RecordHeader(
            node: "ledger", party: .ledger, incarnation: configuration.incarnation, network: genesis.network,
            configuration: [])
        let record = try RecordWriter(path: FilePath(configuration.record), header: header)
        let commits = NIOThreadPool(numberOfThreads: 1)
        commits.start()
        let encoders = NIOThreadPool(numberOfThreads: 1)
        encoders.start()
        return try LedgerDriver(
            genesis: genesis, key: key, log: log, record: record, commits: commits, encoders: encoders,
            snapshotInterval: configuration.snapshotInterval, canBeCutOff: configuration.canBeCutOff,
            eventLoop: eventLoop, report: report)
    }

    private static func report(_ report: ProcessReport) {
        ProcessControl.report(report)
        switch report {
        case .stopped: ProcessControl.end(ProcessControl.success)
        case .failed: ProcessControl.end(ProcessControl.failure)
        case .listening, .epoch, .receipt, .ready, .progress, .finished, .used, .status, .task, .result: break
        }
    }
}

/// Holds the driver for the lifeline's thread, which may only reach it through its event loop.
private struct DriverSlot: Sendable {
    private let eventLoop: any EventLoop
    private let storage: NIOLoopBoundBox<LedgerDriver?>

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        storage = .makeEmptyBox(eventLoop: eventLoop)
    }

    func start(_ driver: LedgerDriver) {
        storage.value = driver
        driver.start()
    }

    func tell(_ command: @escaping @Sendable (LedgerDriver) -> Void) {
        eventLoop.execute { storage.value.map(command) }
    }

    func stop() {
        eventLoop.execute {
            if let driver = storage.value { driver.stop() } else { ProcessControl.end(ProcessControl.success) }
        }
    }
}

struct LedgerProcessError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
