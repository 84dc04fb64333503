import Faults
import Glibc
import Messages
import Node
import Primitives
import Records
import Staging
import TopologyFormat

/// Decides what is done next with the processes of a run. Pure: `NetworkRun` tells it what happened and carries out
/// what it answers, in order.
///
/// 1. The ledger starts alone, because every node is told its port. Then all others start at once.
/// 2. When all are ready, all are told the same instant at which the run begins.
/// 3. When every coordinator has finished or is dead for good, or the time is up, or a process dies that should not, or
///    somebody interrupts: the nodes are stopped, then the ledger, so that their last words find it.
/// 4. Where a fault has killed somebody for a time, they are started again after it. Of the ledger, which may listen
///    elsewhere then, everybody is told where; nothing is settled while it is away.
/// 5. Whoever does not stop in time is killed. It is over when nobody is left.
///
/// A live network has no end of its own: after the load it waits for tasks that somebody submits, goes on without
/// whoever dies, and takes orders (`Conductor+Orders`), until it is told to drain: its coordinators issue nothing more,
/// and when the windows have closed it ends like any other.
///
/// It deliberately does not judge: a run that timed out is stopped like any other, and its records say what it was.
package struct Conductor: Sendable {
    package enum Event: Hashable, Sendable {
        case said(Party, String)
        case ended(Party, ChildEnding)
        case woke
        case interrupted
        /// Of a live network.
        case ordered(NetworkOrder, ticket: UInt64)
        /// What a `prepare` effect asked for: instructions to be applied in this order; or why there are none.
        case prepared([SignedInstruction])
        case unprepared(String)
        /// What a `lookUp` effect asked for: what became of it; nil: the ledger does not know of it.
        case lookedUp(Receipt?)
    }

    package enum Effect: Hashable, Sendable {
        /// - Parameter ledgerPort: nil for the ledger itself.
        case launch(
            Party, incarnation: UInt32, faults: [FaultPlan], ledgerPort: UInt16?, disk: Intervention.Disk = .keep)
        case tell(Party, ProcessCommand)
        case kill(Party)
        case wake(Instant)
        case report(NetworkEvent)
        /// Into the log of interventions, before anything after it is done.
        case record(Intervention)
        case answer(ticket: UInt64, NetworkAnswer)
        /// See how much the run's files take.
        case weigh
        /// Make instructions of it, by the ledger as it stands.
        case prepare(LedgerOrder)
        /// See in the ledger's log what became of it.
        case lookUp(SignedInstruction)
        case over(RunOutcome)
    }

    package struct Member: Hashable, Sendable {
        package var party: Party
        package var name: String
        package var faults: [FaultPlan]

        package init(party: Party, name: String, faults: [FaultPlan] = []) {
            self.party = party
            self.name = name
            self.faults = faults
        }
    }

    package struct Settings: Hashable, Sendable {
        /// From the beginning to the moment at which the run counts as hung.
        package var timeLimit: Duration
        /// Not before this long after a coordinator's last progress, where there is a load whose end is not known.
        package var progressPatience: Duration?
        /// Times from the beginning at which everybody is asked what it has used; ascending.
        package var measuring: [Duration] = []
        /// Whether a run that has begun goes on without an operator or coordinator that dies.
        package var keepsGoing = false
        /// Whether nothing that a node has signed or issued is ever missing from its disk.
        package var guardsAreSynced = true
        package var startPatience = Duration.seconds(20)
        package var stopPatience = Duration.seconds(5)
        /// After the last coordinator has finished.
        package var settling = RunPatience.settling
        /// The same where a coordinator is dead for good: its operators submit what they hold themselves, once the
        /// windows have closed.
        package var settlingAlone: Duration
        /// From the word to the beginning: everybody has heard it by then.
        package var lead = RunPatience.lead
        /// Of a live network: how long it may take until every window has closed; nil: the network has an end of its own.
        package var drainPatience: Duration?
        /// Of a live network: how long one answer of a node is waited for.
        package var answerPatience = Duration.seconds(1)
        /// Of a live network: how long a node that is started again is waited for.
        package var restartPatience = Duration.seconds(3)

        package init(timeLimit: Duration, settlingAlone: Duration, keepsGoing: Bool = false) {
            self.timeLimit = timeLimit
            self.settlingAlone = settlingAlone
            self.keepsGoing = keepsGoing
        }
    }

    enum Phase: Hashable {
        case startingLedger, startingNodes, running, draining, settling, stoppingNodes, stoppingLedger, over
    }

    let settings: Settings
    /// The ledger first.
    var children: [Child]
    /// For look-ups only.
    let places: [Party: Int]
    var phase = Phase.startingLedger
    /// When patience with the phase ends.
    var deadline: Instant?
    /// The wake that was asked for to that end; earlier, when there has been progress since.
    var nextWake: Instant?
    var started = Instant(nanoseconds: 0)
    var began: Instant?
    var ledgerPort: UInt16?
    var ending = RunOutcome.Ending.completed
    var failures: [ChildFailure] = []
    var interruptions = 0
    var usages: [NodeUsage] = []
    /// How many of the times of `measuring` have come.
    var measured = 0
    /// Orders that have not had their last answer, by age.
    var pending: [PendingOrder] = []
    var timeline: TimelineDesk
    var links: LinkDesk

    /// - Parameter members: one of them the ledger.
    /// - Parameter timeline: what is done to the restaking state in its course.
    /// - Parameter network: how its links are, and what becomes of them.
    package init(
        members: [Member], settings: Settings, timeline: TimelineSchedule = TimelineSchedule([]),
        slotsPerEpoch: UInt64 = 1, network: NetworkPlan = NetworkPlan(dissemination: .star)
    ) {
        links = LinkDesk(network)
        self.timeline = TimelineDesk(timeline, slotsPerEpoch: slotsPerEpoch)
        let ordered = members.filter { $0.party == .ledger } + members.filter { $0.party != .ledger }
        precondition(ordered.count(where: { $0.party == .ledger }) == 1, "a network has one ledger")
        self.settings = settings
        children = ordered.map { Child(party: $0.party, name: $0.name, faults: $0.faults.map { KnownFault($0) }) }
        places = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1.party, $0) })
    }

    package mutating func start(at now: Instant, effects: inout [Effect]) {
        started = now
        effects.append(.report(.starting(processes: children.count)))
        launch(0, &effects)
        wait(settings.startPatience, from: now, &effects)
    }

    package mutating func handle(_ event: Event, at now: Instant, effects: inout [Effect]) {
        guard phase != .over else { return }
        switch event {
        case .said(let party, let text):
            guard let place = places[party], children[place].isAlive else { return }
            guard let line = ProcessReport(line: text) else {
                effects.append(.report(.unreadable(children[place].name, line: text)))
                return
            }
            hear(line, from: place, at: now, &effects)
        case .ended(let party, let ending):
            guard let place = places[party], children[place].isAlive else { return }
            lose(place, ending, at: now, &effects)
        case .woke: wake(at: now, &effects)
        case .interrupted: interrupt(at: now, &effects)
        case .ordered(let order, let ticket): take(order, ticket, at: now, &effects)
        case .prepared(let instructions): prepared(instructions, at: now, &effects)
        case .unprepared(let reason): unprepared(reason, at: now, &effects)
        case .lookedUp(let receipt): lookedUp(receipt, at: now, &effects)
        }
    }

    // MARK: What processes say

    private mutating func hear(_ line: ProcessReport, from place: Int, at now: Instant, _ effects: inout [Effect]) {
        switch (line, children[place].party) {
        case (.listening(let port), .ledger) where children[place].state == .launched:
            ledgerPort = port
            children[place].state = .ready
            guard phase == .startingLedger else { return ledgerReturned(at: now, &effects) }
            phase = .startingNodes
            for place in children.indices.dropFirst() { launch(place, &effects) }
        case (.ready, _):
            guard children[place].state == .launched else { return }
            children[place].state = .ready
            started(place, &effects)
            beginIfReady(at: now, &effects)
        case (.progress(let progress), .coordinator(let service)):
            children[place].tasks = progress
            effects.append(.report(.progress(service, children[place].earlierTasks + progress)))
            let issued = (children[place].earlierTasks + progress).issued
            follow(timeline.schedule.issued(issued, of: service), at: now, &effects)
            if phase == .running, let patience = settings.progressPatience, let present = deadline {
                deadline = max(present, now + patience)
            }
        case (.finished, .coordinator(let service)):
            children[place].state = .finished
            effects.append(.report(.finished(service)))
            settleIfFinished(at: now, &effects)
        case (.used(let usage), let party):
            if !answered(usage, by: party, at: now, &effects) { note(usage, of: children[place]) }
        case (.status(let status), let party): answered(status, by: party, at: now, &effects)
        case (.task(let report), .coordinator): answered(report, by: place, &effects)
        case (.result(let task, let result), .signer(let signer)):
            answered(result, of: task, by: signer, at: now, &effects)
        case (.epoch(let epoch), .ledger):
            timeline.epoch = max(timeline.epoch, epoch)
            follow(timeline.schedule.opened(epoch), at: now, &effects)
        case (.receipt(_, let receipt), .ledger): answered(by: receipt, at: now, &effects)
        case (.failed(let account), _): children[place].account = account
        case (.stopped, _): break
        case (.listening, _), (.epoch, _), (.receipt, _), (.progress, _), (.finished, _), (.task, _), (.result, _):
            effects.append(.report(.unreadable(children[place].name, line: "\(line)")))
        }
    }

    /// Everybody is told where the ledger is now: they send again what has no receipt, and so does the timeline.
    private mutating func ledgerReturned(at now: Instant, _ effects: inout [Effect]) {
        for child in children where child.isAlive && child.party != .ledger {
            effects.append(.tell(child.party, .ledger(port: ledgerPort!)))
        }
        started(0, &effects)
        resumeTimeline(&effects)
        settleIfFinished(at: now, &effects)
    }

    mutating func beginIfReady(at now: Instant, _ effects: inout [Effect]) {
        guard phase == .startingNodes, !children.contains(where: { $0.state == .launched || $0.state == .idle }) else {
            return
        }
        let beginning = now + settings.lead
        began = beginning
        phase = .running
        for child in children where child.isAlive { effects.append(.tell(child.party, .begin(beginning))) }
        effects.append(.report(.began(startup: beginning - started)))
        for delay in settings.measuring { effects.append(.wake(beginning + delay)) }
        effects += timeline.schedule.unreachable.map { .report(.hindered($0)) }
        if !timeline.schedule.isDone { effects.append(.wake(beginning)) }
        awaitLinks(&effects)
        guard !isLive else { return deadline = nil }
        wait(settings.timeLimit, from: beginning, &effects)
        settleIfFinished(at: now, &effects)
    }

    mutating func settleIfFinished(at now: Instant, _ effects: inout [Effect]) {
        guard phase == (isLive ? .draining : .running),
            isLive || timeline.isDone, isLedgerReady,
            children.allSatisfy({ !$0.party.isCoordinator || $0.state == .finished || $0.state == .ended })
        else { return }
        phase = .settling
        let isAlone = children.contains { $0.party.isCoordinator && $0.state == .ended }
        wait(isAlone ? settings.settlingAlone : settings.settling, from: now, &effects)
    }

    private mutating func note(_ usage: ProcessUsage, of child: Child) {
        let place =
            usages.firstIndex { $0.party == child.party && $0.incarnation == child.incarnation } ?? usages.endIndex
        if place == usages.endIndex {
            usages.append(
                NodeUsage(name: child.name, party: child.party, incarnation: child.incarnation, readings: []))
        }
        usages[place].readings.append(usage)
    }

    // MARK: Launching and waiting

    mutating func launch(_ place: Int, disk: Intervention.Disk = .keep, _ effects: inout [Effect]) {
        children[place].state = .launched
        children[place].account = nil
        children[place].wasKilled = false
        let child = children[place]
        effects.append(
            .launch(
                child.party, incarnation: child.incarnation, faults: child.scheduledFaults, ledgerPort: ledgerPort,
                disk: disk))
        let updates = links.conditions.updates(for: child.party, among: children.map(\.party))
        if !updates.isEmpty { effects.append(.tell(child.party, .links(updates))) }
    }

    /// The next process of a node or of the ledger, in a network that has begun.
    mutating func launchAgain(
        _ place: Int, disk: Intervention.Disk = .keep, at now: Instant, _ effects: inout [Effect]
    ) {
        forgetPastCrashes(of: place, at: now)
        if children[place].hasOlderDisk { record(.restarted(.older), place, at: now, &effects) }
        children[place].hasOlderDisk = false
        launch(place, disk: disk, &effects)
        // At once: it may never be ready, if somebody it needs is dead for good.
        if let began { effects.append(.tell(children[place].party, .begin(began))) }
        if phase == .draining, children[place].party.isCoordinator {
            effects.append(.tell(children[place].party, .drain))
        }
        effects.append(.report(.restarted(children[place].name)))
    }

    mutating func wait(_ patience: Duration, from instant: Instant, _ effects: inout [Effect]) {
        deadline = instant + patience
        nextWake = deadline
        effects.append(.wake(instant + patience))
    }

    var isLedgerReady: Bool { children[0].state == .ready }
    var isLive: Bool { settings.drainPatience != nil }
    var isStopping: Bool { phase == .stoppingNodes || phase == .stoppingLedger }
}
