import Messages
import NIOCore
import Node
import Primitives
import Records

/// A node with real connections and a record, which works in turns as a real one does, but whose machine only counts: each
/// time so many frames have come, it sends so many to each of some others.
///
/// Confined to its event loop.
final class EchoNode: TransportDelegate {
    let transport: Transport
    private let frame: EncodedFrame
    private var record: RecordWriter
    private var isTurnScheduled = false
    private var waiting = 0
    private var connected: (count: Int, promise: EventLoopPromise<Void>)?
    private var connections = 0

    private var exchange = Exchange()
    private var finished: EventLoopPromise<Void>?
    private var work = Work()
    private var sent: Instant?
    /// From each sending to the moment at which all that it waits for had come.
    private(set) var roundTrips: [Duration] = []

    /// What it does when frames come.
    struct Exchange: Hashable, Sendable {
        /// Nothing is done before so many have come.
        var awaits = Int.max
        /// To each recipient.
        var sends = 0
        var recipients: [Party] = []
        /// How often; then it is finished.
        var times = 0
    }

    /// How much it has done, and the processor time that its thread took for it.
    struct Work: Hashable, Sendable {
        var turns = 0
        var received = 0
        var sent = 0
        var flushes = 0
        var time = Duration.zero

        static func + (left: Self, right: Self) -> Self {
            Work(
                turns: left.turns + right.turns, received: left.received + right.received, sent: left.sent + right.sent,
                flushes: left.flushes + right.flushes, time: left.time + right.time)
        }

        /// What it was made of: turns, frames received, frames sent, connections flushed.
        var row: LeastSquares.Row {
            LeastSquares.Row(
                amounts: [turns, received, sent, flushes].map(Double.init), total: Double(time.nanoseconds))
        }
    }

    init(_ own: Hello, genesis: Genesis, frame: Frame, record: RecordWriter, eventLoop: any EventLoop) throws {
        self.frame = try EncodedFrame(frame)
        self.record = record
        transport = Transport(own: own, genesis: genesis, eventLoop: eventLoop)
        transport.delegate = self
    }

    /// - Returns: fulfilled when so many are connected.
    func connections(reach count: Int) -> EventLoopFuture<Void> {
        let promise = transport.eventLoop.makePromise(of: Void.self)
        connected = (count, promise)
        checkConnections()
        return promise.futureResult
    }

    /// Counts anew. Whoever speaks first is told to begin.
    ///
    /// - Returns: fulfilled when it has been done as often as it was to be.
    func perform(_ exchange: Exchange, beginning: Bool) -> EventLoopFuture<Void> {
        let promise = transport.eventLoop.makePromise(of: Void.self)
        finished?.succeed()
        finished = promise
        self.exchange = exchange
        waiting = beginning ? exchange.awaits : 0
        sent = nil
        roundTrips = []
        work = Work()
        work.time = .zero - ThreadClock.now
        if beginning { scheduleTurn() }
        return promise.futureResult
    }

    /// What was done since then.
    var workDone: Work {
        var work = work
        work.time += ThreadClock.now
        return work
    }

    func close() {
        finished?.succeed()
        finished = nil
        transport.close()
    }

    // MARK: Turns

    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        transport.eventLoop.assumeIsolated().execute { [weak self] in self?.turn() }
    }

    private func turn() {
        isTurnScheduled = false
        work.turns += 1
        record.append(.note(at: MonotonicClock.now, .refusedToSign(reason: "")))
        do {
            try record.flush()
        } catch {
            finished?.fail(error)
            finished = nil
        }
        if waiting >= exchange.awaits { answer() }
        transport.flush()
    }

    private func answer() {
        if let sent { roundTrips.append(MonotonicClock.now - sent) }
        sent = nil
        guard exchange.times > 0 else {
            finished?.succeed()
            finished = nil
            return
        }
        waiting -= exchange.awaits
        exchange.times -= 1
        send()
    }

    private func send() {
        sent = MonotonicClock.now
        for _ in 0..<exchange.sends { transport.send(frame, to: exchange.recipients) }
        work.sent += exchange.sends * exchange.recipients.count
        work.flushes += exchange.recipients.count
    }

    // MARK: What comes in

    func connected(_ party: Party) {
        connections += 1
        checkConnections()
    }

    private func checkConnections() {
        guard let (count, promise) = connected, connections >= count else { return }
        connected = nil
        promise.succeed()
    }

    func disconnected(_ party: Party, reason: String) {
        finished?.fail(CalibrationError.connectionLost(reason))
        finished = nil
    }

    func received(_ frame: Frame, from party: Party) {
        work.received += 1
        waiting += 1
        scheduleTurn()
    }

    func refused(_ party: Party?, _ error: HandshakeError) {
        connected?.promise.fail(error)
        connected = nil
    }
}
