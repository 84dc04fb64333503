import Attesting
import Cryptography
import Messages
import Primitives
import Records
import Staging
import TestSupport
import Testing
import TopologyFormat
import Verdicts

@testable import Simulation

/// What a simulated network comes to.
@Suite(.computing) struct SimulationTests {
    @Test(arguments: ["mesh", "star"])
    func aQuietNetworkCertifiesEverything(dissemination: String) throws {
        let topology = try Scene.topology(
            network: "{dissemination: \(dissemination), link: {latency: 2ms, jitter: 1ms}}")
        let run = try Simulator.run(try Scene.plan(topology))
        #expect(run.ending == .completed)
        #expect(Scene.certified(run) == 20)
        #expect(Scene.violations(run).isEmpty)
        #expect(run.figures.lost == 0)
    }

    @Test func whoeverEquivocatesIsSlashed() throws {
        let topology = try Scene.topology(faults: "[{operator: op-3, does: equivocate-split, at: task 5}]")
        let run = try Simulator.run(try Scene.plan(topology))
        #expect(RunHistory(run.records).slashes.map(\.record.signer) == [OperatorIndex(2)])
        #expect(Scene.violations(run).isEmpty)
    }

    /// However long a coordinator is away: operators may tell it what they hold before the ledger tells it who they are.
    @Test func aCoordinatorThatIsBackComparesWhatItHeardBeforeItKnewItsOperators() throws {
        var early = 0
        for away in stride(from: 40, to: 200, by: 10) {
            let topology = try Scene.topology(
                operators: "{op-1: {stake: 10 SOL}, op-2: {stake: 3 SOL}}",
                network: "{dissemination: mesh, link: {latency: 20ms}}", service: "load: {tasks: 1, rate: 10/s}",
                faults: """
                    [{operator: op-1, does: equivocate-split, at: start, for: 1 task},
                     {coordinator: squares, does: coordinator-crash, at: start, for: \(away)ms, point: detect}]
                    """)
            let run = try Simulator.run(try Scene.plan(topology))
            let history = RunHistory(run.records)
            #expect(history.slashes.map(\.record.signer) == [OperatorIndex(0)], "away for \(away) ms")
            early += history.findings.count { $0.finder.isCoordinator } > 1 ? 1 : 0
        }
        #expect(early > 0)
    }

    @Test func whoeverCrashesComesBackWithItsGuard() throws {
        let topology = try Scene.topology(faults: "[{operator: op-1, does: crash, at: task 5, for: 300ms}]")
        let run = try Simulator.run(try Scene.plan(topology))
        let records = run.records.nodes.filter { $0.name == "op-1" }
        #expect(records.map(\.incarnation) == [1, 2])
        #expect(records.map(\.isClosed) == [false, true])
        #expect(Scene.violations(run).isEmpty)
        // It votes again, on other tasks than before.
        let voted = records.map { Set($0.notes.compactMap(\.attestedSubject)) }
        #expect(!voted[0].isEmpty && !voted[1].isEmpty)
    }

    /// In every moment of a turn: what it has signed it has remembered, so that it never contradicts itself.
    @Test func whoeverLosesPowerStaysHonest() throws {
        var lost = 0
        for micros in stride(from: 50_000, to: 52_000, by: 80) {
            let topology = try Scene.topology(
                faults: "[{operator: op-1, does: power-loss, at: \(micros)us, for: 200ms}]")
            let deaths = Deaths()
            let run = try Simulator.run(try Scene.plan(topology), observer: deaths)
            lost += deaths.lostEntries
            #expect(Scene.violations(run).isEmpty, "at \(micros) us")
            #expect(RunHistory(run.records).slashes.isEmpty)
        }
        #expect(lost > 0, "some of these moments lie between a write and its sync")
    }

    /// Both of a twin's machines live by the one clock there is, or the second would be woken in vain for ever.
    @Test(arguments: ["clock-drift, by: 1/100", "clock-step, by: 200ms", "clock-step, by: -200ms"])
    func aTwinWithAWrongClockIsNotWokenInVain(clock: String) throws {
        let topology = try Scene.topology(
            faults: "[{operator: op-1, does: twin}, {operator: op-1, does: \(clock), at: 0s, for: 300ms}]")
        let run = try Simulator.run(try Scene.plan(topology, costs: .none))
        #expect(run.ending == .completed && run.figures.events < 100_000)
    }

    /// A vote that it sends to nobody may still be in the certificate that it makes of it.
    @Test func whoColludesIsKnownByItsCertificatesToo() throws {
        let topology = try Scene.topology(
            operators: "{op-1: {stake: 10 SOL}, op-2: {stake: 1 SOL}, op-3: {stake: 2 SOL}, op-4: {stake: 2 SOL}}",
            service: "load: {tasks: 3, rate: 10/s}",
            faults: "[{coordinator: squares, does: coordinator-equivocates, at: task 2}, "
                + "{operator: op-1, does: collusion}, {operator: op-1, does: withhold, probability: 1/4}]")
        var contradicted = 0
        for seed in UInt64(0)..<40 {
            let run = try Simulator.run(try Scene.plan(topology, seed: seed))
            let findings = SignaturePlan.modelled.scheme(seed: seed).scoped { Scene.judged(run) }
            for finding in findings where [.agreement, .innocence].contains(finding.oracle) {
                #expect(finding.verdict != .violated, "seed \(seed): \(finding.account)")
            }
            contradicted += findings.contains { $0.oracle == .agreement && $0.verdict == .notApplicable } ? 1 : 0
        }
        #expect(contradicted > 0, "two certificates, and whoever made them possible is known")
    }

