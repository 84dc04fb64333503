import Cryptography
import Messages
import NIOCore
import NIOPosix
import Primitives
import Restaking

/// Takes snapshots while the ledger goes on: of a copy of its state, encoded on a thread of its own, and written in
/// parts between commits. Confined to the driver's event loop.
///
/// A snapshot is no promise to anybody: where one cannot be made, that is said, and the ledger goes on without it.
final class SnapshotKeeper {
    private let log: InstructionLog
    private let commits: NIOThreadPool
    private let encoders: NIOThreadPool
    private let eventLoop: any EventLoop
    /// From one to the next, there are so many entries at least.
    private let interval: UInt64
    private let warn: (String) -> Void
    /// Called whenever one is done with.
    var whenDone: () -> Void = {}

    private(set) var isBusy = false
    /// After which entry the last one was taken, or tried.
    private(set) var last: UInt64 = 0
    /// Entries that have about as many bytes as the last snapshot: snapshots never write more than the log itself.
    private var worth: UInt64 = 0
    /// The last entry that is on disk.
    private var durable: UInt64 = 0
    /// Encoded, and not yet to be written: its entry is not on disk.
    private var waiting: Encoded?

    private struct Encoded: Sendable {
        let snapshot: LedgerSnapshot
        let head: LogHead
        let checksum: Digest
    }

    init(
        log: InstructionLog, interval: UInt64, commits: NIOThreadPool, encoders: NIOThreadPool,
        eventLoop: any EventLoop, warn: @escaping (String) -> Void
    ) {
        self.log = log
        self.interval = interval
        self.commits = commits
        self.encoders = encoders
        self.eventLoop = eventLoop
        self.warn = warn
    }

    /// The ledger has gone on from there, and all of its log is on disk.
    func begin(after snapshot: UInt64, durable: UInt64) {
        last = snapshot
        self.durable = durable
    }

    func takeIfDue(_ machine: LedgerMachine) {
        if !isBusy, machine.head.sequence - last >= max(interval, worth) { take(machine) }
    }

    /// - Precondition: not busy.
    func take(_ machine: LedgerMachine) {
        isBusy = true
        last = machine.head.sequence
        let (ledger, head) = (machine.ledger, machine.head)
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        encoders.runIfActive(eventLoop: eventLoop) {
            let snapshot = LedgerSnapshot(of: ledger)
            return Encoded(
                snapshot: snapshot, head: head, checksum: InstructionLog.checksum(of: snapshot, at: head))
        }.whenComplete { result in
            switch result {
            case .success(let encoded): this.value.encoded(encoded)
            case .failure(let error): this.value.done("no snapshot after entry \(head.sequence): \(error)")
            }
        }
    }

    private func encoded(_ encoded: Encoded) {
        worth = UInt64(encoded.snapshot.bytes.count / Self.bytesPerEntry)
        guard encoded.snapshot.bytes.count <= LedgerSnapshot.sizeLimit else {
            return done("no snapshot after entry \(encoded.head.sequence): the state is larger than one may be")
        }
        waiting = encoded
        writeIfDurable()
    }

    private static let bytesPerEntry = 256

    func reached(_ sequence: UInt64) {
        durable = max(durable, sequence)
        writeIfDurable()
    }

    private func writeIfDurable() {
        guard let encoded = waiting, encoded.head.sequence <= durable else { return }
        waiting = nil
        write(encoded, part: 0)
    }

    /// One job a part, so that commits come in between.
    private func write(_ encoded: Encoded, part: Int) {
        let log = log
        let isLast = part == InstructionLog.parts(of: encoded.snapshot)
        let (snapshot, head) = (encoded.snapshot, encoded.head)
        onDisk(head) {
            guard isLast else { return try log.write(part: part, of: snapshot, after: head.sequence) }
            try log.finishSnapshot(root: snapshot.root, checksum: encoded.checksum, at: head)
        } then: { this in
            if isLast { this.tidy(head) } else { this.write(encoded, part: part + 1) }
        }
    }

    private func tidy(_ head: LogHead) {
        let log = log
        onDisk(head) {
            try log.removeOutdatedPart(before: head)
        } then: { this, isMore in
            if isMore { this.tidy(head) } else { this.done(nil) }
        }
    }

    private func onDisk<Value: Sendable>(
        _ head: LogHead, _ work: @escaping @Sendable () throws -> Value,
        then next: @escaping (SnapshotKeeper, Value) -> Void
    ) {
        let this = NIOLoopBound((self, next), eventLoop: eventLoop)
        commits.runIfActive(eventLoop: eventLoop, work).whenComplete { result in
            let (keeper, next) = this.value
            switch result {
            case .success(let value): next(keeper, value)
            case .failure(let error): keeper.done("no snapshot after entry \(head.sequence): \(error)")
            }
        }
    }

    private func onDisk(
        _ head: LogHead, _ work: @escaping @Sendable () throws -> Void,
        then next: @escaping (SnapshotKeeper) -> Void
    ) {
        onDisk(head, work) { (keeper, _: Void) in next(keeper) }
    }

    private func done(_ problem: String?) {
        if let problem { warn(problem) }
        isBusy = false
        whenDone()
    }
}
