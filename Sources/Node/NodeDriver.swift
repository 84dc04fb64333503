import Attesting
import Cryptography
import Messages
import NIOCore
import Primitives
import Records
import Services

/// Drives the machine of one operator or coordinator with real time, files and connections.
///
/// Everything happens in turns on one event loop:
/// 1. the machine handles the events that wait, each at its own time; every event goes to the record, with the digest
///    of its effects, and every note;
/// 2. all that is to be persisted in the turn goes to the guard file, which is made durable once;
/// 3. the record is handed to the system, so that no process can die having sent what its record does not know;
/// 4. everything else is done in the order in which the machine asked for it, and the connections are flushed once.
///
/// It decides nothing about the protocol. What it does decide: who is dialled, where this node listens, and when it is
/// ready.
package final class NodeDriver {
    let party: Party
    let genesis: Genesis
    let network: Digest
    let key: SigningKey
    let transport: Transport
    let outlet: any NodeOutlet
    let eventLoop: any EventLoop
    var log: NodeLog
    var record: RecordWriter
    var isEnded = false

    var plan: PeerPlan
    var registration: EndpointRegistration?
    /// Where the other operators listen, as the ledger told last.
    var directory: [OperatorIndex: Endpoint] = [:]
    var isReady = false

    private var machine: any NodeMachine
    private let guardFile: GuardFile
    private let ledgerPort: UInt16
    private let clock: () -> Instant
    /// What the machine asked for itself; handled before anything new, so that work under way is finished first.
    private var answers = CircularBuffer<NodeEvent>(initialCapacity: 64)
    private var queue = CircularBuffer<NodeEvent>(initialCapacity: 64)
    private var isTurnScheduled = false
    /// The earliest time that the machine has asked to be woken at.
    private var wakeTime: Instant?
    private var wakeTask: Scheduled<Void>?
    private var progress: ProgressReport

    /// Events that one turn handles at most, so that reading and writing come to their right in between.
    static let eventsPerTurn = 64
    /// With more than this many waiting, nothing more is read until most of them are handled.
    static let queueHighMark = 4096
    static let queueLowMark = 512

    package init(
        _ equipment: NodeEquipment, eventLoop: any EventLoop, outlet: any NodeOutlet, log: NodeLog = NodeLog(),
        clock: @escaping () -> Instant = { MonotonicClock.now }
    ) {
        party = equipment.party
        genesis = equipment.genesis
        network = equipment.genesis.network
        key = equipment.key
        machine = equipment.machine
        guardFile = equipment.guardFile
        record = equipment.record
        ledgerPort = equipment.ledgerPort
        self.eventLoop = eventLoop
        self.outlet = outlet
        self.log = log
        self.clock = clock
        plan = PeerPlan(own: equipment.party, genesis: equipment.genesis)
        progress = ProgressReport(outlet: outlet)
        transport = Transport(
            own: Hello(network: network, party: equipment.party, key: equipment.key.publicKey),
            genesis: equipment.genesis, link: equipment.link, eventLoop: eventLoop)
        queue.append(.started(recorded: equipment.recorded))
        transport.delegate = self
    }

    /// Listens, if others dial this node, and connects with the ledger.
    package func start() {
        scheduleTurn()
        guard case .signer(let me) = party else { return transport.dial(.ledger, at: .loopback(port: ledgerPort)) }
        transport.listen().assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error): fail("cannot listen on 127.0.0.1: \(error)")
            case .success(let port):
                let endpoint = Endpoint(signer: me, address: Endpoint.loopback, port: port)
                registration = EndpointRegistration(network: network, key: key, endpoint: endpoint)
                transport.dial(.ledger, at: .loopback(port: ledgerPort))
            }
        }
    }

    package func obey(_ command: ProcessCommand) {
        guard !isEnded else { return }
        switch command {
        case .begin(let instant): enqueue(.began(instant))
        case .stop: stop()
        }
    }

    func enqueue(_ event: NodeEvent) {
        guard !isEnded else { return }
        queue.append(event)
        if queue.count > Self.queueHighMark { transport.isReading = false }
        scheduleTurn()
    }

    /// Ends the process at once, without sending anything more.
    func fail(_ message: String) {
        guard !isEnded else { return }
        isEnded = true
        log(.error, message)
        outlet.report(.failed(message))
        outlet.end(status: ProcessControl.failure)
    }

    private func stop() {
        isEnded = true
        transport.close()
        do {
            try record.close(at: clock())
        } catch {
            log(.error, "\(error)")
            outlet.report(.failed("\(error)"))
            return outlet.end(status: ProcessControl.failure)
        }
        outlet.report(.stopped)
        outlet.end(status: ProcessControl.success)
    }
}

// MARK: - Turns

