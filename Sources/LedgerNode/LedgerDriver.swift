import Admission
import Cryptography
import Faults
import Links
import Messages
import NIOCore
import NIOPosix
import Node
import Primitives
import Records
import Restaking

/// Drives the ledger's machine: connections and clock in, log and notices out. Confined to one event loop.
///
/// A turn hands the machine what has come in. Its effects wait in the outbox until all entries among them are on
/// disk; the commit runs on another thread, and what comes in meanwhile makes up the next one.
final class LedgerDriver: TransportDelegate {
    private static let eventsPerTurn = 256

    private let eventLoop: any EventLoop
    let transport: Transport
    let log: InstructionLog
    let head: HeadFile
    private let commits: NIOThreadPool
    let snapshots: SnapshotKeeper
    private let key: SigningKey
    private let genesis: Genesis
    private let outlet: any NodeOutlet

    private(set) var machine: LedgerMachine
    var nodeLog: NodeLog
    private var record: RecordWriter?
    private var intake = Intake<LedgerEvent>()
    private var isTurnScheduled = false
    private let heartbeat: Heartbeat
    private(set) var outbox: [LedgerEffect] = []
    private var isCommitting = false
    private var isStopping = false
    /// The snapshot at the end.
    private var hasTakenLast = false
    private var ticks: RepeatedTask?
    private var crashes: LedgerCrashes
    private var crashTask: Scheduled<Void>?
    /// By how much the clock has been moved on.
    private var slotOffset: UInt64 = 0
    /// Where the clock stood when the log had been read, and when that was. What has passed since the last entry, and while
    /// there was no process, has not passed for the ledger: nothing that is due by a slot comes too late because it was dead.
    private var clockStart = (slot: UInt64(0), at: NIODeadline.now())

    /// - Parameters:
    ///   - head: what is kept beside the log.
    ///   - commits: a pool of one thread: what it is given must be done in its order.
    ///   - encoders: for snapshots, one of which is taken after so many entries at least.
    ///   - canBeCutOff: whether partitions can come to lie between it and others.
    init(
        genesis: Genesis, key: SigningKey, log: InstructionLog, head: HeadFile, record: RecordWriter,
        commits: NIOThreadPool, encoders: NIOThreadPool,
        snapshotInterval: UInt64 = LedgerConfiguration.usualSnapshotInterval, faults: [FaultPlan] = [],
        canBeCutOff: Bool = false, eventLoop: any EventLoop, nodeLog: NodeLog = NodeLog(), outlet: any NodeOutlet
    ) throws {
        self.genesis = genesis
        self.key = key
        self.log = log
        self.head = head
        self.record = record
        self.commits = commits
        self.eventLoop = eventLoop
        self.outlet = outlet
        crashes = LedgerCrashes(faults)
        self.nodeLog = nodeLog
        heartbeat = Heartbeat(eventLoop: eventLoop)
        machine = try LedgerMachine(genesis: genesis)
        var warning = nodeLog
        snapshots = SnapshotKeeper(
            log: log, interval: snapshotInterval, commits: commits, encoders: encoders, eventLoop: eventLoop,
            warn: { warning(.warning, $0) })
        // It stands beside everyone: whatever befalls its links, no terms lie on them.
        var links = OutboundLinks.none
        links.canChange = canBeCutOff
        transport = Transport(
            own: Hello(network: genesis.network, party: .ledger, key: key.publicKey), genesis: genesis, links: links,
            eventLoop: eventLoop)
        transport.delegate = self
        snapshots.whenDone = { [weak self] in self?.finishIfIdle() }
    }

    /// Reads the log back through the machine, then listens.
    func start() {
        do {
            try restore()
        } catch {
            flushRecord()
            return fail("\(error)")
        }
        handle(.opened(head: nil))
        // What an earlier process has opened is not opened again.
        for set in machine.ledger.operatorSets { intake.learn(set) }
        flushRecord()
        commitIfIdle()
        guard !isStopping else { return }
        startClock()
        heartbeat.start { [weak self] lateness in self?.stalled(for: lateness) }
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        // Whoever follows the epochs may have missed the last word of an earlier process.
        if machine.ledger.epoch > Epoch(0) { outlet.report(.epoch(machine.ledger.epoch)) }
        transport.listen().whenComplete { result in
            switch result {
            case .success(let port): this.value.outlet.report(.listening(port: port))
            case .failure(let error): this.value.fail("cannot listen: \(error)")
            }
        }
    }

    /// After what is under way is on disk and told.
    func stop() {
        isStopping = true
        ticks?.cancel()
        finishIfIdle()
    }