    @Test func whatAPartitionHoldsUpComesAfterIt() throws {
        let topology = try Scene.topology(
            network:
                "{dissemination: star, link: {latency: 1ms}, partitions: [{between: [op-1, op-2], at: 50ms, for: 400ms}]}",
            service: "load: {tasks: 20, rate: 100/s}\n    deadline: 2s\n    evidence-window: 2s")
        let run = try Simulator.run(try Scene.plan(topology, costs: .none))
        #expect(Scene.certified(run) == 20)
        let latencies = Scene.latencies(run)
        // Half of the stake is away: whatever was issued meanwhile waits for the end, and for a retransmission.
        #expect(latencies.prefix(5).allSatisfy { $0 == .milliseconds(2) })
        #expect(latencies[6] > .milliseconds(400) && latencies[6] < .milliseconds(800))
        #expect(Scene.violations(run).isEmpty)
    }

    /// Submissions are numbered: whichever overtook another would be refused, and the coordinator never done.
    @Test func whatAPartitionHoldsUpIsNotOvertaken() throws {
        let topology = try Scene.topology(
            network:
                "{dissemination: star, partitions: [{between: [coordinator-squares], and: [ledger], at: 300ms, for: 800ms}]}",
            service: "load: {tasks: 40, rate: 20/s}\n    deadline: 300ms\n    evidence-window: 300ms")
        let run = try Simulator.run(try Scene.plan(topology))
        #expect(run.ending == .completed)
        let outcomes = run.records.nodes.flatMap(\.notes).compactMap { note in
            if case .receiptArrived(let receipt) = note.observation { receipt.outcome } else { nil }
        }
        #expect(outcomes.count == 40 && outcomes.allSatisfy { $0 == .applied })
    }

    @Test func aPartitionIsWrittenDownForWhoeverItParts() throws {
        let topology = try Scene.topology(
            network: "{dissemination: mesh, partitions: [{between: [op-4], and: [op-1, ledger], at: 50ms, for: 100ms}]}"
        )
        let run = try Simulator.run(try Scene.plan(topology))
        let acts = run.records.interventions
        #expect(acts.prefix(3).map(\.act) == [.between, .and, .and].map { .cutOff(partition: 0, side: $0) })
        #expect(acts.dropFirst(3).map(\.act) == Array(repeating: .rejoined(partition: 0), count: 3))
        #expect(Set(acts.map(\.party)) == [.signer(OperatorIndex(3)), .signer(OperatorIndex(0)), .ledger])
        #expect(acts[3].at - acts[0].at == .milliseconds(100))
    }

    /// Longer than a connection holds: both ends give it up, and dial again when it is over.
    @Test func aLongPartitionBreaksConnections() throws {
        let topology = try Scene.topology(
            network: "{dissemination: mesh, partitions: [{between: [op-4], at: 50ms, for: 3500ms}]}",
            service: "load: {tasks: 50, rate: 10/s}")
        let seen = Connections()
        let run = try Simulator.run(try Scene.plan(topology), observer: seen)
        // With the ledger, the coordinator and three operators.
        #expect(seen.broken.count == 5 && seen.made.count == 15 + 5)
        #expect(Scene.certified(run) == 50)
        #expect(Scene.violations(run).isEmpty)
    }

    // MARK: Links that change

    /// Operator 1 is needed for every quorum of 700 SOL. A task every 100 ms, the first at zero.
    private static func slowed(_ changes: String, load: String = "load: {tasks: 15, rate: 10/s}") throws -> SimulatedRun
    {
        let topology = try Scene.topology(
            network: "{dissemination: star, link: {latency: 1ms}, changes: [\(changes)]}", service: load)
        return try Simulator.run(try Scene.plan(topology, costs: .none))
    }

    private static func milliseconds(_ run: SimulatedRun) -> [Int64] {
        Scene.latencies(run).map { $0.nanoseconds / 1_000_000 }
    }

