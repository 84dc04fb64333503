import Cryptography
import Foundation
import Links
import Messages
import NIOCore
import NIOPosix
import Primitives
import SystemPackage

@testable import Node

/// A network of three operators and two AVSs: a mesh of all of them, a star of the first two.
enum Fixture {
    static let clock = key(200)
    static let coordinators = [key(100), key(101)]
    static let signers = (0..<3).map { key(UInt8($0) + 1) }

    static let genesis = Genesis(
        runID: .zero,
        parameters: LedgerParameters(slotDuration: .milliseconds(400), slotsPerEpoch: 10, unbondingEpochs: 2),
        clock: clock.publicKey,
        signers: signers.enumerated().map { Genesis.Signer(name: "op-\($0 + 1)", key: $1.publicKey) },
        restakers: [], services: [service("squares", 0, .mesh, [0, 1, 2]), service("stars", 1, .star, [0, 1])])

    static func key(_ number: UInt8) -> SigningKey {
        SigningKey(seed: FixedBytes32([number] + [UInt8](repeating: 0, count: 31))!)
    }

    static func key(of party: Party) -> SigningKey {
        switch party {
        case .ledger: clock
        case .coordinator(let service): coordinators[Int(service.number)]
        case .signer(let signer): signers[Int(signer.number)]
        }
    }

    static func hello(_ party: Party) -> Hello {
        Hello(network: genesis.network, party: party, key: key(of: party).publicKey)
    }

    static func signer(_ number: UInt32) -> Party { .signer(OperatorIndex(number)) }

    static func statement(_ number: UInt64) -> Statement {
        Statement(
            voteKey: VoteKey(network: genesis.network, service: ServiceID(0), subject: Subject(number: number)),
            operatorSet: .zero, epoch: Epoch(0), task: .zero, result: .zero)
    }

    static func header(_ number: UInt64) -> TaskHeader {
        TaskHeader(
            network: genesis.network, service: ServiceID(0), sequence: TaskSequence(number), epoch: Epoch(0),
            operatorSet: .zero, payload: .zero, issued: Instant(nanoseconds: 1), deadline: Instant(nanoseconds: 2))
    }

    static let evidence: Evidence = {
        var other = vote(1)
        other.statement.task = genesis.network
        return .equivocation(Equivocation(vote(1), other)!)
    }()

    static func vote(_ number: UInt64) -> Attestation {
        let statement = statement(number)
        return Attestation(
            statement: statement, signer: signers[0].publicKey, signature: signers[0].sign(statement.signedBytes))
    }

    static func task(payloadSize: Int) -> SignedTask {
        let task = ServiceTask(
            network: genesis.network, service: ServiceID(0), sequence: TaskSequence(1), epoch: Epoch(0),
            operatorSet: .zero, payload: [UInt8](repeating: 7, count: payloadSize), issued: Instant(nanoseconds: 1),
            deadline: Instant(nanoseconds: 2))
        return SignedTask(task: task, signature: coordinators[0].sign(task.signedBytes))
    }

    private static func service(
        _ name: String, _ coordinator: Int, _ dissemination: Dissemination, _ optedIn: [UInt32]
    ) -> Genesis.Service {
        Genesis.Service(
            name: name, module: "squaring", coordinator: coordinators[coordinator].publicKey,
            threshold: Fraction(2, over: 3)!, dissemination: dissemination, deadline: .seconds(1),
            evidenceWindow: .seconds(2), optedIn: optedIn.map(OperatorIndex.init), slash: SlashTerms(equivocation: .one)
        )
    }
}

/// An event loop with a thread of its own, on which a test's body runs.
actor Stage {
    nonisolated let eventLoop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func run<Value: Sendable>(
        _ body: @Sendable (isolated Stage) async throws -> Value
    ) async throws -> Value {
        try await body(self)
    }
}

func onEventLoop<Value: Sendable>(
    _ body: @Sendable (isolated Stage) async throws -> Value
) async throws -> Value {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let result: Result<Value, any Error>
    do {
        result = .success(try await Stage(group.next()).run(body))
    } catch {
        result = .failure(error)
    }
    try await group.shutdownGracefully()
    return try result.get()
}

/// What a transport has told, and a way to wait for it.
final class Witness: TransportDelegate {
    enum Event: Hashable, Sendable {
        case connected(Party)
        case disconnected(Party, String)
        case received(Frame, Party)
        case refused(Party?, HandshakeError)
    }

    private(set) var events: [Event] = [] {
        didSet {
            for (condition, promise) in waiting where condition(events) { promise.succeed(events) }
            waiting.removeAll { $0.0(events) }
        }
    }
    private var waiting: [(([Event]) -> Bool, EventLoopPromise<[Event]>)] = []
    private let eventLoop: any EventLoop
    /// Does what a party would do at once.
    var onFrame: ((Frame, Party) -> Void)?
    var onConnected: ((Party) -> Void)?
    var onRefused: ((Party?) -> Void)?

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Fulfilled when the condition holds for what has been told so far.
    func until(_ condition: @escaping ([Event]) -> Bool) -> EventLoopFuture<[Event]> {
        let promise = eventLoop.makePromise(of: [Event].self)
        if condition(events) { promise.succeed(events) } else { waiting.append((condition, promise)) }
        return promise.futureResult
    }

    func connected(_ party: Party) {
        events.append(.connected(party))
        onConnected?(party)
    }
    func disconnected(_ party: Party, reason: String) { events.append(.disconnected(party, reason)) }
    func received(_ frame: Frame, from party: Party) {
        events.append(.received(frame, party))
        onFrame?(frame, party)
    }
    func refused(_ party: Party?, _ error: HandshakeError) {
        events.append(.refused(party, error))
        onRefused?(party)
    }
}

/// One party's transport with its witness.
struct Peer {
    let transport: Transport
    let witness: Witness

    init(
        _ party: Party, on eventLoop: any EventLoop, links: OutboundLinks = .none,
        blockage: TimeAmount = TransportLimits.blockage
    ) {
        transport = Transport(
            own: Fixture.hello(party), genesis: Fixture.genesis, links: links, blockage: blockage, eventLoop: eventLoop)
        witness = Witness(eventLoop)
        transport.delegate = witness
    }

    func send(_ frames: [Frame], to party: Party) {
        for frame in frames { transport.send(try! EncodedFrame(frame), to: [party]) }
        transport.flush()
    }
}