    // MARK: What comes in

    /// It is written out with the next turn.
    private func stalled(for lateness: Duration) {
        record?.append(.note(at: MonotonicClock.now, .stalled(lateness)))
    }

    func connected(_ party: Party) {
        guard let key = genesis.key(of: party) else { return }
        enqueue(.connected(party, key: key))
    }

    func disconnected(_ party: Party, reason: String) { enqueue(.disconnected(party)) }

    func received(_ frame: Frame, from party: Party) {
        guard case .submit(let signed) = frame else {
            return transport.disconnect(party, reason: "a \(frame.kind) frame, which is not for the ledger")
        }
        if dies(at: .receive) { return }
        enqueue(.submitted(signed, from: party))
    }

    func refused(_ party: Party?, _ error: HandshakeError) {}

    private func startClock() {
        clockStart = (machine.ledger.slot.number, eventLoop.now)
        let slot = genesis.parameters.slotDuration.nanoseconds
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        ticks = eventLoop.scheduleRepeatedTask(initialDelay: .nanoseconds(slot), delay: .nanoseconds(slot)) { _ in
            this.value.tick()
        }
    }

    private func tick() {
        let elapsed = (eventLoop.now - clockStart.at).nanoseconds
        let passed = UInt64(max(0, elapsed) / genesis.parameters.slotDuration.nanoseconds)
        enqueue(.tick(Slot(clockStart.slot + passed + slotOffset)))
    }

    /// It was paused, and its clock with it.
    func stoodStill(for duration: Duration) {
        clockStart.at = clockStart.at + .nanoseconds(duration.nanoseconds)
    }

    /// At once: what has passed and what has been skipped count alike.
    func forward(_ slots: UInt64) {
        let (sum, overflows) = slotOffset.addingReportingOverflow(slots)
        guard !overflows, sum <= 1 << 61 else { return }
        slotOffset = sum
        tick()
    }

    func instruct(_ signed: SignedInstruction, ticket: UInt64) {
        if dies(at: .receive) { return }
        enqueue(.instructed(signed, ticket: ticket))
    }

    private func enqueue(_ event: LedgerEvent) {
        intake.append(
            event, from: event.sender, cost: event.signedInstruction.map { Attention.cost(of: $0.instruction) } ?? 1,
            besides: outbox.count, at: MonotonicClock.now,
            on: transport)
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().execute { [weak self] in self?.turn() }
    }

    // MARK: A turn

    private func turn() {
        isTurnScheduled = false
        for _ in 0..<Self.eventsPerTurn {
            guard let (event, stall) = intake.popFirst(at: MonotonicClock.now) else { break }
            if let stall { stalled(for: stall) }
            handle(event)
        }
        if !intake.isEmpty {
            isTurnScheduled = true
            eventLoop.assumeIsolated().execute { [weak self] in self?.turn() }
        }
        flushRecord()
        commitIfIdle()
        snapshots.takeIfDue(machine)
        readOn()
    }

    private func readOn() { intake.readOn(besides: outbox.count, on: transport) }

    func handle(_ event: LedgerEvent) {
        let now = MonotonicClock.now
        var effects: [LedgerEffect] = []
        machine.handle(event, at: now, effects: &effects)
        record?.append(.input(at: now, event: event.borsh, effects: LedgerEffect.digest(of: effects)))
        var signed: [LedgerEvent] = []
        for effect in effects {
            switch effect {
            case .note(let observation):
                if case .operatorSetOpened(let set) = observation { intake.learn(set) }
                record?.append(.note(at: now, observation))
            case .sign(let instruction, let nonce): signed.append(.signed(sign(instruction, nonce)))
            default: outbox.append(effect)
            }
        }
        // Before any other event: the machine holds submissions back until its clock is signed.
        for event in signed { handle(event) }
    }

    private func sign(_ instruction: Instruction, _ nonce: UInt64) -> SignedInstruction {
        let bytes = SignedInstruction.signedBytes(
            network: genesis.network, authority: key.publicKey, nonce: nonce, instruction: instruction)
        return SignedInstruction(
            network: genesis.network, authority: key.publicKey, nonce: nonce, instruction: instruction,
            signature: key.sign(bytes))
    }

    // MARK: What goes out

    private func commitIfIdle() {
        guard !isCommitting, !outbox.isEmpty else { return }
        let batch = outbox
        outbox = []
        let entries = batch.compactMap(\.entry)
        guard !entries.isEmpty else { return carryOut(batch) }
        isCommitting = true
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let (log, head, last) = (log, head, entries[entries.count - 1])
        commits.runIfActive(eventLoop: eventLoop) {
            try log.append(entries)
            try head.write(LogHead(sequence: last.sequence, chain: last.chain))
        }.whenComplete { result in
            this.value.committed(batch, upTo: last.sequence, result)
        }
    }

