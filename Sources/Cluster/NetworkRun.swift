import Attesting
import Faults
import Messages
import Node
import Primitives
import SystemPackage
import TopologyFormat

/// Carries out what the `Conductor` decides, with real processes.
package struct NetworkRun: Sendable {
    private let topology: Topology
    private let genesis: Genesis
    private let files: NodeFiles
    private let executables: Executables
    private let keepsGoing: Bool
    private let measuring: [Duration]

    /// - Parameters:
    ///   - topology: with its overrides applied.
    ///   - files: prepared.
    ///   - measuring: the times from the beginning at which everybody is asked what it has used; ascending.
    package init(
        topology: Topology, genesis: Genesis, files: NodeFiles, executables: Executables, keepsGoing: Bool = false,
        measuring: [Duration] = []
    ) {
        self.topology = topology
        self.genesis = genesis
        self.files = files
        self.executables = executables
        self.keepsGoing = keepsGoing
        self.measuring = measuring
    }

    /// Returns when no process is left, however it ended; cancelling kills them all.
    ///
    /// - Parameters:
    ///   - interruptions: each is somebody's wish that it end.
    ///   - report: is called in the order of events.
    package func run(
        interruptions: AsyncStream<Void>, report: @Sendable (NetworkEvent) -> Void
    ) async -> RunOutcome {
        let (events, feed) = AsyncStream<Conductor.Event>.makeStream()
        return await withDiscardingTaskGroup { group in
            var conductor = Conductor(members: members, settings: settings)
            var processes: [Party: AsyncStream<ChildProcess.Order>.Continuation] = [:]
            var effects: [Conductor.Effect] = []
            group.addTask { for await _ in interruptions { feed.yield(.interrupted) } }
            conductor.start(at: MonotonicClock.now, effects: &effects)
            var iterator = events.makeAsyncIterator()
            var outcome: RunOutcome?
            while outcome == nil {
                for effect in effects {
                    switch effect {
                    case .launch(let party, let incarnation, let faults, let ledgerPort):
                        let (orders, inbox) = AsyncStream<ChildProcess.Order>.makeStream()
                        processes[party] = inbox
                        group.addTask {
                            await launch(party, incarnation, faults, ledgerPort, orders: orders, feed: feed)
                        }
                    case .tell(let party, let command): processes[party]?.yield(.tell(command.line))
                    case .kill(let party): processes[party]?.yield(.kill)
                    case .wake(let instant): group.addTask { await wake(at: instant, feed: feed) }
                    case .report(let event): report(event)
                    case .over(let result): outcome = result
                    }
                }
                effects.removeAll(keepingCapacity: true)
                // Nil when this task was cancelled: the group then kills whoever is left.
                guard outcome == nil, let event = await iterator.next() else { break }
                conductor.handle(event, at: MonotonicClock.now, effects: &effects)
            }
            group.cancelAll()
            return outcome ?? RunOutcome(ending: .interrupted, failures: [], startup: nil)
        }
    }

    private func launch(
        _ party: Party, _ incarnation: UInt32, _ faults: [FaultPlan], _ ledgerPort: UInt16?,
        orders: AsyncStream<ChildProcess.Order>, feed: AsyncStream<Conductor.Event>.Continuation
    ) async {
        let configuration: FilePath
        do {
            configuration = try files.writeConfiguration(
                of: party, incarnation: incarnation, faults: faults, ledgerPort: ledgerPort)
        } catch {
            feed.yield(.ended(party, .neverStarted("\(error)")))
            return
        }
        let process = ChildProcess(
            executable: party == .ledger ? executables.ledger : executables.node,
            arguments: (party == .ledger ? executables.ledgerArguments : []) + [configuration.string],
            log: files.directory.log(of: files.name(of: party)))
        let ending = await process.run(orders: orders) { feed.yield(.said(party, $0)) }
        feed.yield(.ended(party, ending))
    }

    private func wake(at instant: Instant, feed: AsyncStream<Conductor.Event>.Continuation) async {
        // Cancelled only when the run is over.
        try? await Task.sleep(for: instant - MonotonicClock.now)
        feed.yield(.woke)
    }

    private var members: [Conductor.Member] {
        files.parties.map { party in
            Conductor.Member(
                party: party, name: files.name(of: party), faults: topology.faults.filter { $0.party == party })
        }
    }

    private var settings: Conductor.Settings {
        let window = topology.services.map(\.evidenceWindow).max() ?? .zero
        var settings = Conductor.Settings(
            timeLimit: Self.timeLimit(of: topology), settlingAlone: window + Timings.receiptPatience + .seconds(1),
            keepsGoing: keepsGoing)
        settings.progressPatience = Self.progressPatience(of: topology)
        settings.measuring = measuring
        return settings
    }

    private static let slowness = Duration.seconds(15)

    /// The longest open loop, the longest listening after it, and time for a slow machine.
    package static func timeLimit(of topology: Topology) -> Duration {
        let spans = topology.services.map { service in
            guard case .open(let rate, let arrival) = service.load.pacing else { return service.evidenceWindow }
            let tasks = service.load.tasks
            var span = rate.span(of: tasks) ?? .zero
            // Independent arrivals end late by so many times the square root of their number, one time in 30,000.
            if arrival == .poisson { span += span * (4 / Double(tasks).squareRoot()) }
            return span + service.evidenceWindow
        }
        return (spans.max() ?? .zero) + slowness
    }

    /// A closed loop takes as long as it takes, but never stands still: each task is certified or expires by its
    /// deadline. After the last one comes only the listening.
    ///
    /// - Returns: nil when there is no closed loop.
    package static func progressPatience(of topology: Topology) -> Duration? {
        topology.services.filter { $0.load.rate == nil }.map { max($0.deadline, $0.evidenceWindow) }.max()
            .map { $0 + slowness }
    }
}
