import Messages
import Primitives
import Records
import Services
import Simulation
import Staging
import TestSupport
import Testing
import TopologyFormat
import Verdicts

/// What people do with stake and results in the course of a simulated run, and what the run tells of it.
@Suite(.computing) struct TimelineTests {
    private static func topology(_ timeline: String) throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: timeline
            seed: 42
            ledger: {slots-per-epoch: 20, disputes: {bond: 2 SOL, voting-epochs: 1}}
            operators: {op-1: {stake: 300 SOL}, op-2: {stake: 200 SOL}, op-3: {stake: 100 SOL}, op-4: {stake: 100 SOL}}
            restakers: {dora: {deposit: 100 SOL, delegate: {op-4: 50 SOL}}}
            services:
              squares:
                module: squaring
                load: {tasks: 60, rate: 50/s}
                deadline: 200ms
                evidence-window: 300ms
              audits: {module: squaring, load: {tasks: 60, rate: 50/s}, deadline: 200ms, evidence-window: 300ms}
            timeline: [\(timeline)]
            """, file: "timeline.yaml")
    }

    private static func outcomes(_ run: SimulatedRun) -> [String] {
        run.timeline.map { result in
            switch result.fate {
            case .carriedOut(let receipts):
                "\(result.entry): \(receipts.map { "\($0.outcome)" }.joined(separator: ", "))"
            case .hindered(let reason): "\(result.entry): \(reason)"
            }
        }
    }

    /// What the ledger applied or refused of these kinds, by its record.
    private static func applied(_ run: SimulatedRun) -> [RunHistory.AppliedInstruction] {
        RunHistory(run.records).applied
    }

    /// The council retires all stake, so that the next epoch has no seats; whoever voted before compares all the same.
    @Test(arguments: [0, 1] as [UInt64])
    func whoHasNoSeatAnyMoreStillHelpsToFindAnOffence(forwarded: UInt64) throws {
        let topology = try Topology.parse(
            """
            version: 1
            name: no-seats
            network: {dissemination: mesh}
            operators: {op-1: {stake: 1 SOL}, op-2: {stake: 1 SOL}, op-3: {stake: 1 SOL}}
            services: {cubes: {module: squaring, load: {tasks: 2, rate: 10/s}}}
            faults:
              - {coordinator: cubes, does: coordinator-equivocates, at: task 1}
              - {operator: op-3, does: collusion, service: cubes}
            timeline: [{at: start, council-retires: SOL}\(forwarded > 0 ? ", {at: task 1, forward: 1 epoch}" : "")]
            """, file: "no-seats.yaml")
        let plan = try Scene.plan(topology, costs: .none)
        let run = try Simulator.run(plan)
        let history = RunHistory(run.records)
        #expect(history.slashedSigners == [OperatorIndex(2)], "the coordinator's key is revoked, and it is found out")
        let findings = plan.withSignatures { Finding.all(of: history) }
        #expect(findings.filter { $0.verdict == .violated }.map(\.account) == [])
    }

    /// Nobody who was there in the beginning has enough of its own for a seat: whoever comes later is dialled.
    @Test(arguments: ["star", "mesh"]) func whoeverOptsInLaterIsSpokenWith(dissemination: String) throws {
        let topology = try Topology.parse(
            """
            version: 1
            name: latecomer
            ledger: {slots-per-epoch: 10, unbonding-epochs: 8, minimum-self-delegation: 50 SOL}
            network: {dissemination: \(dissemination)}
            operators: {op-1: {stake: 3 SOL}, op-2: {stake: 77 SOL, services: [other]}, op-3: {stake: 77 SOL, services: [other]}}
            services:
              squares: {module: squaring, load: {tasks: 20, rate: 10/s}, deadline: 500ms, evidence-window: 900ms}
              other: {module: squaring, load: {tasks: 1, rate: 10/s}, deadline: 500ms, evidence-window: 900ms}
            timeline:
              - {at: start, operator: op-2, opt-in: squares}
              - {at: start, operator: op-3, opt-in: squares}
            """, file: "latecomer.yaml")
        let plan = try Scene.plan(topology)
        let history = RunHistory(try Simulator.run(plan).records)
        let tasks = history.tasks.filter { $0.task.service == ServiceID(0) && $0.task.epoch > Epoch(0) }
        #expect(tasks.count > 10 && tasks.allSatisfy(\.certifiedInTime), "\(tasks.count)")
        let held = history.certificates.filter { $0.certificate.statement.service == ServiceID(0) }
        let holders = Set(held.map(\.party).filter(\.isSigner))
        #expect(holders == (dissemination == "mesh" ? [.signer(OperatorIndex(1)), .signer(OperatorIndex(2))] : []))
    }

    @Test func aRightResultIsChallengedInVainPostedAndTaken() throws {
        let topology = try Self.topology(
            """
            {at: task 1 of squares, service: squares, post: task 9 of squares, to: audits},
            {at: task 50 of squares, restaker: dora, dispute: task 3 of squares},
            {at: task 51 of squares, service: squares, post: task 3 of squares, to: audits},
            {at: task 52 of squares, service: audits, consume: next},
            {at: task 53 of squares, service: audits, consume: next}
            """)
        let run = try Simulator.run(Scene.plan(topology))
        #expect(
            Self.outcomes(run) == [
                "0: task 9 of squares is not certified", "1: challengeFailed", "2: applied", "3: applied",
                "4: outOfTurn",
            ])
        // Every instruction stands in the ledger's record under its digest, with the same answer.
        let applied = Self.applied(run)
        for result in run.timeline {
            guard case .carriedOut(let receipts) = result.fate else { continue }
            for receipt in receipts {
                let found = applied.filter { $0.signed.digest == receipt.instruction }
                #expect(found.map(\.outcome) == [receipt.outcome])
            }
        }
        let letters = applied.compactMap { instruction -> Letter? in
            if case .post(let letter) = instruction.signed.instruction { letter } else { nil }
        }
        #expect(letters.map(\.recipient) == [ServiceID(1)])
        #expect(letters.map { $0.certificate.statement.voteKey.subject } == [Subject(TaskSequence(3))])
        let task = try #require(
            RunHistory(run.records).tasks.first {
                $0.task.service == ServiceID(0) && $0.task.sequence == TaskSequence(3)
            })
        #expect(Squaring.execute(task.task.payload) == .result(letters[0].body), "the text is the result")
        #expect(RunHistory(run.records).slashes.isEmpty)
        #expect(Scene.violations(run) == [])
    }

    @Test func twoRunsWithOneSeedTellTheSame() throws {
        let topology = try Self.topology(
            """
            {at: start, every: 200ms, times: 5, restaker: dora, delegate: 25%, to: op-1},
            {at: epoch 1, forward: 1 epoch},
            {at: epoch 2, restaker: dora, withdraw: 100%},
            {at: 2h, restaker: dora, claim: rewards}
            """)
        let (one, other) = (try Simulator.run(Scene.plan(topology)), try Simulator.run(Scene.plan(topology)))
        #expect(one.timeline == other.timeline && one.audit == other.audit)
        #expect(one.timeline.filter { $0.entry == 0 }.count == 5)
        #expect(one.timeline.contains(TimelineResult(entry: 1, fate: .carriedOut([]))))
        let reason = "never due: that is more than an hour after the run's beginning"
        #expect(one.timelineObstacles.contains(TimelineObstacle(entry: 3, reason: reason)))
    }
}