    private func committed(_ batch: [LedgerEffect], upTo last: UInt64, _ result: Result<Void, any Error>) {
        isCommitting = false
        if case .failure(let error) = result { return fail("\(error)") }
        if dies(at: .persist, with: batch) { return }
        carryOut(batch)
        if dies(at: .acknowledge, with: batch) { return }
        snapshots.reached(last)
        commitIfIdle()
        readOn()
        finishIfIdle()
    }

    private func carryOut(_ effects: [LedgerEffect]) {
        for effect in effects {
            switch effect {
            case .append, .note, .sign, .passOver: break
            case .reply(let receipt, let party):
                send(.receipt(receipt), to: [party])
                if receipt.outcome.disqualifiesSubmitter {
                    transport.disconnect(party, reason: "submitted what no honest party would: \(receipt.outcome)")
                }
            case .answer(let receipt, let ticket): outlet.report(.receipt(ticket: ticket, receipt))
            case .send(let notice, let party): send(.notice(notice), to: [party])
            case .publish(let notice):
                if case .clock(_, let epoch, _) = notice { outlet.report(.epoch(epoch)) }
                send(.notice(notice), to: transport.connectedParties)
            case .disconnect(let party, let reason): transport.disconnect(party, reason: reason)
            case .stop(let fault): return fail("\(fault)")
            }
        }
        transport.flush()
    }

    private func send(_ frame: Frame, to parties: [Party]) {
        do {
            transport.send(try EncodedFrame(frame), to: parties)
        } catch {
            fail("a notice that no peer would take: \(error)")
        }
    }

    func flushRecord() {
        do {
            try record?.flush()
        } catch {
            fail("\(error)")
        }
    }

    // MARK: Dying as its faults say

    /// The run's time counts from here.
    func began(_ beginning: Instant) {
        crashes.began(beginning)
        scheduleCrash()
    }

    func perturb(_ perturbation: Perturbation) {
        switch perturbation {
        case .inject(let plan): crashes.inject(plan, at: MonotonicClock.now)
        case .clear: crashes.clear()
        }
        scheduleCrash()
    }

    private func scheduleCrash() {
        crashTask?.cancel()
        guard let time = crashes.nextTime else { return }
        let deadline = NIODeadline.uptimeNanoseconds(time.nanoseconds)
        crashTask = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            _ = self?.dies(at: nil)
        }
    }

    /// - Parameter batch: of what has been committed; the points after that are for those alone who are told of an entry.
    /// - Returns: whether it is dead, where that does not end the process at once.
    private func dies(at point: KillPoint?, with batch: [LedgerEffect]? = nil) -> Bool {
        let now = MonotonicClock.now
        guard record != nil, let fault = crashes.due(at: point, now), batch.map(LedgerEffect.answerEntries) ?? true
        else { return record == nil }
        record?.append(.note(at: now, .injected(Injection(behaviour: fault.behaviour.rawValue))))
        flushRecord()
        record = nil
        outlet.crash()
        heartbeat.stop()
        isStopping = true
        ticks?.cancel()
        transport.close()
        return true
    }

    // MARK: The end

    /// The next start finds nearly all of the log in a snapshot.
    private func finishIfIdle() {
        guard isStopping, !isCommitting, outbox.isEmpty, !snapshots.isBusy, let record else { return }
        // Once: what still comes in does not put off the end.
        if !hasTakenLast, snapshots.last != machine.head.sequence {
            hasTakenLast = true
            return snapshots.take(machine)
        }
        self.record = nil
        heartbeat.stop()
        transport.close()
        do {
            try record.close(at: MonotonicClock.now)
            outlet.report(.stopped)
        } catch {
            outlet.report(.failed("\(error)"))
        }
    }

    private func fail(_ message: String) {
        guard record != nil else { return }
        record = nil
        heartbeat.stop()
        isStopping = true
        ticks?.cancel()
        transport.close()
        outlet.report(.failed(message))
    }
}

extension Outcome {
    /// No honest party of this network sends such an instruction.
    fileprivate var disqualifiesSubmitter: Bool {
        switch self {
        case .wrongNetwork, .badSignature, .unknownAuthority: true
        default: false
        }
    }
}

extension LedgerEffect {
    fileprivate var entry: LogEntry? {
        if case .append(let entry) = self { entry } else { nil }
    }
}
