import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// The machine with a driver that signs for the clock at once, keeps the log, and remembers what it was fed.
private struct Driver {
    var machine: LedgerMachine
    var log: [LogEntry] = []
    var events: [LedgerEvent] = []
    var digests: [Digest] = []

    init(genesis: Genesis = LedgerFixture.genesis(), restoring log: [LogEntry] = [], head: LogHead? = nil) {
        machine = try! LedgerMachine(genesis: genesis)
        for entry in log { feed(.restored(entry)) }
        self.log = log
        feed(.opened(head: head))
    }

    /// - Returns: all effects, those of the clock's signature after those of the event.
    @discardableResult
    mutating func feed(_ event: LedgerEvent) -> [LedgerEffect] {
        var effects: [LedgerEffect] = []
        machine.handle(event, at: Instant(nanoseconds: 0), effects: &effects)
        events.append(event)
        digests.append(LedgerEffect.digest(of: effects))
        for effect in effects {
            if case .append(let entry) = effect { log.append(entry) }
            if case .sign(let instruction, let nonce) = effect {
                let signed = LedgerFixture.sign(
                    instruction, by: LedgerFixture.clockKey, nonce: nonce, network: machine.ledger.network)
                return effects + feed(.signed(signed))
            }
        }
        return effects
    }

    func signed(_ instruction: Instruction, by key: SigningKey, nonce: UInt64? = nil) -> SignedInstruction {
        LedgerFixture.sign(
            instruction, by: key, nonce: nonce ?? machine.ledger.nextNonce(of: key.publicKey)!,
            network: machine.ledger.network)
    }

    mutating func submit(_ instruction: Instruction, by signer: Int) -> [LedgerEffect] {
        let signed = signed(instruction, by: LedgerFixture.operatorKeys[signer])
        return feed(.submitted(signed, from: .signer(OperatorIndex(UInt32(signer)))))
    }
}

extension [LedgerEffect] {
    fileprivate var kinds: [String] {
        map { effect in
            switch effect {
            case .append: "append"
            case .reply(let receipt, _): "reply \(receipt.outcome)"
            case .answer(let receipt, _): "answer \(receipt.outcome)"
            case .send: "send"
            case .publish(.clock): "publish clock"
            case .publish(.directory): "publish directory"
            case .publish(.operatorSet(let set)): "publish set \(set.service).\(set.epoch).\(set.revision)"
            case .publish(.slashed): "publish slash"
            case .publish: "publish"
            case .sign(let instruction, _): "sign \(instruction)"
            case .note(.applied): "note applied"
            case .note(.books): "note books"
            case .note(.slashed): "note slash"
            case .note(.operatorSetOpened): "note set"
            case .note: "note"
            case .disconnect: "disconnect"
            case .passOver(let error): "pass over: \(error)"
            case .stop(let fault): "stop: \(fault)"
            }
        }
    }
}

@Suite struct LedgerMachineTests {
    typealias Fixture = LedgerFixture

    private func endpoint(_ signer: UInt32) -> Instruction {
        .registerEndpoint(Endpoint(signer: OperatorIndex(signer), address: Endpoint.loopback, port: 7_000))
    }

