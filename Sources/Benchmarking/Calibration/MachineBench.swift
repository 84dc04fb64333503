import Attesting
import Cryptography
import Faults
import Messages
import Primitives
import Records
import Restaking
import Services
import Staging
import SystemPackage
import TopologyFormat

/// The machines of a small network, which hand each other their frames at once: to find what handling an event takes,
/// and what applying an instruction takes.
///
/// Signatures are made, since the ledger checks them, but operators and coordinator do not check them; neither is timed.
struct MachineBench {
    private let genesis: Genesis
    private let keys: NetworkKeys
    private let nodes: [Node]
    private let places: [Party: Int]
    private var ledger: LedgerMachine
    private var ledgerRecord: RecordWriter
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var queue: [(node: Int, event: NodeEvent)] = []
    private let overhead = ThreadClock.overhead()
    private var isCounting = false

    private(set) var events = 0
    /// Of all counted events together, their entries in the record included.
    private(set) var handling = Duration.zero
    /// Of each instruction that carries a certificate, its signature checks apart.
    private(set) var applying: [Duration] = []

    /// A class, so that a machine stays where it is while it is worked on.
    private final class Node {
        let party: Party
        var machine: any NodeMachine
        var record: RecordWriter
        var wakes: Instant?
        var effects: [NodeEffect] = []
        var encoder = BorshEncoder()

        init(party: Party, machine: any NodeMachine, record: RecordWriter) {
            self.party = party
            self.machine = machine
            self.record = record
        }
    }

    /// - Parameters:
    ///   - topology: of honest operators and one AVS, the module of which nodes execute themselves.
    ///   - directory: for the records; must exist.
    init(_ topology: Topology, directory: FilePath) throws {
        let keys = NetworkKeys.derived(from: 1, for: topology)
        let genesis = GenesisBuilder.genesis(of: topology, keys: keys, runID: GenesisBuilder.simulatedRunID(seed: 1))
        func record(_ name: String, _ party: Party) throws -> RecordWriter {
            let header = RecordHeader(
                node: name, party: party, incarnation: 1, network: genesis.network, configuration: [])
            return try RecordWriter(path: directory.appending(header.fileName), header: header)
        }
        let parties =
            [Party.coordinator(ServiceID(0))] + genesis.signers.indices.map { .signer(OperatorIndex(UInt32($0))) }
        nodes = try parties.map { party in
            let role = NodeRole(of: party, in: topology, faults: [], seed: 1)
            return Node(
                party: party, machine: role.makeMachine(genesis: genesis)!,
                record: try record(genesis.name(of: party)!, party))
        }
        places = Dictionary(uniqueKeysWithValues: zip(parties, parties.indices))
        ledger = try LedgerMachine(genesis: genesis)
        ledgerRecord = try record("ledger", .ledger)
        self.genesis = genesis
        self.keys = keys
    }

    /// Until the coordinator has finished.
    mutating func run() throws {
        start()
        isCounting = true
        now = now + .milliseconds(1)
        for node in nodes.indices { queue.append((node, .began(now))) }
        while true {
            try work()
            let wakes = nodes.indices.compactMap { place in nodes[place].wakes.map { (at: $0, place: place) } }
            guard !hasFinished, let (instant, due) = wakes.min(by: { $0 < $1 }) else { return }
            nodes[due].wakes = nil
            now = max(now, instant)
            queue.append((due, .woke))
        }
    }

    private var hasFinished = false

    private mutating func start() {
        tell(.opened(head: nil))
        for (place, node) in nodes.enumerated() {
            queue.append((place, .started(recorded: [])))
            queue.append((place, .connected(.ledger)))
            tell(.connected(node.party, key: genesis.key(of: node.party)!))
        }
        let isMesh = genesis.services[0].dissemination == .mesh
        for one in nodes.indices {
            for other in nodes.indices where one != other && (isMesh || one == 0 || other == 0) {
                queue.append((one, .connected(nodes[other].party)))
            }
        }
    }

