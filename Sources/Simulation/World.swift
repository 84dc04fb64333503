import Attesting
import Cryptography
import DequeModule
import Faults
import Links
import Messages
import Primitives
import Records
import Restaking
import Staging
import SystemPackage
import TopologyFormat

/// A whole network under virtual time: the machines, and in place of everything around them things that only pretend to
/// take time. One thread, one timetable, one seed.
///
/// What real drivers do, this does in the same order: `World+Turns` is `NodeDriver`, `World+Ledger` is `LedgerDriver`,
/// `World+Connections` is `Transport` with the network behind it, `World+Stage` is `Conductor`.
struct World {
    let plan: SimulationPlan
    let genesis: Genesis
    let network: Digest
    let keys: NetworkKeys
    let wiring: Wiring
    let patience: RunPatience
    var observer: (any SimulationObserver)?

    var now = World.boot
    var timetable = Timetable()
    var processors: Processors
    /// Whoever has a core and has not begun.
    var runnable: Deque<Place> = []
    /// By place, the ledger's left empty.
    var nodes: [SimulatedNode]
    var ledger: SimulatedLedger
    var connections: [Connection]
    var conditions: NetworkConditions
    var stage = Stage()
    var timeline: SimulatedTimeline
    var audit = AuditTrail()
    var figures = SimulationFigures()
    /// Since the beginning, of operators and coordinators.
    var nodeWork = Duration.zero
    var wakes: UInt64 = 0
    var interventions: [Intervention] = []
    /// What cannot be gone on with.
    var failure: SimulationError?
    /// Events since time last moved.
    private var eventsAtOnce: UInt64 = 0

    /// Of the event that is being handled.
    var effects: [NodeEffect] = []
    var sizes: [Int] = []

    /// Processes start here; nobody has reason to think of time zero.
    static let boot = Instant(nanoseconds: 1_000_000_000)

    init(_ plan: SimulationPlan, observer: (any SimulationObserver)?) throws(SimulationError) {
        let topology = plan.topology
        self.plan = plan
        self.observer = observer
        keys = NetworkKeys.derived(from: plan.seed, for: topology)
        let genesis = GenesisBuilder.genesis(
            of: topology, keys: keys, runID: GenesisBuilder.simulatedRunID(seed: plan.seed))
        self.genesis = genesis
        network = genesis.network
        patience = RunPatience(of: topology)
        let schedule = TimelineSchedule(of: topology)
        timeline = SimulatedTimeline(
            schedule: schedule, resolution: TimelineResolution(topology: topology, keys: keys))
        processors = Processors(plan.cores)
        wiring = Wiring(genesis)
        conditions = NetworkConditions(topology.network)
        do {
            ledger = try SimulatedLedger(
                genesis: genesis, key: keys.clock, faults: topology.faults.filter { $0.party == .ledger })
        } catch {
            throw .genesis("\(error)")
        }
        nodes = wiring.parties.map { party in
            SimulatedNode(
                party: party, name: genesis.name(of: party)!, plans: topology.faults.filter { $0.party == party })
        }
        let pairs = wiring.pairs()
        let wanted = Wiring.wanted(pairs, wiring.parties, genesis)
        let parties = wiring.parties
        connections = zip(pairs, wanted).map { pair, isWanted in
            func direction(from sender: Place, to receiver: Place) -> Connection.Direction {
                guard isWanted else { return Connection.Direction() }
                return Self.direction(from: parties[sender.number], to: parties[receiver.number], plan, genesis)
            }
            return Connection(
                low: pair.low, high: pair.high, isWanted: isWanted,
                towardHigh: direction(from: pair.low, to: pair.high),
                towardLow: direction(from: pair.high, to: pair.low))
        }
    }

    static func direction(
        from sender: Party, to receiver: Party, _ plan: SimulationPlan, _ genesis: Genesis
    ) -> Connection.Direction {
        let terms = plan.topology.network.terms(from: sender, to: receiver)
        return Connection.Direction(link: link(terms, from: sender, to: receiver, plan, genesis))
    }

    /// - Returns: nil where nothing lies between the two.
    static func link(
        _ terms: LinkTerms, from sender: Party, to receiver: Party, _ plan: SimulationPlan, _ genesis: Genesis
    ) -> Link? {
        guard !terms.isNone else { return nil }
        return Link(terms, seed: plan.seed, from: genesis.name(of: sender)!, to: genesis.name(of: receiver)!)
    }

    // MARK: Time

    mutating func run() throws(SimulationError) -> SimulatedRun {
        start()
        while let place = runnable.popFirst() { begin(place) }
        while stage.ending == nil, failure == nil, let (due, occurrence) = timetable.next() {
            if due > now {
                now = due
                eventsAtOnce = 0
            }
            take(occurrence)
            while let place = runnable.popFirst() { begin(place) }
        }
        if let failure { throw failure }
        return finished()
    }