    @Test func `The log comes before the notices, and they before the receipt`() {
        var driver = Driver()
        #expect(
            driver.submit(endpoint(0), by: 0).kinds
                == ["append", "note applied", "publish directory", "reply applied"])
        #expect(
            driver.submit(Fixture.equivocation(by: 3, driver.machine.ledger.operatorSets[0]), by: 0).kinds == [
                "append", "note applied", "note slash", "note set", "note set", "note books", "publish slash",
                "publish set 0.0.1", "publish set 1.0.1", "reply applied",
            ])
    }

    @Test func `Every submission gets a receipt; what was not its authority's next word leaves no trace`() {
        var driver = Driver()
        let party = Party.signer(OperatorIndex(0))
        let good = driver.signed(.optOut(ServiceID(0)), by: Fixture.operatorKeys[0])
        var forged = good
        forged.nonce = 1
        #expect(driver.feed(.submitted(forged, from: party)).kinds == ["reply badSignature"])
        let ahead = driver.signed(.optOut(ServiceID(0)), by: Fixture.operatorKeys[0], nonce: 5)
        #expect(driver.feed(.submitted(ahead, from: party)).kinds == ["reply nonceAhead"])
        let strange = driver.signed(.deposit(.native, 1), by: Fixture.stranger, nonce: 0)
        #expect(driver.feed(.submitted(strange, from: party)).kinds == ["reply unknownAuthority"])
        #expect(driver.feed(.submitted(good, from: party)).kinds.last == "reply applied")
        #expect(driver.feed(.submitted(good, from: party)).kinds == ["reply nonceUsed"])
        #expect(driver.submit(.optOut(ServiceID(0)), by: 0).kinds.first == "append", "a refusal in turn is logged")
        #expect(driver.log.map(\.sequence) == [1, 2])
    }

    @Test func `An instruction from outside is applied in its turn and its slot, and answered once it is in the log`() {
        var driver = Driver()
        let party = Party.signer(OperatorIndex(0))
        func deposit(_ nonce: UInt64) -> SignedInstruction {
            driver.signed(.deposit(.native, 7), by: Fixture.restakerKeys[0], nonce: nonce)
        }
        #expect(
            driver.feed(.instructed(deposit(0), ticket: 3)).kinds == [
                "append", "note applied", "note books", "answer applied",
            ])
        _ = driver.feed(.tick(Slot(5)))
        let behind = driver.feed(.instructed(deposit(1), ticket: 4))
        #expect(
            behind.kinds == [
                "sign advance(to: 5)", "append", "note applied", "append", "note applied", "note books",
                "answer applied",
            ])
        guard case .answer(let receipt, let ticket) = behind.last else { return }
        #expect(ticket == 4 && receipt.slot == Slot(5) && receipt.instruction == deposit(1).digest)

        var forged = deposit(2)
        forged.nonce = 9
        #expect(driver.feed(.instructed(forged, ticket: 5)).kinds == ["answer badSignature"])
        #expect(driver.feed(.instructed(deposit(1), ticket: 6)).kinds == ["answer nonceUsed"])

        // While it waits for the clock, somebody goes: that is not its submitter.
        var machine = driver.machine
        var effects: [LedgerEffect] = []
        let now = Instant(nanoseconds: 0)
        machine.handle(.tick(Slot(6)), at: now, effects: &effects)
        let asked = driver.signed(.optOut(ServiceID(0)), by: Fixture.operatorKeys[0])
        machine.handle(.submitted(asked, from: party), at: now, effects: &effects)
        machine.handle(.instructed(deposit(2), ticket: 7), at: now, effects: &effects)
        machine.handle(.disconnected(party), at: now, effects: &effects)
        #expect(effects.kinds == ["sign advance(to: 6)"])
        guard case .sign(let advance, let nonce) = effects.last else { return }
        effects = []
        let signed = driver.signed(advance, by: Fixture.clockKey, nonce: nonce)
        machine.handle(.signed(signed), at: now, effects: &effects)
        #expect(effects.kinds.filter { $0.hasPrefix("answer") || $0.hasPrefix("reply") } == ["answer applied"])
    }

    @Test func `The clock signs only when something needs it: a new epoch, or an instruction in a later slot`() {
        var driver = Driver()
        #expect(driver.feed(.tick(Slot(5))).isEmpty)
        #expect(
            driver.submit(endpoint(0), by: 0).kinds == [
                "sign advance(to: 5)", "append", "note applied",
                "append", "note applied", "publish directory", "reply applied",
            ])
        #expect(driver.log.map(\.slot.number) == [5, 5])
        #expect(driver.submit(endpoint(1), by: 1).kinds.first == "append", "the same slot needs no clock")
        #expect(
            driver.feed(.tick(Slot(12))).kinds == [
                "sign advance(to: 12)", "append", "note applied", "note set", "note set",
                "publish clock", "publish set 0.1.0", "publish set 1.1.0",
            ])
        #expect(driver.feed(.tick(Slot(3))).isEmpty, "an earlier slot is no news")
    }

    @Test func `What arrives while the clock signs is applied after it, in its order`() {
        var machine = try! LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        let now = Instant(nanoseconds: 0)
        machine.handle(.opened(head: nil), at: now, effects: &effects)
        machine.handle(.tick(Slot(10)), at: now, effects: &effects)
        effects = []
        for nonce in 0..<3 as Range<UInt64> {
            let signed = Fixture.sign(
                endpoint(0), by: Fixture.operatorKeys[0], nonce: nonce, network: machine.ledger.network)
            machine.handle(.submitted(signed, from: .signer(OperatorIndex(0))), at: now, effects: &effects)
        }
        #expect(effects.isEmpty)
        let clock = Fixture.sign(
            .advance(to: Slot(10)), by: Fixture.clockKey, nonce: 0, network: machine.ledger.network)
        machine.handle(.signed(clock), at: now, effects: &effects)
        #expect(effects.kinds.filter { $0.hasPrefix("reply") } == Array(repeating: "reply applied", count: 3))
        #expect(machine.head.sequence == 4)
    }

    @Test func `Nobody can make the ledger hold more than so much: who sends more is disconnected`() {
        var machine = try! LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        let now = Instant(nanoseconds: 0)
        let party = Party.signer(OperatorIndex(0))
        machine.handle(.opened(head: nil), at: now, effects: &effects)
        machine.handle(.tick(Slot(10)), at: now, effects: &effects)
        effects = []
        let signed = Fixture.sign(
            endpoint(0), by: Fixture.operatorKeys[0], nonce: 0, network: machine.ledger.network)
        for _ in 0..<LedgerMachine.waitingLimit {
            machine.handle(.submitted(signed, from: party), at: now, effects: &effects)
        }
        #expect(effects.isEmpty)
        machine.handle(.submitted(signed, from: party), at: now, effects: &effects)
        #expect(effects.kinds == ["disconnect"])
    }

    @Test func `A newcomer is told the present state, the present operator sets after the past ones`() {
        var driver = Driver()
        _ = driver.submit(endpoint(2), by: 2)
        _ = driver.submit(Fixture.equivocation(by: 3, driver.machine.ledger.operatorSets[0]), by: 2)
        driver.feed(.tick(Slot(10)))
        let effects = driver.feed(.connected(.signer(OperatorIndex(2)), key: Fixture.operatorKeys[2].publicKey))
        let notices = effects.map { effect -> LedgerNotice? in
            if case .send(let notice, .signer(OperatorIndex(2))) = effect { notice } else { nil }
        }
        #expect(notices[0] == .account(nextNonce: 2))
        #expect(notices[1] == .clock(Slot(10), Epoch(1), stateRoot: driver.machine.ledger.stateRoot))
        #expect(notices[2] == .directory(driver.machine.ledger.directory))
        #expect(notices[3..<9] == driver.machine.ledger.operatorSets.map { .operatorSet($0) }[...])
        #expect(driver.machine.ledger.operatorSets.map(\.epoch.number) == [0, 0, 0, 0, 1, 1])
        #expect(notices[9] == .slashed(driver.machine.ledger.slashRecords[0]))
        #expect(notices.count == 10)
    }

    @Test(arguments: [
        (Party.signer(OperatorIndex(1)), Fixture.operatorKeys[0]), (.signer(OperatorIndex(9)), Fixture.operatorKeys[0]),
        (.coordinator(ServiceID(1)), Fixture.coordinatorKeys[0]), (.coordinator(ServiceID(9)), Fixture.stranger),
        (.ledger, Fixture.clockKey),
    ])
    func `Whoever is not who it says is sent away`(_ party: Party, _ key: SigningKey) {
        var driver = Driver()
        #expect(driver.feed(.connected(party, key: key.publicKey)).kinds == ["disconnect"])
    }

    private func busyDriver() -> Driver {
        var driver = Driver()
        for step in 0..<40 as Range<UInt64> {
            driver.feed(.tick(Slot(step * 3 / 2)))
            _ = driver.submit(endpoint(UInt32(step % 4)), by: Int(step % 4))
            _ = driver.submit(step % 2 == 0 ? .optOut(ServiceID(1)) : .optIn(ServiceID(1)), by: Int(step % 3))
            if step == 17 {
                _ = driver.submit(Fixture.equivocation(by: 3, driver.machine.ledger.operatorSets.last!), by: 0)
            }
        }
        return driver
    }

    @Test func `The same events give the same effects, byte for byte`() throws {
        let driver = busyDriver()
        var machine = try LedgerMachine(genesis: Fixture.genesis())
        for (event, digest) in zip(driver.events, driver.digests) {
            var effects: [LedgerEffect] = []
            machine.handle(try LedgerEvent(borsh: event.borsh), at: Instant(nanoseconds: 0), effects: &effects)
            #expect(LedgerEffect.digest(of: effects) == digest)
        }
        #expect(machine.ledger.stateRoot == driver.machine.ledger.stateRoot)
    }

    @Test func `Restored from its log, the ledger goes on where it was, and notes nothing twice`() {
        let driver = busyDriver()
        var restored = Driver(restoring: driver.log, head: driver.machine.head)
        #expect(restored.machine.ledger.stateRoot == driver.machine.ledger.stateRoot)
        #expect(restored.digests.dropLast().allSatisfy { $0 == LedgerEffect.digest(of: []) })
        let opening = LedgerEffect.note(.ledgerOpened(after: driver.machine.head.sequence))
        #expect(restored.digests.last == LedgerEffect.digest(of: [opening]))
        #expect(restored.submit(endpoint(0), by: 0).kinds.last == "reply applied")
    }

    @Test func `A log with an entry altered, missing, moved, or cut off at the end is refused by name`() throws {
        let driver = busyDriver()
        let log = driver.log
        func fault(_ log: [LogEntry], head: LogHead? = nil) -> LogFault? {
            var machine = try! LedgerMachine(genesis: Fixture.genesis())
            var effects: [LedgerEffect] = []
            for event in log.map({ LedgerEvent.restored($0) }) + [.opened(head: head)] {
                machine.handle(event, at: Instant(nanoseconds: 0), effects: &effects)
            }
            for case .stop(let fault) in effects { return fault }
            return nil
        }
        #expect(fault(log) == nil)
        #expect(fault(Array(log.dropFirst())) == .outOfOrder(expected: 1, found: 2))
        #expect(fault(Array(log[..<5] + log[6...])) == .outOfOrder(expected: 6, found: 7))
        var bytes = log[4].borsh
        bytes[8] ^= 1  // the slot
        var altered = log
        altered[4] = try LogEntry(borsh: bytes)
        #expect(fault(altered) == .brokenChain(sequence: 5))
        altered[4] = LogEntry(
            sequence: 5, slot: log[4].slot, signed: log[4].signed, outcome: log[4].outcome, after: .zero)
        #expect(fault(altered) == .brokenChain(sequence: 5), "whole in itself, but of another log")
        #expect(fault(Array(log.dropLast())) == nil, "the chain alone cannot show what is missing at the end")
        let short = LogHead(sequence: log[log.count - 2].sequence, chain: log[log.count - 2].chain)
        #expect(
            fault(Array(log.dropLast()), head: driver.machine.head)
                == .otherHead(expected: driver.machine.head, found: short))
        var lie = log
        lie[0] = LogEntry(
            sequence: 1, slot: log[0].slot, signed: log[0].signed, outcome: .zeroAmount,
            after: driver.machine.ledger.network)
        #expect(fault(lie) == .otherOutcome(sequence: 1, logged: .zeroAmount, found: .applied))
    }

    @Test func `From a snapshot and what came after it, the ledger goes on where it was`() throws {
        let driver = busyDriver()
        let (snapshot, head) = try snapshot(of: driver, after: 6)
        var machine = try LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        let tail = driver.log[6...].map { LedgerEvent.restored($0) }
        for event in [.resumed(snapshot, at: head)] + tail + [.opened(head: driver.machine.head)] {
            machine.handle(event, at: Instant(nanoseconds: 0), effects: &effects)
        }
        #expect(effects == [.note(.ledgerOpened(after: driver.machine.head.sequence))])
        #expect(machine.head == driver.machine.head)
        #expect(machine.ledger.stateRoot == driver.machine.ledger.stateRoot)
    }

    @Test func `A snapshot that is no state of this ledger, or of another place, is passed over`() throws {
        let driver = busyDriver()
        let (snapshot, head) = try snapshot(of: driver, after: 6)
        var altered = snapshot.bytes
        altered[altered.count - 1] ^= 1
        var other = Fixture.genesis()
        other.runID = other.network
        let offers = [
            (LedgerSnapshot(bytes: altered, root: snapshot.root), head),
            (LedgerSnapshot(bytes: Array(snapshot.bytes.dropLast()), root: snapshot.root), head),
            (LedgerSnapshot(bytes: snapshot.bytes, root: .zero), head),
            (snapshot, LogHead(sequence: 7, chain: head.chain)),
            (LedgerSnapshot(of: try Ledger(genesis: other)), LogHead(sequence: 0, chain: other.network)),
        ]
        for (snapshot, head) in offers {
            var machine = try LedgerMachine(genesis: Fixture.genesis())
            let root = machine.ledger.stateRoot
            var effects: [LedgerEffect] = []
            machine.handle(.resumed(snapshot, at: head), at: Instant(nanoseconds: 0), effects: &effects)
            guard case .passOver = effects.last, effects.count == 1 else {
                Issue.record("\(effects)")
                continue
            }
            #expect(machine.ledger.stateRoot == root && machine.head.sequence == 0)
            // Another one, or none, will do.
            machine.handle(.restored(driver.log[0]), at: Instant(nanoseconds: 0), effects: &effects)
            #expect(effects.count == 1 && machine.head.sequence == 1)
        }
    }

    private func snapshot(of driver: Driver, after sequence: Int) throws -> (LedgerSnapshot, LogHead) {
        var machine = try LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        for entry in driver.log[..<sequence] {
            machine.handle(.restored(entry), at: Instant(nanoseconds: 0), effects: &effects)
        }
        return (LedgerSnapshot(of: machine.ledger), machine.head)
    }

    @Test func `Service before the log is open, and entries or a snapshot out of place, stop the ledger`() throws {
        let driver = busyDriver()
        let entry = driver.log[0]
        let (snapshot, head) = try snapshot(of: driver, after: 6)
        let resumed = LedgerEvent.resumed(snapshot, at: head)
        for events in [
            [.tick(Slot(1))], [.opened(head: nil), .restored(entry)], [.restored(entry), resumed],
            [.opened(head: nil), resumed], [resumed, resumed],
        ] as [[LedgerEvent]] {
            var machine = try LedgerMachine(genesis: Fixture.genesis())
            var effects: [LedgerEffect] = []
            for event in events { machine.handle(event, at: Instant(nanoseconds: 0), effects: &effects) }
            #expect(effects.last == .stop(.outOfPlace))
        }
    }

    @Test func `Every event has one encoding, and nothing shorter or longer is one`() throws {
        let driver = busyDriver()
        let party = Party.coordinator(ServiceID(1))
        let samples: [LedgerEvent] = [
            .restored(driver.log[3]), .opened(head: nil), .opened(head: driver.machine.head),
            .connected(party, key: Fixture.stranger.publicKey), .disconnected(party),
            .submitted(driver.log[3].signed, from: party), .tick(Slot(7)), .signed(driver.log[3].signed),
            .resumed(LedgerSnapshot(bytes: [1, 2, 3], root: .zero), at: driver.machine.head),
        ]
        for event in samples {
            let bytes = event.borsh
            #expect(try LedgerEvent(borsh: bytes) == event)
            #expect(throws: BorshError.self) { try LedgerEvent(borsh: bytes + [0]) }
            for length in bytes.indices {
                #expect(throws: BorshError.self) { try LedgerEvent(borsh: Array(bytes[..<length])) }
            }
        }
    }

    @Test func `A clock with the wrong key stops the ledger, and changes nothing`() {
        var machine = try! LedgerMachine(genesis: Fixture.genesis())
        var effects: [LedgerEffect] = []
        let now = Instant(nanoseconds: 0)
        machine.handle(.opened(head: nil), at: now, effects: &effects)
        machine.handle(.tick(Slot(10)), at: now, effects: &effects)
        effects = []
        let wrong = Fixture.sign(
            .advance(to: Slot(10)), by: Fixture.stranger, nonce: 0, network: machine.ledger.network)
        machine.handle(.signed(wrong), at: now, effects: &effects)
        #expect(effects == [.stop(.clockRefused(.notAuthorized))])
        #expect(machine.ledger.slot == Slot(0))
        machine.handle(.tick(Slot(20)), at: now, effects: &effects)
        #expect(effects.count == 1)
    }
}
