import Faults
import Messages
import Node
import Primitives
import Records
import Staging
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
    private let desk: OrderDesk?
    private let replica: LedgerReplica

    /// - Parameters:
    ///   - topology: with its overrides applied.
    ///   - keys: of everyone who has a say in the ledger.
    ///   - files: prepared.
    ///   - measuring: the times from the beginning at which everybody is asked what it has used; ascending.
    ///   - desk: where orders come from; with one, the network is a live one.
    package init(
        topology: Topology, genesis: Genesis, keys: NetworkKeys, files: NodeFiles, executables: Executables,
        keepsGoing: Bool = false,
        measuring: [Duration] = [], desk: OrderDesk? = nil
    ) {
        self.topology = topology
        self.genesis = genesis
        self.files = files
        self.executables = executables
        self.keepsGoing = keepsGoing
        self.measuring = measuring
        self.desk = desk
        replica = LedgerReplica(topology: topology, keys: keys, directory: files.directory, genesis: genesis)
    }

    /// Returns when no process is left, however it ended; cancelling kills them all.
    ///
    /// - Parameters:
    ///   - interruptions: each is somebody's wish that it end.
    ///   - report: is called in the order of events.
    package func run(
        interruptions: AsyncStream<Void>, report: @Sendable (NetworkEvent) -> Void
    ) async -> RunOutcome {
        defer { desk?.close() }
        let (events, feed) = AsyncStream<Conductor.Event>.makeStream()
        var interventions: InterventionLog?
        do throws(RecordError) {
            let changesDisks = topology.faults.contains { $0.parameters.disk != .keep || $0.behaviour == .powerLoss }
            if desk != nil || !topology.network.isConstant || changesDisks {
                interventions = try InterventionLog(path: files.directory.interventions, network: genesis.network)
            }
        } catch {
            return unrecorded(error, stage: .starting)
        }
        return await withDiscardingTaskGroup { group in
            var conductor = Conductor(
                members: members, settings: settings,
                timeline: desk == nil ? TimelineSchedule(of: topology) : TimelineSchedule(topology.timeline),
                slotsPerEpoch: topology.ledger.slotsPerEpoch, network: topology.network)
            var processes: [Party: AsyncStream<ChildProcess.Order>.Continuation] = [:]
            var effects: [Conductor.Effect] = []
            group.addTask { for await _ in interruptions { feed.yield(.interrupted) } }
            if let desk {
                group.addTask {
                    for await (order, ticket) in desk.placed { feed.yield(.ordered(order, ticket: ticket)) }
                }
            }
            conductor.start(at: MonotonicClock.now, effects: &effects)
            var iterator = events.makeAsyncIterator()
            var outcome: RunOutcome?
            var weights: [FileUsage.Kind: [FileUsage.Reading]] = [:]
            while outcome == nil {
                for effect in effects where outcome == nil {
                    switch effect {
                    case .launch(let party, let incarnation, let faults, let ledgerPort, let disk):
                        let (orders, inbox) = AsyncStream<ChildProcess.Order>.makeStream()
                        processes[party] = inbox
                        group.addTask {
                            await launch(party, incarnation, faults, ledgerPort, disk, orders: orders, feed: feed)
                        }
                    case .tell(let party, let command): processes[party]?.yield(.tell(command.line))
                    case .kill(let party): processes[party]?.yield(.kill)
                    case .wake(let instant): group.addTask { await wake(at: instant, feed: feed) }
                    case .report(let event): report(event)
                    case .record(let intervention):
                        do throws(RecordError) {
                            try interventions?.append(intervention)
                        } catch {
                            // What cannot be told afterwards must not happen.
                            outcome = unrecorded(error, stage: .running)
                        }
                    case .prepare(let order): group.addTask { feed.yield(await prepared(order)) }
                    case .lookUp(let signed): group.addTask { feed.yield(await lookedUp(signed)) }
                    case .answer(let ticket, let answer): desk?.answer(answer, to: ticket)
                    case .weigh: weigh(into: &weights)
                    case .over(let result):
                        outcome = result
                        outcome?.files = FileUsage.Kind.allCases.compactMap { kind in
                            weights[kind].map { FileUsage(kind: kind, readings: $0) }
                        }
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

    private func weigh(into weights: inout [FileUsage.Kind: [FileUsage.Reading]]) {
        let now = MonotonicClock.now
        for (kind, bytes) in files.directory.sizes {
            weights[kind, default: []].append(FileUsage.Reading(at: now, bytes: bytes))
        }
    }

    private func unrecorded(_ error: RecordError, stage: ChildFailure.Stage) -> RunOutcome {
        let failure = ChildFailure(
            name: "the cluster", stage: stage, kind: .ended(.unobserved("\(error)")), account: "\(error)")
        return RunOutcome(ending: .aborted, failures: [failure], startup: nil)
    }

    private func launch(
        _ party: Party, _ incarnation: UInt32, _ faults: [FaultPlan], _ ledgerPort: UInt16?,
        _ disk: Intervention.Disk, orders: AsyncStream<ChildProcess.Order>,
        feed: AsyncStream<Conductor.Event>.Continuation
    ) async {
        let configuration: FilePath
        do {
            try files.leave(disk, to: party)
            configuration = try files.writeConfiguration(
                of: party, incarnation: incarnation, faults: faults, ledgerPort: ledgerPort, disk: disk)
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

    private func prepared(_ order: LedgerOrder) async -> Conductor.Event {
        do {
            return .prepared(try await replica.instructions(for: order))
        } catch {
            return .unprepared("\(error)")
        }
    }

    /// A log that cannot be read has nothing of it: the ledger says what is wrong.
    private func lookedUp(_ signed: SignedInstruction) async -> Conductor.Event {
        .lookedUp(try? await replica.receipt(of: signed))
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
        let patience = RunPatience(of: topology)
        var settings = Conductor.Settings(
            timeLimit: patience.timeLimit, settlingAlone: patience.settlingAlone, keepsGoing: keepsGoing)
        settings.progressPatience = patience.progress
        settings.measuring = measuring
        settings.guardsAreSynced = topology.guardMode == .synced
        if desk != nil { settings.drainPatience = patience.drain }
        return settings
    }
}