    private mutating func work() throws {
        var place = 0
        while place < queue.count {
            let (node, event) = queue[place]
            handle(event, nodes[node])
            place += 1
            if place.isMultiple(of: 64) { for node in nodes { try node.record.flush() } }
        }
        queue.removeAll(keepingCapacity: true)
        for node in nodes { try node.record.flush() }
        try ledgerRecord.flush()
    }

    private mutating func handle(_ event: NodeEvent, _ node: Node) {
        now = now + .microseconds(1)
        let start = ThreadClock.now
        node.effects.removeAll(keepingCapacity: true)
        node.machine.handle(event, at: now, effects: &node.effects)
        node.record.appendInput(
            at: now, event: event, effects: NodeEffect.digest(of: node.effects, in: &node.encoder))
        for case .note(let observation) in node.effects { node.record.append(.note(at: now, observation)) }
        let took = ThreadClock.now - start - overhead
        if isCounting {
            events += 1
            handling += max(.zero, took)
        }
        for effect in node.effects { carryOut(effect, of: node) }
    }

    private mutating func carryOut(_ effect: NodeEffect, of node: Node) {
        let place = places[node.party]!
        switch effect {
        case .sign(let id, let request): queue.append((place, .signed(id, sign(request, by: node.party))))
        case .verify(let id, _): queue.append((place, .verified(id, valid: true)))
        case .execute(let execution): queue.append((place, .executed(task: execution.task, .result([1]))))
        case .wake(let instant): node.wakes = min(node.wakes ?? instant, instant)
        case .finished: hasFinished = true
        case .send(.submit(let signed), _): submit(signed, from: node.party)
        case .send(let frame, let recipients):
            for party in recipients {
                if let other = places[party] { queue.append((other, .received(frame, from: node.party))) }
            }
        case .persist, .note, .disconnect, .crash, .sendBytes, .pause, .fillDisk, .losePower: break
        }
    }

    private func sign(_ request: SignatureRequest, by party: Party) -> Signature {
        let key =
            switch party {
            case .signer(let signer): keys.signers[Int(signer.number)]
            case .coordinator(let service): keys.coordinators[Int(service.number)]
            case .ledger: keys.clock
            }
        return request.signature(by: key, network: genesis.network)
    }
}

// MARK: - The ledger

extension MachineBench {
    private mutating func submit(_ signed: SignedInstruction, from party: Party) {
        var checking = Duration.zero
        if case .submitCertificate(let certificate, _) = signed.instruction {
            let set = ledger.ledger.operatorSets.first { $0.digest == certificate.statement.operatorSet }
            let start = ThreadClock.now
            precondition(signed.isSignatureValid, "an honest instruction")
            if let set { try? certificate.verify(against: set) }
            checking = ThreadClock.now - start
        }
        let took = tell(.submitted(signed, from: party))
        if checking > .zero { applying.append(max(.zero, took - checking)) }
    }

    /// - Returns: what it took.
    @discardableResult
    private mutating func tell(_ event: LedgerEvent) -> Duration {
        var effects: [LedgerEffect] = []
        let start = ThreadClock.now
        ledger.handle(event, at: now, effects: &effects)
        ledgerRecord.append(.input(at: now, event: event.borsh, effects: LedgerEffect.digest(of: effects)))
        for case .note(let observation) in effects { ledgerRecord.append(.note(at: now, observation)) }
        let took = ThreadClock.now - start - overhead
        for effect in effects {
            switch effect {
            case .reply(let receipt, let party): deliver(.receipt(receipt), to: [party])
            case .send(let notice, let party): deliver(.notice(notice), to: [party])
            case .publish(let notice): deliver(.notice(notice), to: nodes.map(\.party))
            case .append, .answer, .sign, .note, .disconnect, .stop, .passOver: break
            }
        }
        return took
    }

    /// What the drivers keep to themselves does not reach a machine.
    private mutating func deliver(_ frame: Frame, to parties: [Party]) {
        if case .notice(.directory) = frame { return }
        for party in parties { queue.append((places[party]!, .received(frame, from: .ledger))) }
    }
}