    private mutating func take(_ occurrence: Occurrence) {
        switch occurrence {
        case .arrival(let parcel, let connection, let towardHigh, let generation):
            arrive(parcel, on: connection, towardHigh: towardHigh, generation)
        case .worked(.ledger, let life): if ledgerLife == life { ledgerWorked() } else { releaseCore() }
        case .roused(let place): run(place, since: now)
        case .worked(let place, let life):
            if nodes[place.number].life == life { worked(place) } else { releaseCore() }
        case .flushed(let place, let life):
            if nodes[place.number].life == life { turnEnded(place) } else { releaseCore() }
        case .synced(let place, let life): if nodes[place.number].life == life { synced(place) }
        case .woke(let place, let time, let life):
            guard nodes[place.number].life == life, nodes[place.number].wakeTime == time else { return }
            nodes[place.number].wakeTime = nil
            enqueue(.woke, at: place)
        case .tick(let life): if ledgerLife == life, ledger.isAlive { tick() }
        case .committed(let life): if ledgerLife == life { committed() }
        case .crashes(let point, let life): if ledgerLife == life { crashLedger(at: point) }
        case .isDueInTimeline: if let began = stage.began { followTimeline(since: began) }
        case .dials(let connection, let generation): dial(connection, generation)
        case .established(let connection, let generation): established(connection, generation)
        case .hungUp(let place, let party, let reason, let life):
            if nodes[place.number].life == life { hungUp(place, from: party, reason) }
        case .restarts(.ledger): restartLedger()
        case .restarts(let place): restart(place)
        case .losesPower(let place): losePower(place)
        case .parts(let partition): part(partition)
        case .heals(let partition): heal(partition)
        case .changes(let change): changeLinks(change)
        case .changesBack(let change): restoreLinks(change)
        case .timesOut(let connection): timeOut(connection)
        case .isOverdue(let connection, let towardHigh, let since):
            giveUpWaiting(for: connection, towardHigh: towardHigh, since: since)
        case .goesOn(let place, let life): if nodes[place.number].life == life { goOn(place) }
        case .noticed(let connection, let generation): notice(connection, generation)
        case .reviewed: review()
        }
    }

    /// A machine handles an event.
    mutating func count() {
        figures.events += 1
        eventsAtOnce += 1
        guard failure == nil else { return }
        if eventsAtOnce > plan.limits.eventsAtOnce {
            failure = .standsStill(at: elapsed, events: eventsAtOnce)
        } else if figures.events > plan.limits.events {
            failure = .tooManyEvents(figures.events, at: elapsed)
        }
    }

    /// Since the run's beginning.
    var elapsed: Duration { max(.zero, now - (stage.began ?? now)) }

    mutating func observe(_ event: SimulationEvent, at time: Instant? = nil) {
        observer?.observe(event, at: time ?? now)
    }

    var isObserved: Bool { observer != nil }

    // MARK: The end

    private mutating func finished() -> SimulatedRun {
        observe(.ended(stage.ending ?? .completed))
        figures.virtualTime = elapsed
        figures.longestAgenda = timetable.longest
        closeLedgerRecord(ending: .closed(at: now))
        var records = ledger.records
        for place in nodes.indices.dropFirst() {
            closeRecord(Place(number: place), ending: .closed(at: now))
            records += nodes[place].records
        }
        return SimulatedRun(
            records: RunRecords(
                genesis: genesis, nodes: records, interventions: interventions, figures: figures),
            ending: stage.ending ?? .completed, audit: audit.finish(), figures: figures, nodeWork: nodeWork,
            wakes: wakes, timeline: timeline.results, unreachable: timeline.schedule.unreachable)
    }

    /// What the present process of a node has recorded so far is all that it ever will.
    mutating func closeRecord(_ place: Place, ending: NodeRecord.Ending) {
        guard nodes[place.number].isAlive else { return }
        let node = nodes[place.number]
        node.records.append(
            record(of: node.name, node.party, node.incarnation, node.role?.borsh ?? [], node.entries, ending))
        node.entries = []
    }

    mutating func closeLedgerRecord(ending: NodeRecord.Ending) {
        guard ledger.isAlive else { return }
        ledger.records.append(
            record(of: nodes[Place.ledger.number].name, .ledger, ledger.incarnation, [], ledger.entries, ending))
        ledger.entries = []
    }

    private func record(
        of name: String, _ party: Party, _ incarnation: UInt32, _ configuration: [UInt8], _ entries: [RecordEntry],
        _ ending: NodeRecord.Ending
    ) -> NodeRecord {
        let header = RecordHeader(
            node: name, party: party, incarnation: incarnation, network: network, configuration: configuration)
        var entries = entries
        if case .closed(let time) = ending { entries.append(.closed(at: time)) }
        return NodeRecord(path: FilePath(header.fileName), header: header, entries: entries, ending: ending)
    }
}
