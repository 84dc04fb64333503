import Cryptography
import Dispatch
import Foundation
import Glibc
import LedgerNode
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Restaking
import SystemPackage
import TestSupport
import Testing

/// A ledger process that is killed again and again while it is under load. Whatever it has said stays so.
@Suite(.timeLimit(.minutes(4)), .serialized) struct LedgerCrashTests {
    private static let rounds = 20
    private static let submitters = 4

    /// What was said across all lives of the ledger.
    private struct Account {
        var receipts: [Digest: Outcome] = [:]
        var nonces = Array(repeating: UInt64(0), count: submitters)
    }

    @Test func everyReceiptOutlivesTheLedgerAndNothingIsAppliedTwice() async throws {
        let seed =
            UInt64(ProcessInfo.processInfo.environment["QUORATE_CRASH_SEED"] ?? "") ?? UInt64.random(in: 0..<1_000_000)
        let hint = "repeat with: QUORATE_CRASH_SEED=\(seed) swift test --filter LedgerCrashTests"
        print(hint)
        var random = SeededRandom(seed: seed, purpose: "kills")
        let network = try CrashNetwork(submitters: Self.submitters)
        var account = Account()
        var root = try LedgerMachine(genesis: network.genesis).ledger.stateRoot
        var resumed = 0
        for round in 1...Self.rounds {
            let ledger = try LedgerLife(network, incarnation: UInt32(round))
            // Now and then before it has read its log.
            if round.isMultiple(of: 5) {
                ledger.kill()
                await ledger.ended()
                continue
            }
            let port = try await ledger.port()
            let load = CrashLoad(
                network, port: port, nonces: account.nonces, receipts: 1 + Int(random.next() % 400),
                microseconds: Int64(random.next() % 3_000))
            let told = try await load.run { ledger.kill() }
            await ledger.ended()
            #expect(told.rootAtStart == root, "round \(round): it starts with another state; \(hint)")
            account.receipts.merge(told.receipts) { first, second in
                #expect(first == second, "round \(round): two outcomes of one instruction; \(hint)")
                return first
            }

            let log = try InstructionLog(reading: network.database.string)
            var logged: [Digest: Outcome] = [:]
            let machine = try log.replay(from: network.genesis) { entry throws(InstructionLogError) in
                let twice = logged.updateValue(entry.outcome, forKey: entry.signed.digest)
                #expect(twice == nil, "round \(round): entry \(entry.sequence) stands there twice; \(hint)")
            }
            for (instruction, outcome) in account.receipts where logged[instruction] != outcome {
                Issue.record(
                    "round \(round): a receipt says \(outcome), the log \(logged[instruction].debugDescription); \(hint)"
                )
            }
            account.nonces = network.submitters.map { machine.ledger.nextNonce(of: $0.publicKey) ?? 0 }
            root = machine.ledger.stateRoot
            resumed += try network.hasResumed(UInt32(round)) ? 1 : 0
        }
        #expect(account.receipts.count > Self.rounds, "there was load")
        #expect(resumed > 0, "some lives began with a snapshot")
        // What is applied is what was deposited, once each.
        let machine = try InstructionLog(reading: network.database.string).replay(from: network.genesis)
        let deposits = account.nonces.reduce(0, +)
        #expect(machine.ledger.books[0].entered.number == network.endowment + deposits, "\(hint)")
    }
}

/// A ledger whose clock stands still, and operators that deposit.
private struct CrashNetwork: Sendable {
    let genesis: Genesis
    let submitters: [SigningKey]
    let scratch: Scratch
    var endowment: UInt64 { UInt64(submitters.count) * 1_000 }
    var database: FilePath { scratch.path.appending("ledger.sqlite") }

