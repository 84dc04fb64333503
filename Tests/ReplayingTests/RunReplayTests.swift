import Attesting
import Cryptography
import Faults
import Foundation
import Messages
import Primitives
import Records
import Restaking
import Services
import SystemPackage
import TestSupport
import Testing

@testable import Replaying

/// Records as a coordinator and a ledger would write them, whole or altered by someone who mends the checksums.
@Suite struct RunReplayTests {
    private let scratch = try! Scratch()

    @Test func whatAMachineDidItDoesAgain() throws {
        try write(coordinatorEntries())
        try writeLedger()
        try writeOperators()
        let results = try RunReplay(directory: scratch.path).run().filter { $0.events > 0 }
        #expect(results.map(\.name) == ["coordinator-squares", "ledger"])
        #expect(results.allSatisfy { $0.divergence == nil && $0.isWhole && $0.effects > 0 })
    }

    @Test func anotherEventIsFoundByItsEffects() throws {
        var entries = try coordinatorEntries()
        // Another signature than the one that went out with the task.
        let place = try #require(
            entries.lastIndex {
                if case .input(_, let event, _) = $0 { event.first == 6 } else { false }
            })
        guard case .input(let time, var event, let digest) = entries[place] else { return }
        event[event.count - 1] ^= 1
        entries[place] = .input(at: time, event: event, effects: digest)
        try write(entries)
        let result = try replayCoordinator()
        #expect(result.divergence?.contains("the effects are not those of the record") == true)
    }

    @Test func aNoteThatTheMachineDoesNotGiveIsFound() throws {
        var entries = try coordinatorEntries()
        entries.append(.note(at: Instant(nanoseconds: 9), .taskExpired(ServiceID(0), TaskSequence(0))))
        try write(entries)
        let result = try replayCoordinator()
        #expect(result.divergence?.contains("a note in the record is not one that the machine gives") == true)
    }

    @Test func aNoteThatIsMissingIsFound() throws {
        var entries = try coordinatorEntries()
        let place = try #require(entries.firstIndex { if case .note = $0 { true } else { false } })
        entries.remove(at: place)
        try write(entries)
        let result = try replayCoordinator()
        #expect(result.divergence?.contains("a note that the machine gives is not in the record") == true)
    }

    @Test func itStopsBeforeTheFirstLaterTask() throws {
        try write(coordinatorEntries())
        let whole = try replayCoordinator()
        let part = try replayCoordinator(until: TaskSequence(0))
        #expect(part.divergence == nil)
        #expect(part.events > 0 && part.events < whole.events)
    }

    @Test func theTraceSaysInWordsWhatHappened() throws {
        try write(coordinatorEntries())
        var lines: [String] = []
        _ = try replayCoordinator { lines.append($0) }
        #expect(lines.first == "     0.000 ms  coordinator-squares  started with 0 entries in its guard")
        #expect(lines.contains { $0.hasSuffix("coordinator-squares      -> op-1 op-2: task squares 0") })
    }

    @Test func anUnknownNodeIsNamedWithThoseThereAre() throws {
        try write(coordinatorEntries())
        let replay = try RunReplay(directory: scratch.path)
        let error = try #require(throws: ReplayError.self) { try replay.run(.init(node: "op-9")) }
        #expect("\(error)".hasSuffix("no node is named op-9; there are ledger, coordinator-squares, op-1, op-2"))
    }

    @Test func anEventThatIsNoneIsAnErrorAndNotADivergence() throws {
        try write([.input(at: Instant(nanoseconds: 1), event: [99], effects: .zero)])
        let error = try #require(throws: ReplayError.self) { try replayCoordinator() }
        #expect(error.byte == Self.firstEntry)
        #expect("\(error)".hasSuffix("byte \(Self.firstEntry): event 1: NodeEvent has no case 99"))
    }

    /// A broken guard ends the process before its machine hears of anything; later, only the machine says so.
    @Test func aDriversOwnWordIsNoDivergence() throws {
        let refusal = RecordEntry.note(at: Instant(nanoseconds: 0), .refusedToSign(reason: "the guard is broken"))
        try write([refusal])
        #expect(try replayCoordinator().divergence == nil)
        try FileManager.default.removeItem(atPath: scratch.path.appending("records").string)
        try write(coordinatorEntries() + [refusal])
        #expect(try replayCoordinator().divergence?.contains("is not one that the machine gives") == true)
    }

    /// A busy machine may hold a driver up at any time, also between an event and its notes.
    @Test func wordOfAStallIsNoDivergenceWhereverItStands() throws {
        let stall = RecordEntry.note(at: Instant(nanoseconds: 0), .stalled(.milliseconds(90)))
        let entries = try coordinatorEntries()
        try write([stall] + entries.flatMap { [$0, stall] })
        let result = try replayCoordinator()
        #expect(result.divergence == nil && result.events > 0)
    }

    @Test func aNoteThatIsStillOwedAtTheEndIsFound() throws {
        let entries = try coordinatorEntries()
        let place = try #require(entries.lastIndex { if case .note = $0 { true } else { false } })
        try write(Array(entries[..<place]))
        #expect(try replayCoordinator().divergence?.contains("a note that the machine gives is not in the rec") == true)
    }

    @Test func aRecordThatIsMissingIsNamedUnlessAnotherNodeIsMeant() throws {
        try write(coordinatorEntries())
        try writeOperators()
        let error = try #require(throws: ReplayError.self) { try RunReplay(directory: scratch.path).run() }
        #expect("\(error)" == "\(scratch.path)/records/ledger.1.qrec: this record is missing")
        #expect(throws: ReplayError.self) { try RunReplay(directory: scratch.path).run(.init(node: "ledger")) }
        _ = try scratch.write([1, 2, 3], to: "records/ledger.1.qrec")
        #expect(try replayCoordinator().divergence == nil)
    }

    /// Cut after an entry, or inside the last one: nothing was lost by a crash that was wanted.
    @Test(arguments: [false, true]) func aRecordWithoutItsEndIsAnError(isTorn: Bool) throws {
        let file = try write(coordinatorEntries(), closing: false)
        var bytes = try scratch.bytes(of: file)
        if isTorn { bytes.removeLast() }
        _ = try scratch.write(bytes, to: "records/coordinator-squares.1.qrec")
        let error = try #require(throws: ReplayError.self) { try replayCoordinator() }
        #expect(error.path == file)
        let byte = try #require(error.byte)
        #expect(isTorn ? byte < bytes.count : byte == bytes.count)
        #expect(error.problem.contains(isTorn ? "ends inside this entry: 1 bytes are missing" : "was never closed"))
        let part = try replayCoordinator(until: TaskSequence(0))
        #expect(part.divergence == nil && !part.isWhole)
    }

    @Test(arguments: [false, true]) func onlyAnInjectedCrashExcusesTheMissingEnd(crashes: Bool) throws {
        let plan = FaultPlan(
            party: .signer(OperatorIndex(0)), behaviour: crashes ? .crash : .silent, begins: .start, lasts: .untilTheEnd
        )
        let role = NodeRole.signer(OperatorIndex(0), faults: [plan], seed: 1)
        let genesis = Fixture.genesis
        var machine = try #require(role.makeMachine(genesis: genesis))
        var entries: [RecordEntry] = []
        let now = Instant(nanoseconds: 1)
        for event in [NodeEvent.started(recorded: []), .began(now), .connected(.ledger)] {
            var effects: [NodeEffect] = []
            machine.handle(event, at: now, effects: &effects)
            entries.append(.input(at: now, event: event.borsh, effects: NodeEffect.digest(of: effects)))
            for case .note(let observation) in effects { entries.append(.note(at: now, observation)) }
        }
        try Fixture.write(
            entries, name: "op-1", party: .signer(OperatorIndex(0)), configuration: role.borsh, to: scratch.path,
            closing: false)
        let replay = try RunReplay(directory: scratch.path, node: "op-1")
        if crashes {
            let result = try replay.run(.init(node: "op-1"))[0]
            #expect(result.divergence == nil && !result.isWhole && result.events == 3)
        } else {
            #expect(throws: ReplayError.self) { try replay.run(.init(node: "op-1")) }
        }
    }

    /// It may end anywhere, even between an event and its notes.
    @Test func whoWasKilledIsReplayedAsFarAsItsRecordGoes() throws {
        let coordinator = Party.coordinator(ServiceID(0))
        let entries = try coordinatorEntries()
        let log = try InterventionLog(
            path: scratch.path.appending(InterventionLog.fileName), network: Fixture.genesis.network)
        let place = try #require(entries.firstIndex { if case .note = $0 { true } else { false } })
        try Fixture.write(
            Array(entries[..<place]), name: "coordinator-squares", party: coordinator, configuration: Self.role.borsh,
            to: scratch.path, closing: false)
        let replay = { try RunReplay(directory: self.scratch.path, node: "coordinator-squares") }
        #expect(throws: ReplayError.self) { try replay().run(.init(node: "coordinator-squares")) }
        try log.append(Intervention(at: Instant(nanoseconds: 9), party: coordinator, incarnation: 1, act: .killed))
        let result = try replay().run(.init(node: "coordinator-squares"))[0]
        #expect(result.divergence == nil && !result.isWhole && result.events > 0)
    }

    /// What is left of it would replay.
    @Test func whatIsShorterThanItWasIsNotReplayed() throws {
        try Fixture.write(
            try coordinatorEntries(), name: "coordinator-squares", party: .coordinator(ServiceID(0)),
            configuration: Self.role.borsh, to: scratch.path)
        var inventory = try RunInventory(ofRunIn: scratch.path)
        func replay() throws -> Int {
            try RunReplay(directory: scratch.path, node: "coordinator-squares", inventory: inventory)
                .run(.init(node: "coordinator-squares")).count
        }
        #expect(try replay() == 1)
        inventory.records["coordinator-squares.1.qrec"]? += 1
        #expect(throws: ReplayError.self) { try replay() }
    }

    // MARK: Making records

    private static let role = NodeRole.coordinator(
        ServiceID(0), TaskLoad(tasks: 2, interval: .milliseconds(5), arrival: .fixed, seed: 1), faults: [], seed: 1)

    /// Two tasks issued to two operators who never answer.
    private func coordinatorEntries() throws -> [RecordEntry] {
        let genesis = Fixture.genesis
        let set = try Ledger(genesis: genesis).operatorSets[0]
        var machine = try #require(Self.role.makeMachine(genesis: genesis))
        var entries: [RecordEntry] = []
        var queue: [NodeEvent] = [
            .started(recorded: []), .received(.notice(.operatorSet(set)), from: .ledger),
            .began(Instant(nanoseconds: 1_000_000)), .woke,
        ]
        var now = Instant(nanoseconds: 1_000_000)
        while !queue.isEmpty {
            let event = queue.removeFirst()
            var effects: [NodeEffect] = []
            machine.handle(event, at: now, effects: &effects)
            entries.append(.input(at: now, event: event.borsh, effects: NodeEffect.digest(of: effects)))
            for effect in effects {
                switch effect {
                case .note(let observation): entries.append(.note(at: now, observation))
                case .sign(let id, .task(let task)):
                    queue.append(.signed(id, Fixture.coordinator.sign(task.signedBytes)))
                default: break
                }
            }
            if case .woke = event { queue.append(.disconnected(.ledger)) }
            if case .signed = event, entries.count < 12 { queue.append(.woke) }
            now = now + .milliseconds(5)
        }
        return entries
    }

    /// Where the entry after the header begins.
    private static let firstEntry: Int = {
        let header = RecordHeader(
            node: "coordinator-squares", party: .coordinator(ServiceID(0)), incarnation: 1,
            network: Fixture.genesis.network, configuration: role.borsh)
        return 10 + 4 + RecordEntry.header(header).borsh.count + 8
    }()

    @discardableResult private func write(_ entries: [RecordEntry], closing: Bool = true) throws -> FilePath {
        try Fixture.write(
            entries, name: "coordinator-squares", party: .coordinator(ServiceID(0)), configuration: Self.role.borsh,
            to: scratch.path, closing: closing)
    }

    /// Of operators to whom nothing ever happened.
    private func writeOperators() throws {
        for index in 0..<2 as Range<UInt32> {
            let party = Party.signer(OperatorIndex(index))
            let role = NodeRole.signer(OperatorIndex(index), faults: [], seed: 1)
            try Fixture.write(
                [], name: "op-\(index + 1)", party: party, configuration: role.borsh, to: scratch.path)
        }
    }

    /// Alone: no other node's record need be there.
    private func replayCoordinator(
        until: TaskSequence? = nil, trace: ((String) -> Void)? = nil
    ) throws -> NodeReplay {
        let name = "coordinator-squares"
        return try #require(
            try RunReplay(directory: scratch.path, node: name).run(.init(node: name, until: until), trace: trace).first)
    }

    /// A restarted ledger's record holds the snapshot that it went on from, the one it passed over too.
    @Test func aLedgerThatWentOnFromASnapshotIsReplayedFromItsRecordAlone() throws {
        var machine = try LedgerMachine(genesis: Fixture.genesis)
        var effects: [LedgerEffect] = []
        machine.handle(.opened(head: nil), at: Instant(nanoseconds: 0), effects: &effects)
        let good = LedgerSnapshot(of: machine.ledger)
        let bad = LedgerSnapshot(bytes: Array(good.bytes.dropLast()), root: good.root)
        try writeOperators()
        try writeLedger([
            .resumed(bad, at: machine.head), .resumed(good, at: machine.head), .opened(head: nil), .tick(Slot(3)),
        ])
        var lines: [String] = []
        let replay = try #require(
            try RunReplay(directory: scratch.path, node: "ledger").run(.init(node: "ledger")) { lines.append($0) }.first
        )
        #expect(replay.divergence == nil && replay.events == 4)
        #expect(lines.contains { $0.contains("pass over the snapshot: not a snapshot of a ledger") }, "\(lines)")
        #expect(lines.contains { $0.contains("a snapshot taken after instruction 0") }, "\(lines)")
    }

    private func writeLedger(
        _ events: [LedgerEvent] = [.opened(head: nil), .tick(Slot(3)), .tick(Slot(40))]
    ) throws {
        var machine = try LedgerMachine(genesis: Fixture.genesis)
        var entries: [RecordEntry] = []
        for event in events {
            var effects: [LedgerEffect] = []
            let now = Instant(nanoseconds: UInt64(entries.count))
            machine.handle(event, at: now, effects: &effects)
            entries.append(.input(at: now, event: event.borsh, effects: LedgerEffect.digest(of: effects)))
            for case .note(let observation) in effects { entries.append(.note(at: now, observation)) }
        }
        try Fixture.write(entries, name: "ledger", party: .ledger, configuration: [], to: scratch.path)
    }
}
