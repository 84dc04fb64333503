import Cluster
import Cryptography
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import SystemPackage

/// Instructions a second of which each has its receipt, and so is on disk: closed loops over real connections, in which
/// each submitter has one instruction under way.
struct DurableBench {
    let sizes: LedgerBench.Sizes
    let executables: Executables

    func measure(in directory: FilePath) async throws -> [LedgerFigure] {
        var figures: [LedgerFigure] = []
        for submitters in [1, 64] {
            var rates: [Double] = []
            for number in 0..<sizes.repeats {
                let scene = LedgerScene(
                    restakers: 0, operators: submitters, services: 1, assets: 1, operatorsRestake: true)
                let child = try LedgerChild(
                    scene, in: directory.appending("\(submitters).\(number)"), snapshotInterval: 20_000,
                    executables: executables)
                let seconds = sizes.seconds
                rates.append(
                    try await child.run(incarnation: 1) { port, _ in
                        try await Self.load(scene, port: port, seconds: seconds)
                    })
            }
            figures.append(
                LedgerFigure(
                    .durable, submitters == 1 ? "one submitter" : "\(submitters) submitters", .perSecond, rates,
                    aim: submitters == 64 ? 5_000 : nil))
        }
        return figures
    }

    /// - Returns: receipts a second, after a warm-up.
    private static func load(_ scene: LedgerScene, port: UInt16, seconds: Int) async throws -> Double {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let done = eventLoop.makePromise(of: Double.self)
        try await eventLoop.submit {
            let load = SubmitterLoad(scene, eventLoop: eventLoop, seconds: seconds, done: done)
            load.start(port: port)
        }.get()
        let result: Result<Double, any Error>
        do { result = .success(try await done.futureResult.get()) } catch { result = .failure(error) }
        try await group.shutdownGracefully()
        return try result.get()
    }
}

/// Submitters on one event loop. Keeps itself until it is done.
private final class SubmitterLoad {
    private let submitters: [Submitter]
    private let eventLoop: any EventLoop
    private let seconds: Int
    private let done: EventLoopPromise<Double>
    private var receipts = 0
    private var isOver = false

    init(_ scene: LedgerScene, eventLoop: any EventLoop, seconds: Int, done: EventLoopPromise<Double>) {
        self.eventLoop = eventLoop
        self.seconds = seconds
        self.done = done
        submitters = scene.operators.indices.map { Submitter(scene, $0, eventLoop: eventLoop) }
    }

    func start(port: UInt16) {
        do {
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(port))
            for submitter in submitters { submitter.start(address) { self.answered($0) } }
        } catch {
            return end(.failure(error))
        }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        // Connections, caches and the allocator come to their working state first.
        eventLoop.scheduleTask(in: .milliseconds(500)) {
            let (first, start) = (this.value.receipts, MonotonicClock.now)
            this.value.eventLoop.scheduleTask(in: .seconds(Int64(this.value.seconds))) {
                let load = this.value
                load.end(.success(Double(load.receipts - first) / (MonotonicClock.now - start).inSeconds))
            }
        }
    }

    private func answered(_ outcome: Outcome) {
        receipts += 1
        if outcome != .applied { end(.failure(LedgerBenchError.refused(outcome))) }
    }

    private func end(_ result: Result<Double, any Error>) {
        guard !isOver else { return }
        isOver = true
        for submitter in submitters { submitter.stop() }
        done.completeWith(result)
    }
}

/// An operator that deposits, and deposits again as soon as it has its receipt.
private final class Submitter: TransportDelegate {
    private let transport: Transport
    private let key: SigningKey
    private let network: Digest
    private var nonce: UInt64 = 0
    private var answered: (Outcome) -> Void = { _ in }

    init(_ scene: LedgerScene, _ place: Int, eventLoop: any EventLoop) {
        key = scene.operators[place]
        network = scene.genesis.network
        let party = Party.signer(OperatorIndex(UInt32(place)))
        transport = Transport(
            own: Hello(network: network, party: party, key: key.publicKey), genesis: scene.genesis,
            eventLoop: eventLoop)
    }

    func start(_ address: SocketAddress, answered: @escaping (Outcome) -> Void) {
        self.answered = answered
        transport.delegate = self
        transport.dial(.ledger, at: address)
    }

    func stop() {
        answered = { _ in }
        transport.close()
    }

    func connected(_ party: Party) { submit() }
    func disconnected(_ party: Party, reason: String) {}
    func refused(_ party: Party?, _ error: HandshakeError) {}

    func received(_ frame: Frame, from party: Party) {
        guard case .receipt(let receipt) = frame else { return }
        nonce += 1
        answered(receipt.outcome)
        submit()
    }

    private func submit() {
        let instruction = Instruction.deposit(.native, Units(1))
        let bytes = SignedInstruction.signedBytes(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        let signed = SignedInstruction(
            network: network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
        guard let frame = try? EncodedFrame(.submit(signed)) else { return }
        transport.send(frame, to: [.ledger])
        transport.flush()
    }
}
