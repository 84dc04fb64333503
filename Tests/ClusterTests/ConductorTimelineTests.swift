import Cryptography
import Glibc
import Messages
import Node
import Primitives
import Staging
import Testing
import TopologyFormat

@testable import Cluster

/// What is done to the restaking state in the course of a run: one thing after the other, and what is told of each.
@Suite struct ConductorTimelineTests {
    private static let key = SigningKey(seed: FixedBytes32(Array(repeating: 7, count: 32))!)
    private static let claim = TimelinePlan.Act.claimRewards(.restaker(RestakerIndex(0)))
    private static let exit = TimelinePlan.Act.exit(OperatorIndex(1))

    private static func plan(_ act: TimelinePlan.Act, at delay: Duration = .zero) -> TimelinePlan {
        TimelinePlan(at: .after(delay), act: act)
    }

    private static func signed(_ nonce: UInt64) -> SignedInstruction {
        let bytes = SignedInstruction.signedBytes(
            network: .zero, authority: key.publicKey, nonce: nonce, instruction: .claimRewards)
        return SignedInstruction(
            network: .zero, authority: key.publicKey, nonce: nonce, instruction: .claimRewards,
            signature: key.sign(bytes))
    }

    private static func receipt(_ nonce: UInt64, _ outcome: Outcome, slot: UInt64 = 5) -> Receipt {
        Receipt(instruction: signed(nonce).digest, outcome: outcome, slot: Slot(slot))
    }

    private static func instruct(_ nonce: UInt64) -> Conductor.Effect {
        .tell(.ledger, .instruct(ticket: 0, signed(nonce)))
    }

    /// In a run that has begun, and whose timeline has been looked at.
    private static func stage(_ timeline: [TimelinePlan]) -> Stage {
        var stage = Stage(timeline: timeline)
        stage.begin()
        stage.tell(.woke, after: .milliseconds(20))
        return stage
    }

    private func answer(_ stage: inout Stage, _ receipt: Receipt) -> [Conductor.Effect] {
        stage.tell(.said(.ledger, ProcessReport.receipt(ticket: 0, receipt).line))
    }

    private func end(_ stage: inout Stage) -> RunOutcome? {
        stage.tell(.said(Stage.coordinator, "finished"))
        stage.tell(.woke, after: .seconds(2))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        return stage.outcome
    }

    @Test func eachIsDoneWhenTheOneBeforeHasItsReceipts() {
        var stage = Self.stage([Self.plan(Self.claim), Self.plan(Self.exit)])
        #expect(stage.effects == [.prepare(.act(Self.claim))])
        #expect(stage.tell(.prepared([Self.signed(0), Self.signed(1)])) == [Self.instruct(0)])
        #expect(answer(&stage, Self.receipt(0, .applied)) == [Self.instruct(1)])
        #expect(answer(&stage, Self.receipt(1, .applied)) == [.prepare(.act(Self.exit))])
        #expect(stage.tell(.prepared([Self.signed(2)])) == [Self.instruct(2)])
        #expect(answer(&stage, Self.receipt(2, .applied)).isEmpty)
    }

