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
        // It is on the event loop already.
        let gate = PauseGate(eventLoop) { duration in driver.tellNow { $0.stoodStill(for: duration) } }
        ProcessControl.start { command in
            guard gate.passes(command) else { return }
            switch command {
            case .stop: driver.stop()
            case .instruct(let ticket, let signed): driver.tell { $0.instruct(signed, ticket: ticket) }
            case .forward(let slots): driver.tell { $0.forward(slots) }
            case .begin(let instant): driver.tell { $0.began(instant) }
            case .perturb(let perturbation): driver.tell { $0.perturb(perturbation) }
            case .links(let updates): driver.tell { $0.transport.change(updates) }
            case .ledger, .measure, .tellStatus, .tellResult, .submit, .drain, .pause, .resume: break
            }
        }
        let outlet = LedgerOutlet(process: ProcessOutlet(gate))
        let started = eventLoop.submit { try driver.start(makeDriver(path, eventLoop: eventLoop, outlet: outlet)) }
        started.whenFailure { outlet.report(.failed("\($0)")) }
        // The driver ends the process; this thread has nothing else to do.
        while true { pause() }
    }

    private static func makeDriver(
        _ path: FilePath, eventLoop: any EventLoop, outlet: LedgerOutlet
    ) throws -> LedgerDriver {
        let configuration: LedgerConfiguration = try BoundedFile.decode(
            path, limit: configurationLimit, as: "a ledger's configuration")
        let genesis: Genesis = try BoundedFile.decode(
            FilePath(configuration.genesis), limit: NodeConfiguration.genesisLimit, as: "a genesis")
        let key = try KeypairFile.read(from: FilePath(configuration.key))
        guard key.publicKey == genesis.clock else {
            throw LedgerProcessError("\(configuration.key): not the key that genesis names for the ledger's clock")
        }
        guard configuration.incarnation == 1 || access(configuration.database, F_OK) == 0 else {
            throw LedgerProcessError(
                "\(configuration.database): the log is missing: this ledger has run before, and what it has told is in there"
            )
        }
        let log = try InstructionLog(path: configuration.database)
        let head = try HeadFile(of: configuration.database)
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
            genesis: genesis, key: key, log: log, head: head, record: record, commits: commits, encoders: encoders,
            snapshotInterval: configuration.snapshotInterval, faults: configuration.faults,
            canBeCutOff: configuration.canBeCutOff, eventLoop: eventLoop, outlet: outlet)
    }
}

/// The process ends with the last thing that it says.
private struct LedgerOutlet: NodeOutlet {
    let process: ProcessOutlet

    func report(_ report: ProcessReport) {
        process.report(report)
        switch report {
        case .stopped: end(status: ProcessControl.success)
        case .failed: end(status: ProcessControl.failure)
        case .listening, .epoch, .receipt, .ready, .progress, .finished, .used, .status, .task, .result: break
        }
    }

    func end(status: Int32) { process.end(status: status) }
    func crash() { process.crash() }
    func pause(for duration: Duration) { process.pause(for: duration) }
}

/// Holds the driver for the lifeline's thread, which may only reach it through its event loop. What it is told before it
/// is there waits.
private struct DriverSlot: Sendable {
    private enum Content {
        case waiting([@Sendable (LedgerDriver) -> Void])
        case driver(LedgerDriver)
    }

    private let eventLoop: any EventLoop
    private let storage: NIOLoopBoundBox<Content>

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        storage = .makeBoxSendingValue(.waiting([]), eventLoop: eventLoop)
    }

    func start(_ driver: LedgerDriver) {
        guard case .waiting(let commands) = storage.value else { return }
        storage.value = .driver(driver)
        driver.start()
        for command in commands { command(driver) }
    }

    func tell(_ command: @escaping @Sendable (LedgerDriver) -> Void) { eventLoop.execute { tellNow(command) } }

    /// From the event loop.
    func tellNow(_ command: @escaping @Sendable (LedgerDriver) -> Void) {
        switch storage.value {
        case .driver(let driver): command(driver)
        case .waiting(let commands): storage.value = .waiting(commands + [command])
        }
    }

    func stop() {
        eventLoop.execute {
            guard case .driver(let driver) = storage.value else { ProcessControl.end(ProcessControl.success) }
            driver.stop()
        }
    }
}

struct LedgerProcessError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