    @Test func aLinkIsSlowForItsTimeAndNoLonger() throws {
        let run = try Self.slowed("{between: op-1, and: coordinator-squares, at: 450ms, for: 400ms, latency: 30ms}")
        #expect(Self.milliseconds(run) == (0..<15).map { (5...8).contains($0) ? 60 : 2 })
        let acts = run.records.interventions.map(\.act)
        let delay = Duration.milliseconds(30)
        #expect(
            acts == [
                .slowed(change: 0, side: .between, delay: delay), .slowed(change: 0, side: .and, delay: delay),
                .restored(change: 0), .restored(change: 0),
            ])
        #expect(Scene.violations(run).isEmpty)
    }

    /// What is on a slow way is not overtaken by the next, for which the way is short.
    @Test func whatIsUnderWayComesFirst() throws {
        let run = try Self.slowed(
            "{between: op-1, and: coordinator-squares, at: 450ms, for: 460ms, latency: 150ms}")
        // Task 8 reaches the operator at 950 ms, and its vote goes the short way, behind that on task 7, which comes at 1,000
        // ms. Task 9 goes out at 900 ms on the long way, and task 10 behind it.
        #expect(Self.milliseconds(run) == [2, 2, 2, 2, 2, 300, 300, 300, 200, 151, 51, 2, 2, 2, 2])
    }

    @Test func oneWayIsHalfTheWay() throws {
        let run = try Self.slowed("{between: op-1, and: coordinator-squares, one-way: true, latency: 30ms}")
        #expect(Set(Self.milliseconds(run).dropFirst(5)) == [31])
    }

    @Test func ofTwoChangesTheLaterHoldsAndThenTheEarlierAgain() throws {
        let run = try Self.slowed(
            """
            {between: op-1, and: coordinator-squares, at: 250ms, for: 800ms, latency: 30ms},
            {between: coordinator-squares, and: rest, at: 450ms, for: 300ms, latency: 10ms}
            """)
        #expect(Self.milliseconds(run) == [2, 2, 2, 60, 60, 20, 20, 20, 60, 60, 60, 2, 2, 2, 2])
    }

    @Test func allLinksMeansAllButThoseWithTheLedger() throws {
        let run = try Self.slowed("{latency: 30ms, at: 0ms}")
        #expect(Set(Self.milliseconds(run).dropFirst(5)) == [60])
        func times(_ isMeant: (Party) -> Bool, _ matches: (Observation) -> Bool) -> [Instant] {
            run.records.nodes.filter { isMeant($0.party) }.flatMap(\.notes).filter { matches($0.observation) }.map(\.at)
        }
        let applied = times({ $0 == .ledger }) { if case .applied = $0 { true } else { false } }
        let receipts = times(\.isCoordinator) { if case .receiptArrived = $0 { true } else { false } }
        #expect(!receipts.isEmpty)
        for receipt in receipts {
            #expect(applied.contains { receipt >= $0 && receipt - $0 < .milliseconds(2) }, "\(receipt)")
        }
    }

    /// As long as a partition lasts, and beyond: what the oracles would hold against a node is the network's.
    @Test func whatIsTooSlowForItsDeadlineIsNobodysFault() throws {
        let slow = "{between: op-1, and: rest, at: 100ms, for: 1s, latency: 600ms}"
        let load = "load: {tasks: 60, rate: 20/s}\n    deadline: 500ms\n    evidence-window: 1s"
        let run = try Self.slowed(slow, load: load)
        #expect(Scene.certified(run) < 50 && Scene.certified(run) > 20)
        #expect(Scene.violations(run).isEmpty)
    }

    @Test func nodesThatShareACoreWaitForEachOther() throws {
        let topology = try Scene.topology(network: "{dissemination: star}")
        let apart = Scene.latencies(try Simulator.run(try Scene.plan(topology)))
        let together = Scene.latencies(try Simulator.run(try Scene.plan(topology, cores: .shared(1))))
        #expect(zip(apart, together).allSatisfy { $0 < $1 })
        let ample = Scene.latencies(try Simulator.run(try Scene.plan(topology, cores: .shared(6))))
        #expect(ample == apart)
    }

    /// Strictly the work on the way: the coordinator signs and sends; the operators check, execute, sync, sign and send; the
    /// coordinator checks what makes a quorum.
    @Test func withoutCostsOnlyTheNetworkIsLeft() throws {
        let topology = try Scene.topology(network: "{dissemination: star, link: {latency: 7ms}}")
        let run = try Simulator.run(try Scene.plan(topology, costs: .none))
        #expect(Scene.latencies(run).allSatisfy { $0 == .milliseconds(14) })
        #expect(run.figures.work == .zero)
    }
}

/// How many entries whoever died had written in vain.
private final class Deaths: SimulationObserver {
    private(set) var lostEntries = 0

    func observe(_ event: SimulationEvent, at now: Instant) {
        if case .died(_, let lost) = event { lostEntries += lost }
    }
}

private final class Connections: SimulationObserver {
    private(set) var made: [[Party]] = []
    private(set) var broken: [[Party]] = []

    func observe(_ event: SimulationEvent, at now: Instant) {
        switch event {
        case .connected(let one, let other): made.append([one, other])
        case .disconnected(let one, let other, _): broken.append([one, other])
        default: break
        }
    }
}

extension NodeRecord.Note {
    fileprivate var attestedSubject: Subject? {
        if case .attested(let vote) = observation { vote.statement.voteKey.subject } else { nil }
    }
}