    init(submitters count: Int) throws {
        scratch = try Scratch()
        let clock = SigningKey.generate()
        submitters = (0..<count).map { _ in SigningKey.generate() }
        genesis = Genesis(
            runID: .zero,
            parameters: LedgerParameters(
                slotDuration: .seconds(3_600), slotsPerEpoch: 1_000, unbondingEpochs: 2),
            clock: clock.publicKey,
            signers: submitters.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
            restakers: submitters.enumerated().map {
                Genesis.Restaker(name: "op-\($0 + 1)", key: $1.publicKey, deposit: Lamports(1_000), delegations: [])
            }, services: [])
        _ = try scratch.write(genesis.borsh, to: "genesis")
        try KeypairFile.write(clock, to: scratch.path.appending("clock.json"))
    }

    func record(_ incarnation: UInt32) -> FilePath {
        scratch.path.appending("ledger.\(incarnation).\(RecordFile.fileExtension)")
    }

    /// A snapshot every 50 entries: most lives see one made, and begin with one.
    func configuration(_ incarnation: UInt32) throws -> FilePath {
        let configuration = LedgerConfiguration(
            genesis: scratch.path.appending("genesis").string, key: scratch.path.appending("clock.json").string,
            database: database.string, record: record(incarnation).string, incarnation: incarnation,
            snapshotInterval: 50)
        return try scratch.write(configuration.borsh, to: "\(incarnation).conf")
    }

    func hasResumed(_ incarnation: UInt32) throws -> Bool {
        guard case .input(_, let bytes, _)? = try RecordReader(record(incarnation)).next(),
            case .resumed = try LedgerEvent(borsh: bytes)
        else { return false }
        return true
    }
}

/// One process of the ledger, from its start to its violent end.
private final class LedgerLife: @unchecked Sendable {  // `Process` is only told to start and asked for its end.
    private let process = Process()
    private let output = Pipe()
    private let lifeline = Pipe()
    private let ending = AsyncStream.makeStream(of: Void.self)

    init(_ network: CrashNetwork, incarnation: UInt32) throws {
        process.executableURL = CommandLineSession.quorate
        process.arguments = ["ledger-process", try network.configuration(incarnation).string]
        process.standardInput = lifeline
        process.standardOutput = output
        process.terminationHandler = { [ending] _ in ending.continuation.finish() }
        try process.run()
    }

    func kill() { _ = Glibc.kill(process.processIdentifier, SIGKILL) }

    func ended() async { for await _ in ending.stream {} }

    /// Where it listens.
    func port() async throws -> UInt16 {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.readPort() }) }
        }
    }

    private func readPort() throws -> UInt16 {
        var text = ""
        while true {
            let data = output.fileHandleForReading.availableData
            text += String(decoding: data, as: UTF8.self)
            for line in text.split(separator: "\n") where text.hasSuffix("\n") {
                switch ProcessReport(line: line) {
                case .listening(let port): return port
                case .failed(let message): throw Failure(message: message)
                default: continue
                }
            }
            if data.isEmpty { throw Failure(message: "it ended before it listened: \(text)") }
        }
    }

    struct Failure: Error { let message: String }
}

/// Deposits by every submitter, one under way at a time, until the ledger is killed.
private struct CrashLoad {
    /// What the ledger said in one life.
    struct Told: Sendable {
        /// Before anybody submitted anything.
        var rootAtStart: Digest?
        var receipts: [Digest: Outcome] = [:]
    }

    private let network: CrashNetwork
    private let port: UInt16
    private let nonces: [UInt64]
    private let receipts: Int
    private let microseconds: Int64

    /// - Parameters:
    ///   - receipts: so many come, and then it is killed
    ///   - microseconds: after so long.
    init(_ network: CrashNetwork, port: UInt16, nonces: [UInt64], receipts: Int, microseconds: Int64) {
        self.network = network
        self.port = port
        self.nonces = nonces
        self.receipts = receipts
        self.microseconds = microseconds
    }

