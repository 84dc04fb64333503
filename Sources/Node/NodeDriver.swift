import Admission
import Attesting
import Cryptography
import Faults
import Messages
import NIOCore
import Primitives
import Records
import Services
import SystemPackage

/// Drives the machine of one operator or coordinator with real time, files and connections.
///
/// Everything happens in turns on one event loop. A turn has rounds:
/// 1. the machine handles the events that wait, each at its own time; every event goes to the record, with the digest
///    of its effects, and every note;
/// 2. all that is to be persisted in the round goes to the guard file, which is made durable once;
/// 3. what the machine has asked for itself (signatures, checks, results) is worked out, in its order; the answers are
///    the next round's events.
///
/// When nothing more is asked for, the record is handed to the system, so that no process can die having sent what its
/// record does not know. Only then is everything else done, in the order in which the machine asked for it, and the
/// connections are flushed once. So a task costs an operator one write to each file and one to the coordinator.
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

    var machine: any NodeMachine
    let guardFile: GuardFile
    private var ledgerPort: UInt16
    private var hasDialledLedger = false
    let clock: () -> Instant
    /// Work that the machine has asked for and the last turn had no room for.
    var requests: [NodeEffect] = []
    #if DEBUG
        var gathered = GatheredEntries()
    #endif
    /// Of the event that is being handled.
    var effects: [NodeEffect] = []
    var encoder = BorshEncoder()
    var intake = Intake<NodeEvent>()
    var isTurnScheduled = false
    private let heartbeat: Heartbeat
    /// The earliest time that the machine has asked to be woken at.
    private var wakeTime: Instant?
    private var wakeTask: Scheduled<Void>?
    var progress: ProgressReport
    /// Of a live cluster alone: an ordinary run is not asked.
    var meter: StatusMeter?
    /// What executes the tasks of exec services.
    private(set) var programs: [ServiceID: ServiceProgram] = [:]

    /// Events that one turn handles at most, so that reading and writing come to their right in between.
    static let eventsPerTurn = 64
    /// A task takes an operator three: it is checked, executed, signed. More are left to the next turn.
    static let roundsPerTurn = 8

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
        meter = equipment.isLive ? StatusMeter(of: equipment.party) : nil
        transport = Transport(
            own: Hello(network: network, party: equipment.party, key: equipment.key.publicKey),
            genesis: equipment.genesis, links: equipment.links, eventLoop: eventLoop)
        heartbeat = Heartbeat(eventLoop: eventLoop)
        intake.append(.started(recorded: equipment.recorded), from: nil, at: clock(), on: transport)
        transport.delegate = self
        for entry in equipment.programs { programs[entry.service] = program(entry, launcher: equipment.launcher) }
    }

    private func program(_ entry: ServiceProgramTerms, launcher: FilePath) -> ServiceProgram {
        ServiceProgram(
            entry.terms, service: genesis.services[Int(entry.service.number)].name, signer: name(of: party),
            launcher: launcher, eventLoop: eventLoop, log: log, clock: clock
        ) { [weak self] in self?.enqueue(.executed(task: $0, $1)) }
    }

    /// Listens, if others dial this node, and connects with the ledger.
    package func start() {
        scheduleTurn()
        heartbeat.start { [weak self] lateness in self?.stalled(for: lateness) }
        for program in programs.values { program.start() }
        guard case .signer(let me) = party else { return dialLedger() }
        transport.listen().assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error): fail("cannot listen on 127.0.0.1: \(error)")
            case .success(let port):
                let endpoint = Endpoint(signer: me, address: Endpoint.loopback, port: port)
                registration = EndpointRegistration(network: network, key: key, endpoint: endpoint)
                dialLedger()
            }
        }
    }

    private func dialLedger() {
        hasDialledLedger = true
        transport.dial(.ledger, at: .loopback(port: ledgerPort))
    }

    package func obey(_ command: ProcessCommand) {
        guard !isEnded else { return }
        switch command {
        case .begin(let instant): enqueue(.began(instant))
        case .ledger(let port):
            ledgerPort = port
            if hasDialledLedger { dialLedger() }
        case .tellStatus: tellStatus()
        case .tellResult(let task):
            if let meter { outlet.report(.result(task: task, meter.result(of: task))) }
        case .submit(let ticket, let payload): enqueue(.submitted(ticket: ticket, payload: payload))
        case .drain: enqueue(.draining)
        case .perturb(let perturbation): enqueue(.perturbed(perturbation.borsh))
        case .links(let updates): transport.change(updates)
        case .stop: stop()
        // The lifeline's thread sees to these, however busy this one is.
        case .measure, .instruct, .forward, .pause, .resume: break
        }
    }

    private func tellStatus() {
        guard let meter else { return }
        let faults = (machine as? any PerturbableMachine)?.faultStates ?? []
        outlet.report(
            .status(NodeStatus(usage: UsageMeter.reading, role: meter.role(progress.tasks), faults: faults)))
    }

    /// Something that was due now has waited for so long.
    private func stalled(for lateness: Duration) {
        guard !isEnded else { return }
        noteOwn(.stalled(lateness))
        scheduleTurn()
    }

    /// - Parameter party: from whom it came; nil: from the ledger, or from nobody.
    func enqueue(_ event: NodeEvent, from party: Party? = nil, cost: UInt64 = 1) {
        guard !isEnded else { return }
        intake.append(event, from: party, cost: cost, at: clock(), on: transport)
        scheduleTurn()
    }

    /// Ends the process at once, without sending anything more.
    func fail(_ message: String) {
        guard !isEnded else { return }
        isEnded = true
        heartbeat.stop()
        for program in programs.values { program.close() }
        log(.error, message)
        outlet.report(.failed(message))
        outlet.end(status: ProcessControl.failure)
    }

    private func stop() {
        isEnded = true
        heartbeat.stop()
        for program in programs.values { program.close() }
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

// MARK: - Effects

extension NodeDriver {
    func carryOut(_ effect: NodeEffect) {
        switch effect {
        case .send(let frame, let recipients): send(frame, to: recipients)
        case .disconnect(let party, let reason): transport.disconnect(party, reason: reason)
        case .wake(let instant): wake(at: instant)
        case .finished:
            progress.reportNow()
            outlet.report(.finished)
        case .crash:
            transport.flush()
            isEnded = true
            outlet.crash()
        case .sendBytes(let bytes, let recipients): transport.send(ByteBuffer(bytes: bytes), to: recipients)
        case .pause(let duration): outlet.pause(for: duration)
        case .fillDisk: guardFile.fillDisk()
        case .losePower: guardFile.losePower()
        case .execute(let execution): programs[execution.service]?.execute(execution)
        case .persist, .note, .sign, .verify: break
        }
    }

    func sign(_ request: SignatureRequest) -> Signature { request.signature(by: key, network: network) }

    /// In place: what modules do today takes less time than handing it to another thread and back.
    func execute(_ execution: TaskExecution) -> ExecutionOutcome {
        let name = genesis.services[Int(execution.service.number)].module
        switch ModuleCatalogue.module(named: name)?.execution {
        case .inProcess(let execute): return execute(execution.payload)
        case .byProgram: return .refused(reason: "no program has been named for it")
        case nil: return .refused(reason: "this build has no service module named \(name)")
        }
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

    func note(_ observation: Observation, at now: Instant) {
        record.append(.note(at: now, observation))
        progress.count(observation)
        meter?.noted(observation, at: now)
        switch observation {
        case .rejected(let party, let reason): log(.warning, "rejected from \(name(of: party)): \(reason)")
        case .receiptArrived(let receipt) where !receipt.outcome.serves:
            log(.warning, "the ledger refused instruction \(receipt.instruction.short): \(receipt.outcome)")
        case .refusedToSign(let reason): log(.warning, "refused to sign: \(reason)")
        case .notExecuted(let service, let sequence, let reason):
            log(.warning, "no result for task \(sequence) of \(genesis.services[Int(service.number)].name): \(reason)")
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
