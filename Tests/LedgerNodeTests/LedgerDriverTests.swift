import Cryptography
import Dispatch
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Restaking
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import LedgerNode

/// The driver over loopback, with an operator at the other end of a real connection.
@Suite(.timeLimit(.minutes(1))) struct LedgerDriverTests {
    private static let operatorParty = Party.signer(OperatorIndex(0))

    @Test func aReceiptComesAfterTheCommitAndTheLedgerGoesOnWhereItStopped() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)

        let deposit = Fixture.instruction(.deposit(.native, Units(7)), nonce: 0)
        let first = try await session(scratch, log, incarnation: 1) { frames in
            if frames.last == .notice(.account(nextNonce: 0)) { return .send(.submit(deposit)) }
            guard case .receipt(let receipt) = frames.last, receipt.instruction == deposit.digest else { return .wait }
            // On disk already: another connection to the file sees it.
            let written = (try? log.entries().map(\.signed)) ?? []
            #expect(written.contains(deposit))
            #expect(receipt.outcome == .applied)
            return .leave
        }
        #expect(first.contains { if case .notice(.operatorSet) = $0 { true } else { false } })

        let second = Fixture.instruction(.deposit(.native, Units(8)), nonce: 1)
        _ = try await session(scratch, log, incarnation: 2) { frames in
            switch frames.last {
            case .notice(.account(let nonce)):
                #expect(nonce == 1, "the nonce survives a restart")
                return .send(.submit(second))
            case .receipt(let receipt) where receipt.instruction == second.digest:
                #expect(receipt.outcome == .applied)
                return .leave
            default: return .wait
            }
        }
        let record = try RecordFile.read(scratch.path.appending("ledger.2.qrec"))
        #expect(record.isClosed)
    }

    /// While it serves, and once more when it stops.
    @Test func snapshotsAreTakenAndTheNextLifeBeginsWithOne() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let seen = Mutex<Set<UInt64>>([])
        _ = try await session(scratch, log, incarnation: 1, snapshotInterval: 5) { frames in
            seen.withLock { $0.formUnion((try? log.snapshots()) ?? []) }
            let receipts = frames.count { if case .receipt = $0 { true } else { false } }
            switch frames.last {
            case .notice(.account), .receipt: break
            default: return .wait
            }
            // Until one has been seen while there was service.
            guard receipts < 10 || seen.withLock(\.isEmpty) else { return .leave }
            return .send(.submit(Fixture.instruction(.deposit(.native, Units(1)), nonce: UInt64(receipts))))
        }
        let end = try log.lastSequence()
        #expect(try log.snapshots().first == end, "an orderly stop leaves nothing to read back")
        #expect(try log.snapshots().count <= 2)
        #expect(seen.withLock { $0.contains { $0 < end } })
        let head = try log.replay(from: Fixture.genesis)
        let restart = try await Restart.with(log.path)
        #expect(restart.resumedAfter == end && restart.restored.isEmpty && restart.warnings.isEmpty)
        #expect(restart.root == head.ledger.stateRoot)
    }

    @Test func epochsOpenThoughNobodySubmitsAnything() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let frames = try await session(scratch, log, incarnation: 1) { frames in
            if case .notice(.operatorSet(let set)) = frames.last, set.epoch == Epoch(2) { .leave } else { .wait }
        }
        let epochs = frames.compactMap { if case .notice(.operatorSet(let set)) = $0 { set.epoch } else { nil } }
        #expect(epochs == [Epoch(0), Epoch(1), Epoch(2)])
    }

    @Test func whatIsNotForTheLedgerEndsTheConnection() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let frames = try await session(scratch, log, incarnation: 1) { frames in
            switch frames.count(where: { if case .notice(.account) = $0 { true } else { false } }) {
            case 1 where frames.last == .notice(.account(nextNonce: 0)): .send(.ownVotesRequest)
            case 2: .leave  // told its account anew: it was connected a second time
            default: .wait
            }
        }
        #expect(!frames.isEmpty)
    }

    @Test func whoeverSubmitsWhatNoHonestPartyWouldIsDisconnected() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let good = Fixture.instruction(.deposit(.native, Units(7)), nonce: 0)
        let forged = SignedInstruction(
            network: good.network, authority: good.authority, nonce: good.nonce,
            instruction: .deposit(.native, Units(8)), signature: good.signature)
        let frames = try await session(scratch, log, incarnation: 1) { frames in
            switch frames.count(where: { $0 == .notice(.account(nextNonce: 0)) }) {
            case 1 where frames.last == .notice(.account(nextNonce: 0)): .send(.submit(forged))
            case 2: .leave  // connected a second time
            default: .wait
            }
        }
        let outcomes = frames.compactMap { if case .receipt(let receipt) = $0 { receipt.outcome } else { nil } }
        #expect(outcomes == [.badSignature], "it is told why")
    }

    /// Commits stand still until the driver has stopped reading; then everything is answered all the same.
    @Test func nothingIsReadWhileTooMuchWaitsForACommit() async throws {
        let scratch = try Scratch()
        let log = try InstructionLog(path: scratch.path.appending("log.sqlite").string)
        let deposit = Fixture.instruction(.deposit(.native, Units(7)), nonce: 0)
        let count = IntakeMarks.high + 500
        let receipts = Mutex(0)
        let frames = try await session(scratch, log, incarnation: 1) { frames in
            if frames.last == .notice(.account(nextNonce: 0)) { return .flood(.submit(deposit), count: count) }
            guard case .receipt = frames.last else { return .wait }
            return receipts.withLock { receipts in
                receipts += 1
                return receipts == count ? .leave : .wait
            }
        }
        let outcomes = frames.compactMap { if case .receipt(let receipt) = $0 { receipt.outcome } else { nil } }
        #expect(outcomes.first == .applied)
        #expect(outcomes.dropFirst().allSatisfy { $0 == .nonceUsed })
    }

    private enum Move {
        case wait
        case send(Frame)
        /// With all commits held up until the ledger does not read any more.
        case flood(Frame, count: Int)
        case leave
    }

    /// A ledger from start to stop, and one operator that answers each frame it gets as `move` says.
    ///
    /// - Returns: all frames that the operator got.
    private func session(
        _ scratch: Scratch, _ log: InstructionLog, incarnation: UInt32, snapshotInterval: UInt64 = 1_000,
        move: @escaping @Sendable ([Frame]) -> Move
    ) async throws -> [Frame] {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let commits = NIOThreadPool(numberOfThreads: 1)
        commits.start()
        let encoders = NIOThreadPool(numberOfThreads: 1)
        encoders.start()
        let eventLoop = group.next()
        let done = eventLoop.makePromise(of: [Frame].self)
        let path = scratch.path.appending("ledger.\(incarnation).qrec")
        try await eventLoop.submit {
            let session = try Session(
                log: log, record: path, incarnation: incarnation, commits: commits, encoders: encoders,
                snapshotInterval: snapshotInterval, eventLoop: eventLoop, move: move, done: done)
            session.start()
        }.get()
        let result: Result<[Frame], any Error>
        do { result = .success(try await done.futureResult.get()) } catch { result = .failure(error) }
        try await commits.shutdownGracefully()
        try await encoders.shutdownGracefully()
        try await group.shutdownGracefully()
        return try result.get()
    }

    private struct Failure: Error { let message: String }

    private final class Session: TransportDelegate {
        private let eventLoop: any EventLoop
        private let move: ([Frame]) -> Move
        private let done: EventLoopPromise<[Frame]>
        private let client: Transport
        private let commits: NIOThreadPool
        private var driver: LedgerDriver!
        private var frames: [Frame] = []
        /// A driver and a transport hold their delegates weakly.
        private var keepAlive: Session?

        init(
            log: InstructionLog, record: FilePath, incarnation: UInt32, commits: NIOThreadPool,
            encoders: NIOThreadPool, snapshotInterval: UInt64, eventLoop: any EventLoop,
            move: @escaping ([Frame]) -> Move, done: EventLoopPromise<[Frame]>
        ) throws {
            self.eventLoop = eventLoop
            self.move = move
            self.done = done
            self.commits = commits
            let genesis = Fixture.genesis
            client = Transport(
                own: Hello(network: genesis.network, party: operatorParty, key: Fixture.signer.publicKey),
                genesis: genesis, eventLoop: eventLoop)
            let header = RecordHeader(
                node: "ledger", party: .ledger, incarnation: incarnation, network: genesis.network, configuration: [])
            driver = try LedgerDriver(
                genesis: genesis, key: Fixture.clock, log: log, head: HeadFile(of: log.path),
                record: RecordWriter(path: record, header: header), commits: commits, encoders: encoders,
                snapshotInterval: snapshotInterval, eventLoop: eventLoop,
                outlet: HearingOutlet { [unowned self] in hear($0) })
        }

        func start() {
            keepAlive = self
            client.delegate = self
            driver.start()
        }

        private func hear(_ report: ProcessReport) {
            switch report {
            case .listening(let port): client.dial(.ledger, at: .loopback(port: port))
            case .stopped:
                done.succeed(frames)
                keepAlive = nil
            case .failed(let message):
                done.fail(Failure(message: message))
                keepAlive = nil
            case .epoch, .receipt, .ready, .progress, .finished, .used, .status, .task, .result: break
            }
        }

        func connected(_ party: Party) {}
        func disconnected(_ party: Party, reason: String) {}
        func refused(_ party: Party?, _ error: HandshakeError) {}

        func received(_ frame: Frame, from party: Party) {
            frames.append(frame)
            switch move(frames) {
            case .wait: break
            case .send(let frame):
                client.send(try! EncodedFrame(frame), to: [.ledger])
                client.flush()
            case .flood(let frame, let count):
                flood(try! EncodedFrame(frame), count: count)
            case .leave:
                client.close()
                driver.stop()
            }
        }

        private func flood(_ frame: EncodedFrame, count: Int) {
            let barrier = DispatchSemaphore(value: 0)
            commits.submit { _ in barrier.wait() }
            for _ in 0..<count { client.send(frame, to: [.ledger]) }
            client.flush()
            let this = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(1)) { task in
                guard !this.value.driver.transport.isReading else { return }
                task.cancel()
                barrier.signal()
            }
        }
    }
}