    func run(kill: @escaping @Sendable () -> Void) async throws -> Told {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let done = eventLoop.makePromise(of: Told.self)
        try await eventLoop.submit {
            let crowd = try Crowd(self, eventLoop: eventLoop, kill: kill, done: done)
            crowd.start()
        }.get()
        let told = try await done.futureResult.get()
        try await group.shutdownGracefully()
        return told
    }

    /// Keeps itself until the ledger is gone.
    private final class Crowd {
        private let load: CrashLoad
        private let eventLoop: any EventLoop
        private let kill: () -> Void
        private let done: EventLoopPromise<Told>
        private let address: SocketAddress
        private var members: [Member] = []
        private var told = Told()
        private var isKilled = false

        init(
            _ load: CrashLoad, eventLoop: any EventLoop, kill: @escaping () -> Void, done: EventLoopPromise<Told>
        ) throws {
            self.load = load
            self.eventLoop = eventLoop
            self.kill = kill
            self.done = done
            address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(load.port))
        }

        /// The first one alone, until it has been told the state.
        func start() {
            members = load.nonces.indices.map { Member(load.network, $0, crowd: self, eventLoop: eventLoop) }
            members[0].dial(address)
        }

        func heard(_ root: Digest, by place: Int) {
            guard place == 0, told.rootAtStart == nil else { return }
            told.rootAtStart = root
            for member in members.dropFirst() { member.dial(address) }
        }

        func heard(_ receipt: Receipt) {
            told.receipts[receipt.instruction] = receipt.outcome
            guard told.receipts.count == load.receipts else { return }
            let this = NIOLoopBound(self, eventLoop: eventLoop)
            eventLoop.scheduleTask(in: .microseconds(load.microseconds)) {
                this.value.isKilled = true
                this.value.kill()
            }
        }

        /// Whatever had reached us before has been heard by then.
        func lost() {
            guard isKilled, members.allSatisfy({ !$0.isConnected }) else { return }
            for member in members { member.close() }
            members = []
            done.succeed(told)
        }
    }

    private final class Member: TransportDelegate {
        private let place: Int
        private let key: SigningKey
        private let network: Digest
        private let transport: Transport
        private let crowd: Crowd
        private var nonce: UInt64?
        private(set) var isConnected = false

        init(_ network: CrashNetwork, _ place: Int, crowd: Crowd, eventLoop: any EventLoop) {
            self.place = place
            self.crowd = crowd
            key = network.submitters[place]
            self.network = network.genesis.network
            transport = Transport(
                own: Hello(
                    network: network.genesis.network, party: .signer(OperatorIndex(UInt32(place))), key: key.publicKey),
                genesis: network.genesis, eventLoop: eventLoop)
            transport.delegate = self
        }

        func dial(_ address: SocketAddress) { transport.dial(.ledger, at: address) }
        func close() { transport.close() }
        func connected(_ party: Party) { isConnected = true }
        func refused(_ party: Party?, _ error: HandshakeError) {}

        func disconnected(_ party: Party, reason: String) {
            isConnected = false
            crowd.lost()
        }

        func received(_ frame: Frame, from party: Party) {
            switch frame {
            case .notice(.account(let next)): nonce = next
            case .notice(.clock(_, _, let root)):
                crowd.heard(root, by: place)
                submit()
            case .receipt(let receipt):
                crowd.heard(receipt)
                nonce = nonce.map { $0 + 1 }
                submit()
            default: break
            }
        }

        private func submit() {
            guard let nonce else { return }
            let instruction = Instruction.deposit(.native, Units(1))
            let bytes = SignedInstruction.signedBytes(
                network: network, authority: key.publicKey, nonce: nonce, instruction: instruction)
            let signed = SignedInstruction(
                network: network, authority: key.publicKey, nonce: nonce, instruction: instruction,
                signature: key.sign(bytes))
            transport.send(try! EncodedFrame(.submit(signed)), to: [.ledger])
            transport.flush()
        }
    }
}