    @Test func nothingIsDoneBeforeTheRunHasBegunOrBeforeItsTime() {
        var stage = Stage(timeline: [Self.plan(.forward(epochs: 1)), Self.plan(Self.claim, at: .seconds(2))])
        stage.begin()
        #expect(stage.tell(.woke, after: .milliseconds(19)).isEmpty)
        #expect(
            stage.tell(.woke, after: .milliseconds(1))
                == [.tell(.ledger, .forward(slots: 32)), .wake(stage.now + .seconds(2))])
        #expect(!stage.tell(.woke, after: .milliseconds(1_999)).contains(.prepare(.act(Self.claim))))
        #expect(stage.tell(.woke, after: .milliseconds(1)) == [.prepare(.act(Self.claim))])
    }

    @Test func tasksAndEpochsMakeEntriesDue() {
        var stage = Self.stage([
            TimelinePlan(at: .task(ServiceID(0), TaskSequence(4)), act: Self.claim),
            TimelinePlan(at: .epoch(Epoch(2)), act: Self.exit),
        ])
        #expect(!stage.tell(.said(Stage.coordinator, "progress 4 4 0")).contains(.prepare(.act(Self.claim))))
        #expect(stage.tell(.said(Stage.coordinator, "progress 5 4 0")).contains(.prepare(.act(Self.claim))))
        #expect(stage.tell(.said(.ledger, "epoch 2")).isEmpty, "the other one is not done")
        stage.tell(.prepared([Self.signed(0)]))
        #expect(answer(&stage, Self.receipt(0, .applied)) == [.prepare(.act(Self.exit))])
    }

    @Test func aNumberThatIsNotItsTurnIsTriedAgainUpToTheLimit() throws {
        var stage = Self.stage([Self.plan(Self.claim), Self.plan(Self.exit)])
        for attempt in 0..<16 as Range<UInt64> {
            #expect(stage.tell(.prepared([Self.signed(attempt)])) == [Self.instruct(attempt)])
            let outcome: Outcome = attempt.isMultiple(of: 2) ? .nonceUsed : .nonceAhead
            #expect(
                answer(&stage, Self.receipt(attempt, outcome)) == [.prepare(.act(Self.claim))], "attempt \(attempt)")
        }
        stage.tell(.prepared([Self.signed(16)]))
        let obstacle = TimelineObstacle(entry: 0, reason: "nonceUsed")
        #expect(
            answer(&stage, Self.receipt(16, .nonceUsed)) == [.report(.hindered(obstacle)), .prepare(.act(Self.exit))])
        stage.tell(.prepared([Self.signed(17)]))
        #expect(answer(&stage, Self.receipt(17, .nonceUsed)) == [.prepare(.act(Self.exit))], "the next one begins anew")
    }

    @Test func theClockIsMovedOnAndNobodyAnswers() throws {
        var stage = Self.stage([Self.plan(.forward(epochs: 3)), Self.plan(Self.exit)])
        #expect(stage.effects == [.tell(.ledger, .forward(slots: 96)), .prepare(.act(Self.exit))])
        stage.tell(.unprepared("no"))
        let outcome = try #require(end(&stage))
        #expect(
            outcome.timeline == [
                TimelineResult(entry: 0, fate: .carriedOut([])), TimelineResult(entry: 1, fate: .hindered("no")),
            ])
    }

    @Test func whatIsRefusedIsReportedAndTheRestGoesOn() throws {
        var stage = Self.stage([Self.plan(Self.claim), Self.plan(Self.exit), Self.plan(Self.claim)])
        #expect(
            stage.tell(.unprepared("no SOL is idle")) == [
                .report(.hindered(TimelineObstacle(entry: 0, reason: "no SOL is idle"))), .prepare(.act(Self.exit)),
            ])
        stage.tell(.prepared([Self.signed(0), Self.signed(1)]))
        #expect(answer(&stage, Self.receipt(0, .exited)) == [Self.instruct(1)])
        #expect(
            answer(&stage, Self.receipt(1, .applied)) == [
                .report(.hindered(TimelineObstacle(entry: 1, reason: "exited, applied"))), .prepare(.act(Self.claim)),
            ])
        stage.tell(.prepared([Self.signed(2)]))
        #expect(answer(&stage, Self.receipt(2, .applied, slot: 9)).isEmpty)
        let outcome = try #require(end(&stage))
        #expect(outcome.ending == .completed)
        #expect(
            outcome.timeline == [
                TimelineResult(entry: 0, fate: .hindered("no SOL is idle")),
                TimelineResult(
                    entry: 1, fate: .carriedOut([Self.receipt(0, .exited), Self.receipt(1, .applied)])),
                TimelineResult(entry: 2, fate: .carriedOut([Self.receipt(2, .applied, slot: 9)])),
            ])
    }

    @Test func whatCannotBecomeDueIsSaidInTheBeginning() throws {
        let topology = try Topology.parse(
            """
            version: 1
            name: lab
            operators: {op-1: {stake: 100 SOL}, op-2: {stake: 100 SOL}}
            restakers: {r-1: {deposit: 10 SOL}}
            services: {squares: {module: squaring, load: {tasks: 40, rate: 100/s}}}
            timeline: [{at: 2h, restaker: r-1, claim: rewards}]
            """, file: "lab.yaml")
        var settings = Conductor.Settings(timeLimit: .seconds(10), settlingAlone: .seconds(4))
        settings.lead = .zero
        var conductor = Conductor(
            members: [.init(party: .ledger, name: "ledger"), .init(party: Stage.first, name: "op-1")],
            settings: settings, timeline: TimelineSchedule(of: topology))
        var effects: [Conductor.Effect] = []
        let now = Instant(nanoseconds: 1)
        conductor.start(at: now, effects: &effects)
        conductor.handle(.said(.ledger, "listening 4000"), at: now, effects: &effects)
        conductor.handle(.said(Stage.first, "ready"), at: now, effects: &effects)
        let obstacle = TimelineObstacle(
            entry: 0, reason: "never due: that is more than an hour after the run's beginning")
        #expect(effects.contains(.report(.hindered(obstacle))))
    }

    @Test func theRunDoesNotSettleBeforeItsTimelineIsDone() {
        var stage = Self.stage([Self.plan(Self.claim)])
        stage.tell(.prepared([Self.signed(0)]))
        #expect(stage.tell(.said(Stage.coordinator, "finished")) == [.report(.finished(ServiceID(0)))])
        #expect(stage.tell(.woke, after: .seconds(5)).isEmpty, "it waits for the receipt")
        let answered = answer(&stage, Self.receipt(0, .applied))
        #expect(answered.contains(.wake(stage.now + .milliseconds(800))), "\(answered)")
        #expect(stage.tell(.woke, after: .milliseconds(800)).contains(.tell(Stage.first, .stop)))
    }

    @Test func ordersAreAnsweredAndTakeTheirTurn() throws {
        var stage = Stage(drainPatience: .seconds(20), timeline: [Self.plan(Self.claim)])
        stage.begin()
        stage.tell(.woke, after: .milliseconds(20))
        #expect(stage.tell(.ordered(.instruct(.act(Self.exit)), ticket: 8)).isEmpty, "the timeline's comes first")
        stage.tell(.prepared([Self.signed(0)]))
        #expect(answer(&stage, Self.receipt(0, .applied)) == [.prepare(.act(Self.exit))])
        stage.tell(.prepared([Self.signed(1), Self.signed(2)]))
        #expect(answer(&stage, Self.receipt(1, .applied)) == [Self.instruct(2)])
        #expect(
            answer(&stage, Self.receipt(2, .alreadyVoted))
                == [.answer(ticket: 8, .notApplied("applied, alreadyVoted"))])
        stage.tell(.ordered(.instruct(.act(Self.exit)), ticket: 9))
        #expect(stage.tell(.unprepared("not now")) == [.answer(ticket: 9, .refused("not now"))])
        #expect(
            stage.tell(.ordered(.instruct(.act(.forward(epochs: 1))), ticket: 10)) == [
                .tell(.ledger, .forward(slots: 32)), .answer(ticket: 10, .done("the clock moves on by 1 epoch")),
            ])
        stage.tell(.ordered(.instruct(.act(Self.exit)), ticket: 11))
        stage.tell(.prepared([Self.signed(3)]))
        #expect(answer(&stage, Self.receipt(3, .applied)) == [.answer(ticket: 11, .done("applied"))])
        stage.tell(.interrupted)
        stage.tell(.interrupted)
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .signalled(SIGKILL))) }
        #expect(try #require(stage.outcome).timeline.map(\.entry) == [0], "orders are no entries")
    }

    @Test func aReceiptThatNobodyWaitsForIsNothing() {
        var stage = Self.stage([Self.plan(Self.claim)])
        #expect(answer(&stage, Self.receipt(0, .applied)).isEmpty, "what is not prepared has not been sent")
        #expect(stage.tell(.prepared([])).isEmpty)
        #expect(stage.tell(.prepared([Self.signed(0)])).isEmpty)
        #expect(stage.tell(.unprepared("no")).isEmpty)
    }
}
