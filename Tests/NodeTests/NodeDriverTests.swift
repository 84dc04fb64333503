import Attesting
import Cryptography
import Messages
import NIOCore
import Primitives
import Records
import Services
import SystemPackage
import Testing

@testable import Node

/// Answers each event by a function of it.
private struct ScriptedMachine: NodeMachine {
    let script: @Sendable (NodeEvent) -> [NodeEffect]

    mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect]) {
        effects += script(event)
    }
}

/// Keeps what a driver reports instead of ending the test's process.
private final class TestOutlet: NodeOutlet {
    private(set) var reports: [ProcessReport] = []
    private(set) var status: Int32?
    private let ended: EventLoopPromise<Int32>
    var onReport: (ProcessReport) -> Void = { _ in }

    init(_ eventLoop: any EventLoop) { ended = eventLoop.makePromise() }

    var end: EventLoopFuture<Int32>.Isolated { ended.futureResult.assumeIsolated() }

    func report(_ report: ProcessReport) {
        reports.append(report)
        onReport(report)
    }
    func end(status: Int32) {
        if self.status == nil { ended.succeed(status) }
        self.status = status
    }
    func crash() { end(status: 137) }
}

@Suite(.timeLimit(.minutes(1))) struct NodeDriverTests {
    let scratch: Scratch
    init() throws { scratch = try Scratch() }

    private static func equipment(
        _ scratch: Scratch, _ party: Party, ledgerPort: UInt16, guardFile: GuardFile?,
        script: @escaping @Sendable (NodeEvent) -> [NodeEffect]
    ) throws -> NodeEquipment {
        let genesis = Fixture.genesis
        let record = try RecordWriter(
            path: scratch.path.appending("node.1.qrec"),
            header: RecordHeader(
                node: "node", party: party, incarnation: 1, network: genesis.network, configuration: []))
        return NodeEquipment(
            party: party, genesis: genesis, key: Fixture.key(of: party), machine: ScriptedMachine(script: script),
            guardFile: guardFile, recorded: [], record: record, link: .none, ledgerPort: ledgerPort)
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

    /// `finished` is carried out in its place among the effects, before the statement that follows it: at that time
    /// the guard file must hold the statement, and nothing may have been sent without.
    @Test func statementsAreDurableBeforeAnythingElseOfTheTurn() async throws {
        let scratch = scratch
        let recorded = try await onEventLoop { loop in
            let outlet = TestOutlet(loop)
            let equipment = try Self.equipment(
                scratch, Fixture.signer(0), ledgerPort: 1, guardFile: try Self.makeGuard(scratch)
            ) { event in
                guard case .started = event else { return [] }
                return [.finished, .persist(Fixture.statement(1)), .persist(Fixture.statement(2))]
            }
            let promise = loop.makePromise(of: [Statement].self)
            outlet.onReport = { _ in
                promise.completeWith(
                    Result {
                        try GuardFile.read(
                            scratch.path.appending("guard"), network: Fixture.genesis.network,
                            key: Fixture.signers[0].publicKey)
                    })
            }
            let driver = NodeDriver(equipment, eventLoop: loop, outlet: outlet, log: NodeLog { _ in })
            driver.start()
            return promise.futureResult.assumeIsolated().map { statements in
                driver.obey(.stop)
                return statements
            }.nonisolated()
        }
        #expect(recorded == [Fixture.statement(1), Fixture.statement(2)])
    }

    @Test func nothingIsSentWhenTheGuardCannotBeWritten() async throws {
        let scratch = scratch
        let (reports, status, received) = try await onEventLoop { loop in
            // A descriptor that cannot be written to stands for a full disk.
            let path = scratch.path.appending("guard")
            try Self.makeGuard(scratch)
            let readOnly = GuardFile(
                path: path, mode: .synced, file: try FileDescriptor.open(path, .readOnly),
                checksum: GuardChecksum(header: []), size: GuardFile.headerSize)
            let ledger = Peer(.ledger, on: loop)
            let outlet = TestOutlet(loop)
            return ledger.transport.listen().assumeIsolated().flatMapThrowing { port in
                let equipment = try Self.equipment(
                    scratch, .coordinator(ServiceID(0)), ledgerPort: port, guardFile: readOnly
                ) { event in
                    guard event == .connected(.ledger) else { return [] }
                    return [.send(.ownVotesRequest, to: [.ledger]), .persist(Fixture.statement(1)), .finished]
                }
                let driver = NodeDriver(equipment, eventLoop: loop, outlet: outlet, log: NodeLog { _ in })
                driver.start()
                return NIOLoopBound(driver, eventLoop: loop)
            }.flatMap { driver in
                outlet.end.map { status in
                    driver.value.transport.close()
                    return status
                }
            }.flatMap { status in
                ledger.witness.until { $0.count == 2 }.map { (outlet.reports, status, $0) }
            }.map { result in
                ledger.transport.close()
                return result
            }.nonisolated()
        }
        #expect(status == 2)
        #expect(reports.count == 1)
        guard case .failed(let message)? = reports.first else { return }
        #expect(message.contains("cannot write the guard file"))
        #expect(!received.contains { if case .received = $0 { true } else { false } })
    }

    @Test func registersBeforeTheMachineHasItsAccountAndAnswersRequests() async throws {
        let scratch = scratch
        let signature = Fixture.signers[0].sign(Fixture.statement(9).signedBytes)
        let (reports, status, submitted) = try await onEventLoop { loop in
            let ledger = Peer(.ledger, on: loop)
            let outlet = TestOutlet(loop)
            ledger.witness.onConnected = { party in
                ledger.send([.notice(.account(nextNonce: 3))], to: party)
            }
            ledger.witness.onFrame = { frame, party in
                guard case .submit(let signed) = frame else { return }
                ledger.send(
                    [.receipt(Receipt(instruction: signed.digest, outcome: .applied, slot: Slot(1)))], to: party)
            }
            return ledger.transport.listen().assumeIsolated().flatMapThrowing { port in
                let equipment = try Self.equipment(
                    scratch, Fixture.signer(0), ledgerPort: port, guardFile: try Self.makeGuard(scratch)
                ) { event in
                    switch event {
                    case .received(.notice(.account), _):
                        [
                            .sign(RequestID(1), .statement(Fixture.statement(9))),
                            .verify(RequestID(2), .attestation(Fixture.vote(1))),
                            .execute(task: .zero, service: ServiceID(0), payload: Squaring.bytes(UInt64(12))),
                            .wake(at: Instant(nanoseconds: 1)),
                        ]
                    case .woke: [.note(.refusedToSign(reason: "a test")), .finished]
                    default: []
                    }
                }
                let driver = NodeDriver(equipment, eventLoop: loop, outlet: outlet, log: NodeLog { _ in })
                outlet.onReport = { if $0 == .finished { driver.obey(.stop) } }
                driver.start()
            }.flatMap {
                outlet.end.map { (outlet.reports, $0, ledger.witness.events) }
            }.map { result in
                ledger.transport.close()
                return result
            }.nonisolated()
        }
        #expect(status == 0 && reports == [.finished, .stopped])
        guard case .received(.submit(let registration), _)? = submitted.dropFirst().first,
            case .registerEndpoint(let endpoint) = registration.instruction
        else { return #expect(Bool(false), "no registration in \(submitted)") }
        #expect(registration.nonce == 3 && endpoint.signer == OperatorIndex(0) && endpoint.port > 0)
        #expect(
            try Self.inputs(scratch) == [
                .started(recorded: []), .connected(.ledger), .received(.notice(.account(nextNonce: 4)), from: .ledger),
                .signed(RequestID(1), signature), .verified(RequestID(2), valid: true),
                .executed(task: .zero, .result(Squaring.bytes(UInt128(144)))), .woke,
            ])
        let record = try RecordFile.read(scratch.path.appending("node.1.qrec"))
        #expect(record.isClosed && record.notes.map(\.observation) == [.refusedToSign(reason: "a test")])
    }

    @Test func readyOnceEveryoneItNeedsIsConnected() async throws {
        let scratch = scratch
        let reports = try await onEventLoop { loop in
            let ledger = Peer(.ledger, on: loop)
            let signers = (0..<3).map { Peer(Fixture.signer($0), on: loop) }
            let outlet = TestOutlet(loop)
            let genesis = Fixture.genesis
            let set = try OperatorSet(
                network: genesis.network, service: ServiceID(0), epoch: Epoch(0), revision: Revision(0),
                threshold: .one, members: [])
            let ports = EventLoopFuture.whenAllSucceed(signers.map { $0.transport.listen() }, on: loop)
            return ledger.transport.listen().and(ports).assumeIsolated().flatMapThrowing { port, ports in
                let endpoints = ports.enumerated().map {
                    Endpoint(signer: OperatorIndex(UInt32($0)), address: Endpoint.loopback, port: $1)
                }
                ledger.witness.onConnected = { party in
                    ledger.send([.notice(.operatorSet(set)), .notice(.directory(endpoints))], to: party)
                }
                let equipment = try Self.equipment(
                    scratch, .coordinator(ServiceID(0)), ledgerPort: port, guardFile: nil
                ) { event in
                    event == .began(Instant(nanoseconds: 5)) ? [.crash] : []
                }
                let driver = NodeDriver(equipment, eventLoop: loop, outlet: outlet, log: NodeLog { _ in })
                outlet.onReport = { report in
                    #expect(driver.transport.connectedParties == (0..<3).map { Fixture.signer($0) } + [.ledger])
                    driver.obey(.begin(Instant(nanoseconds: 5)))
                }
                driver.start()
                return NIOLoopBound(driver, eventLoop: loop)
            }.flatMap { driver in
                outlet.end.map { _ in
                    ([ledger.transport, driver.value.transport] + signers.map(\.transport)).forEach { $0.close() }
                    return outlet.reports
                }
            }.nonisolated()
        }
        #expect(reports == [.ready])
        // What a process that dies has handled is on record.
        #expect(try Self.inputs(scratch).contains(.began(Instant(nanoseconds: 5))))
    }
}
