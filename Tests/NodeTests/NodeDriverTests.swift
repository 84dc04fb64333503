import Attesting
import Cryptography
import Faults
import Links
import Messages
import NIOCore
import Primitives
import Records
import Services
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Node

/// Answers each event by a function of it.
private struct ScriptedMachine: NodeMachine {
    let script: @Sendable (NodeEvent) -> [NodeEffect]

    mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        effects += script(event)
    }

    func checkInvariants() {}
}

/// Keeps what a driver reports instead of ending the test's process.
private final class TestOutlet: NodeOutlet {
    private(set) var reports: [ProcessReport] = []
    private(set) var status: Int32?
    private let ended: EventLoopPromise<Int32>
    var onReport: (ProcessReport) -> Void = { _ in }

    init(_ eventLoop: any EventLoop) { ended = eventLoop.makePromise() }

    /// Fulfilled with the status.
    var end: EventLoopFuture<Int32> { ended.futureResult }

    func report(_ report: ProcessReport) {
        reports.append(report)
        onReport(report)
    }
    func end(status: Int32) {
        if self.status == nil { ended.succeed(status) }
        self.status = status
    }
    func crash() { end(status: 137) }
    func pause(for duration: Duration) { pauses.append(duration) }
    private(set) var pauses: [Duration] = []
}