extension NodeDriver {
    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        eventLoop.assumeIsolated().execute { [self] in turn() }
    }

    private func turn() {
        isTurnScheduled = false
        guard !isEnded else { return }
        let effects = handleEvents()
        do {
            try makeDurable(effects)
        } catch {
            return fail("\(error)")
        }
        for effect in effects where !isEnded { carryOut(effect) }
        guard !isEnded else { return }
        transport.flush()
        progress.reportIfDue(on: eventLoop)
        if queue.count < Self.queueLowMark { transport.isReading = true }
        if !queue.isEmpty || !answers.isEmpty { scheduleTurn() }
    }

    /// They wait for the next turn, which the end of this one schedules.
    private func answer(_ event: NodeEvent) { answers.append(event) }

    private func handleEvents() -> [NodeEffect] {
        var effects: [NodeEffect] = []
        var answer: [NodeEffect] = []
        for _ in 0..<Self.eventsPerTurn {
            guard let event = answers.popFirst() ?? queue.popFirst() else { break }
            let now = clock()
            answer.removeAll(keepingCapacity: true)
            machine.handle(event, at: now, effects: &answer)
            record.append(.input(at: now, event: event.borsh, effects: NodeEffect.digest(of: answer)))
            for case .note(let observation) in answer { note(observation, at: now) }
            effects += answer
        }
        return effects
    }

    private func makeDurable(_ effects: [NodeEffect]) throws {
        var entries: [GuardEntry] = []
        for case .persist(let entry) in effects { entries.append(entry) }
        if !entries.isEmpty {
            try guardFile.append(entries)
            try guardFile.sync()
        }
        try record.flush()
    }

    private func carryOut(_ effect: NodeEffect) {
        switch effect {
        case .persist, .note: break
        case .sign(let id, let request): answer(.signed(id, sign(request)))
        case .verify(let id, let request): answer(.verified(id, valid: request.isValid))
        case .execute(let task, let service, let payload): execute(task: task, service: service, payload: payload)
        case .send(let frame, let recipients): send(frame, to: recipients)
        case .disconnect(let party, let reason): transport.disconnect(party, reason: reason)
        case .wake(let instant): wake(at: instant)
        case .finished:
            progress.reportNow()
            outlet.report(.finished)
        case .crash:
            transport.flush()
            outlet.crash()
        }
    }

    private func sign(_ request: SignatureRequest) -> Signature {
        switch request {
        case .statement(let statement): key.sign(statement.signedBytes)
        case .task(let task): key.sign(task.signedBytes)
        case .instruction(let instruction, let nonce):
            key.sign(
                SignedInstruction.signedBytes(
                    network: network, authority: key.publicKey, nonce: nonce, instruction: instruction))
        }
    }

    /// On another thread: a slow module delays its own result and nothing else.
    /// In place: what modules do today takes less time than handing it to another thread and back.
    private func execute(task: Digest, service: ServiceID, payload: [UInt8]) {
        let name = genesis.services[Int(service.number)].module
        guard let module = ModuleCatalogue.module(named: name) else {
            return answer(.executed(task: task, .refused(reason: "this build has no service module named \(name)")))
        }
        answer(.executed(task: task, module.execute(payload)))
    }

    func send(_ frame: Frame, to recipients: [Party]) {
        guard recipients.contains(where: transport.isConnected) else { return }
        do {
            transport.send(try EncodedFrame(frame), to: recipients)
        } catch {
            log(.error, "not sent: \(error)")
        }
    }

    private func wake(at instant: Instant) {
        if let wakeTime, wakeTime <= instant { return }
        wakeTime = instant
        wakeTask?.cancel()
        let deadline = NIODeadline.uptimeNanoseconds(instant.nanoseconds)
        wakeTask = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.wakeTime = nil
            self?.enqueue(.woke)
        }
    }

    private func note(_ observation: Observation, at now: Instant) {
        record.append(.note(at: now, observation))
        progress.count(observation)
        switch observation {
        case .rejected(let party, let reason): log(.warning, "rejected from \(name(of: party)): \(reason)")
        case .receiptArrived(let receipt) where !receipt.outcome.serves:
            log(.warning, "the ledger refused instruction \(receipt.instruction.short): \(receipt.outcome)")
        case .refusedToSign(let reason): log(.warning, "refused to sign: \(reason)")
        default: break
        }
    }

    /// What this driver has seen itself. It is written out with the next turn.
    func noteOwn(_ observation: Observation) { note(observation, at: clock()) }

    func name(of party: Party) -> String { genesis.name(of: party) ?? "\(party)" }
}

extension Outcome {
    /// What was asked for has been done, by this instruction or by somebody's before it.
    fileprivate var serves: Bool {
        switch self {
        case .applied, .alreadySlashed, .alreadyTombstoned, .alreadyCertified, .alreadyCounted: true
        default: false
        }
    }
}