@Suite(.timeLimit(.minutes(1))) struct NodeDriverTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private static func equipment(
        _ scratch: Scratch, _ party: Party, ledgerPort: UInt16, guardFile: GuardFile? = nil, isLive: Bool = false,
        script: @escaping @Sendable (NodeEvent) -> [NodeEffect]
    ) throws -> NodeEquipment {
        let genesis = Fixture.genesis
        let record = try RecordWriter(
            path: scratch.path.appending("node.1.qrec"),
            header: RecordHeader(
                node: "node", party: party, incarnation: 1, network: genesis.network, configuration: []))
        return NodeEquipment(
            party: party, genesis: genesis, key: Fixture.key(of: party), machine: ScriptedMachine(script: script),
            guardFile: try guardFile ?? makeGuard(scratch), recorded: [], record: record, links: .none,
            ledgerPort: ledgerPort, isLive: isLive)
    }

    private static func makeGuard(_ scratch: Scratch) throws -> GuardFile {
        try GuardFile.create(
            scratch.path.appending("guard"), network: Fixture.genesis.network, key: Fixture.signers[0].publicKey,
            mode: .synced)
    }

    private static func inputs(_ scratch: Scratch) throws -> [NodeEvent] {
        try RecordFile.read(scratch.path.appending("node.1.qrec")).entries.compactMap {
            if case .input(_, let event, _) = $0 { try NodeEvent(borsh: event) } else { nil }
        }
    }

    /// `finished` is carried out in its place among the effects, before the statements that follow it: even then the
    /// guard file must hold them.
    @Test func statementsAreDurableBeforeAnythingElseOfTheTurn() async throws {
        let recorded = try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: 1, guardFile: try Self.makeGuard(scratch)
            ) { event in
                guard case .started = event else { return [] }
                return [
                    .finished, .persist(.statement(Fixture.statement(1))), .persist(.statement(Fixture.statement(2))),
                ]
            }
            let promise = stage.eventLoop.makePromise(of: [GuardEntry].self)
            outlet.onReport = { report in
                guard report == .finished else { return }
                promise.completeWith(
                    Result {
                        var statements: [GuardEntry] = []
                        try GuardFile.read(
                            scratch.path.appending("guard"), network: Fixture.genesis.network,
                            key: Fixture.signers[0].publicKey
                        ) { statements.append($0) }
                        return statements
                    })
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            driver.start()
            let statements = try await promise.futureResult.get()
            driver.obey(.stop)
            return statements
        }
        #expect(recorded == [.statement(Fixture.statement(1)), .statement(Fixture.statement(2))])
    }

    /// In one turn, too, in which the machine asks for the next when it has the one before.
    @Test func nothingIsSignedBeforeItsStatementIsDurable() async throws {
        let path = scratch.path.appending("guard")
        let held = Mutex<[Int]>([])
        try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: 1, guardFile: try Self.makeGuard(scratch)
            ) { event in
                func ask(_ number: UInt64) -> [NodeEffect] {
                    [
                        .persist(.statement(Fixture.statement(number))),
                        .sign(RequestID(number), .statement(Fixture.statement(number))),
                    ]
                }
                switch event {
                case .started: return ask(1)
                case .signed(let id, _):
                    var count = 0
                    try? GuardFile.read(
                        path, network: Fixture.genesis.network, key: Fixture.signers[0].publicKey
                    ) { _ in count += 1 }
                    held.withLock { $0.append(count) }
                    return id.number < 12 ? ask(id.number + 1) : [.finished]
                default: return []
                }
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            outlet.onReport = { if $0 == .finished { driver.obey(.stop) } }
            driver.start()
            _ = try await outlet.end.get()
        }
        // More than the rounds of one turn: the rest is done in the next.
        #expect(held.withLock { $0 } == Array(1...12))
    }

    @Test func whoDiesHearsNothingMore() async throws {
        try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: 1, guardFile: try Self.makeGuard(scratch)
            ) { event in
                event == .started(recorded: [])
                    ? [.verify(RequestID(1), .attestation(Fixture.vote(1))), .crash, .finished] : []
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            driver.obey(.begin(Instant(nanoseconds: 5)))
            let status = try await outlet.end.get()
            driver.transport.close()
            #expect(status == 137)
        }
        #expect(try Self.inputs(scratch) == [.started(recorded: [])])
    }

    @Test func nothingIsSentWhenTheGuardCannotBeWritten() async throws {
        let (reports, status, received) = try await onEventLoop { [scratch] stage in
            // A descriptor that cannot be written to stands for a full disk.
            _ = try Self.makeGuard(scratch)
            let path = scratch.path.appending("guard")
            let readOnly = GuardFile(
                path: path, mode: .synced, file: try FileDescriptor.open(path, .readOnly),
                checksum: ChainChecksum(.guardFile, over: []), size: GuardFile.headerSize)
            let ledger = Peer(.ledger, on: stage.eventLoop)
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(
                scratch, .coordinator(ServiceID(0)), ledgerPort: try await ledger.transport.listen().get(),
                guardFile: readOnly
            ) { event in
                guard event == .connected(.ledger) else { return [] }
                return [.send(.ownVotesRequest, to: [.ledger]), .persist(.statement(Fixture.statement(1))), .finished]
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            driver.start()
            let status = try await outlet.end.get()
            driver.transport.close()
            let received = try await ledger.witness.until { $0.count == 2 }.get()
            ledger.transport.close()
            return (outlet.reports, status, received)
        }
        #expect(status == 2 && reports.count == 1)
        #expect(reports.first?.line.contains("cannot write the guard file") == true)
        #expect(!received.contains { if case .received = $0 { true } else { false } })
    }

    @Test func registersBeforeTheMachineHasItsAccountAndAnswersRequests() async throws {
        let (reports, status, submitted) = try await onEventLoop { [scratch] stage in
            let ledger = Peer(.ledger, on: stage.eventLoop)
            let outlet = TestOutlet(stage.eventLoop)
            ledger.witness.onConnected = { ledger.send([.notice(.account(nextNonce: 3))], to: $0) }
            ledger.witness.onFrame = { frame, party in
                guard case .submit(let signed) = frame else { return }
                let receipt = Receipt(instruction: signed.digest, outcome: .applied, slot: Slot(1))
                ledger.send([.receipt(receipt)], to: party)
            }
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: try await ledger.transport.listen().get(),
                guardFile: try Self.makeGuard(scratch)
            ) { event in
                switch event {
                case .received(.notice(.account), _):
                    [
                        .sign(RequestID(1), .statement(Fixture.statement(9))),
                        .verify(RequestID(2), .attestation(Fixture.vote(1))),
                        .wake(at: Instant(nanoseconds: 1)),
                    ]
                case .woke:
                    [
                        .execute(
                            TaskExecution(
                                task: .zero, service: ServiceID(0), sequence: TaskSequence(1),
                                payload: Squaring.bytes(UInt64(12)), deadline: Instant(nanoseconds: 2))),
                        .verify(RequestID(3), .attestation(Fixture.vote(1))),
                    ]
                case .executed: [.note(.refusedToSign(reason: "a test")), .finished]
                default: []
                }
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            outlet.onReport = { if $0 == .finished { driver.obey(.stop) } }
            driver.start()
            let status = try await outlet.end.get()
            ledger.transport.close()
            return (outlet.reports, status, ledger.witness.events)
        }
        #expect(status == 0 && reports == [.finished, .stopped])
        guard case .received(.submit(let registration), _)? = submitted.dropFirst().first,
            case .registerEndpoint(let endpoint) = registration.instruction
        else {
            Issue.record("no registration in \(submitted)")
            return
        }
        #expect(registration.nonce == 3 && endpoint.signer == OperatorIndex(0) && endpoint.port > 0)
        let signature = Fixture.signers[0].sign(Fixture.statement(9).signedBytes)
        #expect(
            try Self.inputs(scratch) == [
                .started(recorded: []), .connected(.ledger), .received(.notice(.account(nextNonce: 4)), from: .ledger),
                .signed(RequestID(1), signature), .verified(RequestID(2), valid: true),
                .woke, .executed(task: .zero, .result(Squaring.bytes(UInt128(144)))),
                .verified(RequestID(3), valid: true),
            ])
        let record = try RecordFile.read(scratch.path.appending("node.1.qrec"))
        #expect(record.isClosed && record.notes.map(\.observation) == [.refusedToSign(reason: "a test")])
    }

    /// What is asked of a live cluster's node becomes events for its machine; what the machine notes of it is reported when the
    /// turn is over. A node of an ordinary run has nothing to tell of itself.
    @Test(arguments: [true, false]) func aLiveNodeIsAskedAndTells(isLive: Bool) async throws {
        let plan = FaultPlan(party: Fixture.signer(0), behaviour: .silent, lasts: .untilTheEnd)
        let reports = try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(scratch, .coordinator(ServiceID(0)), ledgerPort: 1, isLive: isLive) {
                switch $0 {
                case .submitted(let ticket, _): [.note(.submissionRefused(ticket: ticket, reason: "a test"))]
                case .perturbed: [.finished]
                default: []
                }
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            outlet.onReport = { report in
                guard report == .finished else { return }
                driver.obey(.tellStatus)
                driver.obey(.tellResult(task: .zero))
                driver.obey(.stop)
            }
            driver.start()
            driver.obey(.submit(ticket: 7, payload: [1, 2]))
            driver.obey(.drain)
            // In a turn of its own, so that the one before has told.
            try await stage.eventLoop.submit {}.get()
            driver.obey(.perturb(.inject(plan)))
            _ = try await outlet.end.get()
            return outlet.reports
        }
        #expect(
            try Self.inputs(scratch) == [
                .started(recorded: []), .submitted(ticket: 7, payload: [1, 2]), .draining,
                .perturbed(Perturbation.inject(plan).borsh),
            ])
        guard isLive else { return #expect(reports == [.finished, .stopped]) }
        let refusal = TaskReport(ticket: 7, stage: .refused(reason: "a test"))
        #expect(reports.count == 5 && reports.prefix(2) == [.task(refusal), .finished])
        guard case .status(let status) = reports[2] else { return #expect(Bool(false), "\(reports)") }
        #expect(status.role == .coordinator(CoordinatorStatus()) && status.faults.isEmpty)
        #expect(reports.suffix(2) == [.result(task: .zero, nil), .stopped])
    }

    /// The node goes on while a program computes: what comes later is handled before its answer.
    @Test func aProgramHoldsNothingUp() async throws {
        try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let execution = TaskExecution(
                task: .zero, service: ServiceID(0), sequence: TaskSequence(5), payload: [],
                deadline: MonotonicClock.now + .seconds(60))
            var equipment = try Self.equipment(
                scratch, .coordinator(ServiceID(0)), ledgerPort: 1
            ) { event in
                switch event {
                case .started: [.execute(execution)]
                case .executed(_, let outcome): [.note(.refusedToSign(reason: "\(outcome)")), .finished]
                default: []
                }
            }
            let script =
                "read -r line; while [ ! -e go ]; do sleep 0.01; done; "
                + #"echo '{"task": 5, "result": "done"}'; sleep 1000"#
            equipment.launcher = ProgramBench.launcher
            equipment.programs = [
                ServiceProgramTerms(
                    service: ServiceID(0),
                    terms: ProgramTerms(
                        command: ["sh", "-c", script], directory: scratch.path, timeLimit: .seconds(50),
                        memoryLimit: .mebibytes(256), outputLimit: .kibibytes(64), validates: false))
            ]
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            outlet.onReport = { if $0 == .finished { driver.obey(.stop) } }
            driver.start()
            driver.obey(.begin(Instant(nanoseconds: 5)))
            // Two turns later, the beginning has been handled.
            for _ in 0..<2 { try await stage.eventLoop.submit {}.get() }
            _ = try scratch.write([], to: "go")
            #expect(try await outlet.end.get() == 0)
        }
        #expect(
            try Self.inputs(scratch) == [
                .started(recorded: []), .began(Instant(nanoseconds: 5)),
                .executed(task: .zero, .result(Array("done".utf8))),
            ])
        try await ProgramBench.untilNobodyIsLeft(in: scratch)
    }

    /// Nothing is signed, or said, that is not on disk: it says why, and ends.
    @Test(arguments: [
        ("/dev/full", "cannot write the guard file: No space left on device"),
        ("/dev/null", "cannot sync the guard file: Invalid argument"),
    ])
    func whoeverCannotRememberSignsNothingAndEnds(device: String, problem: String) async throws {
        let (reports, status) = try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let statement = Fixture.statement(1)
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: 1, guardFile: try GuardFile.on(FilePath(device))
            ) { event in
                switch event {
                case .started:
                    [.persist(.statement(statement)), .sign(RequestID(1), .statement(statement)), .finished]
                default: []
                }
            }
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            driver.start()
            let status = try await outlet.end.get()
            return (outlet.reports, status)
        }
        #expect(reports == [.failed("\(device): \(problem)")] && status == ProcessControl.failure)
        let isSigned = try Self.inputs(scratch).contains { if case .signed = $0 { true } else { false } }
        #expect(!isSigned)
    }

    @Test func whatTheLedgerRefusesIsSaidAloud() async throws {
        let lines = Mutex<[String]>([])
        let receipts = Outcome.allCases.map { Receipt(instruction: .zero, outcome: $0, slot: Slot(1)) }
        try await onEventLoop { [scratch] stage in
            let outlet = TestOutlet(stage.eventLoop)
            let equipment = try Self.equipment(
                scratch, .coordinator(ServiceID(0)), ledgerPort: 1
            ) { event in
                guard case .started = event else { return [] }
                return receipts.map { .note(.receiptArrived($0)) } + [.finished]
            }
            var log = NodeLog { line in lines.withLock { $0.append(line) } }
            log.perSecond = .max
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: log)
            outlet.onReport = { if $0 == .finished { driver.obey(.stop) } }
            driver.start()
            _ = try await outlet.end.get()
        }
        let silent: Set<Outcome> = [.applied, .alreadySlashed, .alreadyTombstoned, .alreadyCertified, .alreadyCounted]
        for outcome in Outcome.allCases {
            let isSaid = lines.withLock {
                $0.contains {
                    $0.hasSuffix("warning the ledger refused instruction \(Digest.zero.short): \(outcome)\n")
                }
            }
            #expect(isSaid == !silent.contains(outcome), "\(outcome)")
        }
    }

    @Test func readyOnceEveryoneItNeedsIsConnected() async throws {
        let (reports, connected) = try await onEventLoop { [scratch] stage in
            let ledger = Peer(.ledger, on: stage.eventLoop)
            let signers = (0..<3).map { Peer(Fixture.signer($0), on: stage.eventLoop) }
            var endpoints: [Endpoint] = []
            for (index, signer) in signers.enumerated() {
                let port = try await signer.transport.listen().get()
                endpoints.append(
                    Endpoint(signer: OperatorIndex(UInt32(index)), address: Endpoint.loopback, port: port))
            }
            let set = try OperatorSet(
                network: Fixture.genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
                threshold: .one, members: [])
            ledger.witness.onConnected = { [endpoints] party in
                ledger.send([.notice(.operatorSet(set)), .notice(.directory(endpoints))], to: party)
            }
            let equipment = try Self.equipment(
                scratch, .coordinator(ServiceID(0)), ledgerPort: try await ledger.transport.listen().get()
            ) { event in
                event == .began(Instant(nanoseconds: 5)) ? [.crash] : []
            }
            let outlet = TestOutlet(stage.eventLoop)
            let driver = NodeDriver(equipment, eventLoop: stage.eventLoop, outlet: outlet, log: NodeLog { _ in })
            var connected: [Party] = []
            outlet.onReport = { report in
                connected = driver.transport.connectedParties
                driver.obey(.begin(Instant(nanoseconds: 5)))
            }
            driver.start()
            _ = try await outlet.end.get()
            for transport in [ledger.transport, driver.transport] + signers.map(\.transport) { transport.close() }
            return (outlet.reports, connected)
        }
        #expect(reports == [.ready])
        #expect(connected == (0..<3).map { Fixture.signer($0) } + [.ledger])
        // What a process that dies has handled is on record.
        #expect(try Self.inputs(scratch).contains(.began(Instant(nanoseconds: 5))))
    }
}
