import Faults
import Glibc
import Messages
import Node
import Primitives
import Records
import Testing

import Cluster

/// What a live network does when it is asked, and what it answers.
@Suite struct LiveConductorTests {
    private static let patience = Duration.seconds(20)
    private static let squares = ServiceID(0)

    private func stage(crash: FaultPlan? = nil, of party: Party = Stage.second) -> Stage {
        var stage = Stage(crash: crash, of: party, drainPatience: Self.patience)
        stage.begin()
        return stage
    }

    private func intervention(_ stage: Stage, _ party: Party, _ act: Intervention.Act, _ incarnation: UInt32 = 1)
        -> Conductor.Effect
    { .record(Intervention(at: stage.now, party: party, incarnation: incarnation, act: act)) }

    private func answers(_ effects: [Conductor.Effect]) -> [NetworkAnswer] {
        effects.compactMap { if case .answer(_, let answer) = $0 { answer } else { nil } }
    }

    // MARK: How long it is up

    @Test func itHasNoTimeLimitAndOutlivesItsLoad() {
        var stage = stage()
        #expect(stage.tell(.woke, after: .seconds(100_000)).isEmpty)
        #expect(stage.tell(.said(Stage.coordinator, "finished")) == [.report(.finished(Self.squares))])
        #expect(stage.tell(.woke, after: .seconds(100_000)).isEmpty)
    }

    @Test func whoeverDiesIsMissedAndTheRestGoesOn() throws {
        var stage = stage()
        let lost = stage.tell(.ended(Stage.first, .signalled(SIGSEGV)))
        #expect(lost.count == 1, "only the report of the failure: \(lost)")
        #expect(stage.tell(.ended(Stage.coordinator, .exited(1))).count == 1)
        #expect(stage.tell(.ended(.ledger, .exited(1))).contains(.tell(Stage.second, .stop)))
    }

    @Test func drainingWaitsForTheWindowsThenStops() throws {
        var stage = stage()
        stage.tell(.said(Stage.coordinator, "finished"))
        let drained = stage.tell(.ordered(.drain, ticket: 1))
        #expect(
            drained == [
                .report(.draining), .tell(Stage.coordinator, .drain), .wake(stage.now + Self.patience),
                .answer(ticket: 1, .done("draining")),
            ], "that its load was finished before is not enough")
        #expect(stage.tell(.ordered(.drain, ticket: 2)) == [.answer(ticket: 2, .done("draining"))])
        stage.tell(.said(Stage.coordinator, "finished"), after: .seconds(2))
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        #expect(try #require(stage.outcome) == RunOutcome(ending: .completed, failures: [], startup: .milliseconds(20)))
    }

    @Test func aWindowThatDoesNotCloseIsGivenUp() throws {
        var stage = stage()
        stage.tell(.ordered(.drain, ticket: 1))
        #expect(stage.tell(.woke, after: .seconds(19)).isEmpty)
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        #expect(try #require(stage.outcome).ending == .timedOut(waitingFor: ["coordinator-squares"]))
    }

    @Test func withItsCoordinatorDeadItDrainsByItself() {
        var stage = stage()
        stage.tell(.ordered(.kill(Stage.coordinator), ticket: 1))
        stage.tell(.ended(Stage.coordinator, .signalled(SIGKILL)))
        let drained = stage.tell(.ordered(.drain, ticket: 2))
        #expect(drained.contains(.wake(stage.now + .seconds(4))), "as long as operators need to submit by themselves")
    }

    @Test func aFirstCtrlCDrainsAndASecondKills() throws {
        var stage = stage()
        #expect(stage.tell(.interrupted).contains(.tell(Stage.coordinator, .drain)))
        let killed = stage.tell(.interrupted)
        for party in [.ledger] + Stage.nodes { #expect(killed.contains(.kill(party))) }
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .signalled(SIGKILL))) }
        let outcome = try #require(stage.outcome)
        #expect(outcome.ending == .interrupted && outcome.failures.isEmpty)
    }

    @Test func stoppingWaitsForNothingAndWakesThePaused() {
        var stage = stage()
        stage.tell(.ordered(.pause(Stage.first), ticket: 1))
        let stopped = stage.tell(.ordered(.stop, ticket: 2))
        let resumed = stopped.firstIndex(of: .tell(Stage.first, .resume))
        let told = stopped.firstIndex(of: .tell(Stage.first, .stop))
        #expect(resumed != nil && told != nil && resumed! < told!)
        #expect(stopped.contains(intervention(stage, Stage.first, .resumed)))
        #expect(answers(stage.tell(.ordered(.kill(Stage.second), ticket: 3))) == [.refused("the cluster is stopping")])
    }

    // MARK: What is done to processes

    @Test func aKillIsOnRecordBeforeItIsDoneAndAnsweredWhenItIsTrue() {
        var stage = stage()
        let ordered = stage.tell(.ordered(.kill(Stage.second), ticket: 7))
        #expect(Array(ordered.prefix(2)) == [intervention(stage, Stage.second, .killed), .kill(Stage.second)])
        #expect(answers(ordered).isEmpty)
        let gone = stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(gone == [.report(.killed("op-2")), .answer(ticket: 7, .done("op-2 is killed"))])
        #expect(
            answers(stage.tell(.ordered(.kill(Stage.second), ticket: 8)))
                == [.refused("op-2 is dead (killed); start it again: quorate restart op-2")])
        #expect(
            answers(stage.tell(.ordered(.pause(Stage.second), ticket: 9)))
                == [.refused("op-2 is dead (killed); start it again: quorate restart op-2")])
    }

    @Test func theLivingAreKilledToBeRestarted() {
        var stage = stage()
        let beginning = stage.now + .milliseconds(20)
        let ordered = stage.tell(.ordered(.restart(Stage.second, .older), ticket: 1))
        #expect(Array(ordered.prefix(2)) == [intervention(stage, Stage.second, .killed), .kill(Stage.second)])
        #expect(
            answers(stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 2)))
                == [.refused("op-2 is being restarted already")])
        let gone = stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(
            gone == [
                .report(.killed("op-2")), intervention(stage, Stage.second, .restarted(.older), 2),
                .launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000, disk: .older),
                .tell(Stage.second, .begin(beginning)), .report(.restarted("op-2")),
            ])
        #expect(
            answers(stage.tell(.said(Stage.second, "ready")))
                == [.done("op-2 is started again, as its process 2")])
    }

    /// It may never be ready, while somebody it needs is dead.
    @Test func aRestartIsNotWaitedForForEver() {
        var stage = stage()
        stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 1))
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(
            answers(stage.tell(.woke, after: .seconds(3)))
                == [.done("op-2 is started again, as its process 2; it is not connected with everyone yet")])
    }

    @Test func aProcessThatDoesNotComeBackSaysWhy() {
        var stage = stage()
        stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 1))
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        stage.tell(.said(Stage.second, "failed op-2.guard: byte 82: damaged"))
        #expect(
            answers(stage.tell(.ended(Stage.second, .exited(2))))
                == [.lost("op-2 did not start: op-2.guard: byte 82: damaged")])
    }

    @Test func aPauseIsOnRecordBeforeAndItsEndAfter() {
        var stage = stage()
        let paused = stage.tell(.ordered(.pause(Stage.first), ticket: 1))
        #expect(Array(paused.prefix(2)) == [intervention(stage, Stage.first, .paused), .tell(Stage.first, .pause)])
        #expect(
            answers(stage.tell(.ordered(.pause(Stage.first), ticket: 2))) == [.refused("op-1 is paused already")])
        let resumed = stage.tell(.ordered(.resume(Stage.first), ticket: 3))
        #expect(Array(resumed.prefix(2)) == [.tell(Stage.first, .resume), intervention(stage, Stage.first, .resumed)])
        #expect(answers(stage.tell(.ordered(.resume(Stage.first), ticket: 4))) == [.refused("op-1 is not paused")])
    }

    // MARK: The ledger

    @Test func theLedgerIsKilledAndStartedAgainWhereverItThenListens() {
        var stage = stage()
        let killed = stage.tell(.ordered(.kill(.ledger), ticket: 1))
        #expect(Array(killed.prefix(2)) == [intervention(stage, .ledger, .killed), .kill(.ledger)])
        let gone = stage.tell(.ended(.ledger, .signalled(SIGKILL)))
        #expect(answers(gone) == [.done("ledger is killed")])
        #expect(!gone.contains(.tell(Stage.first, .stop)), "the network waits for it")
        let started = stage.tell(.ordered(.restart(.ledger, .keep), ticket: 2), after: .seconds(1))
        #expect(started.first == intervention(stage, .ledger, .restarted(.keep), 2))
        #expect(started.contains(.launch(.ledger, incarnation: 2, faults: [], ledgerPort: 4000)))
        let back = stage.tell(.said(.ledger, "listening 4711"))
        for party in Stage.nodes { #expect(back.contains(.tell(party, .ledger(port: 4711)))) }
        #expect(answers(back) == [.done("ledger is started again, as its process 2")])
        stage.tell(.ordered(.kill(Stage.second), ticket: 3))
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        let later = stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 4))
        #expect(later.contains(.launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4711)))
    }

    @Test func theLedgerIsPausedLikeAnybody() {
        var stage = stage()
        let paused = stage.tell(.ordered(.pause(.ledger), ticket: 1))
        #expect(Array(paused.prefix(2)) == [intervention(stage, .ledger, .paused), .tell(.ledger, .pause)])
        #expect(stage.tell(.ordered(.tellStatus, ticket: 2)).contains(.tell(.ledger, .measure)) == false)
        #expect(stage.tell(.ordered(.drain, ticket: 3)).contains(.tell(.ledger, .resume)))
    }

    /// Nothing ends in good order without it.
    @Test func drainingBringsADeadLedgerBack() {
        var stage = stage()
        stage.tell(.ordered(.kill(.ledger), ticket: 1))
        stage.tell(.ended(.ledger, .signalled(SIGKILL)))
        let drained = stage.tell(.ordered(.drain, ticket: 2))
        #expect(drained.contains(.launch(.ledger, incarnation: 2, faults: [], ledgerPort: 4000)))
        stage.tell(.said(Stage.coordinator, "finished"))
        #expect(!stage.tell(.woke, after: .seconds(5)).contains(.tell(Stage.first, .stop)), "it is not there yet")
        stage.tell(.said(.ledger, "listening 4711"))
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
    }

    @Test func aLedgerThatRefusesItsLogEndsTheNetworkAndSaysWhy() {
        var stage = stage()
        stage.tell(.ordered(.restart(.ledger, .keep), ticket: 1))
        stage.tell(.ended(.ledger, .signalled(SIGKILL)))
        stage.tell(.said(.ledger, "failed log.sqlite: entry 7: altered"))
        let refused = stage.tell(.ended(.ledger, .exited(2)))
        #expect(answers(refused) == [.lost("ledger did not start: log.sqlite: entry 7: altered")])
        #expect(refused.contains(.tell(Stage.first, .stop)))
    }

    // MARK: Faults

    private static func plan(_ behaviour: Behaviour, lasts: FaultPlan.Extent = .untilTheEnd) -> FaultPlan {
        FaultPlan(party: Stage.second, behaviour: behaviour, lasts: lasts)
    }

    @Test func anInjectedCrashIsExpectedAndOverAfterIt() {
        var stage = stage()
        let plan = Self.plan(.crash, lasts: .duration(.seconds(2)))
        let injected = stage.tell(.ordered(.inject(plan), ticket: 1), after: .seconds(50))
        #expect(injected.contains(.tell(Stage.second, .perturb(.inject(plan)))))
        let crashed = stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(crashed == [.report(.crashed("op-2")), .wake(stage.now + .seconds(2))])
        #expect(
            answers(stage.tell(.ordered(.inject(plan), ticket: 2)))
                == [
                    .refused(
                        "op-2 is dead by its fault, and started again in 2.0 s; at once: quorate restart op-2")
                ])
        let restarted = stage.tell(.woke, after: .seconds(2))
        #expect(restarted.contains(.launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000)))
        #expect(stage.tell(.ended(Stage.second, .signalled(SIGKILL))).count == 1, "once")
        #expect(faults(&stage).map(\.stage) == [.over])
    }

    private func faults(_ stage: inout Stage) -> [FaultView] {
        let asked = stage.tell(.ordered(.tellStatus, ticket: 99)) + stage.tell(.woke, after: .seconds(1))
        for case .status(let views, _) in answers(asked) {
            return views.first { $0.party == Stage.second }?.faults ?? []
        }
        return []
    }

    @Test func whatIsInjectedGoesWithItsProcessAndTheTopologysFaultsStay() {
        let scheduled = FaultPlan(
            party: Stage.second, behaviour: .silent, begins: .after(.seconds(90)), lasts: .untilTheEnd)
        var stage = stage(crash: scheduled)
        stage.tell(.ordered(.inject(Self.plan(.equivocate)), ticket: 1))
        stage.tell(.ordered(.kill(Stage.second), ticket: 2))
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(faults(&stage).map(\.stage) == [.waiting, .gone])
        let again = stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 3))
        #expect(again.contains(.launch(Stage.second, incarnation: 2, faults: [scheduled], ledgerPort: 4000)))
    }

    @Test func whatIsClearedIsToldToTheProcessAndNotToTheNext() {
        var stage = stage(crash: Self.plan(.silent))
        let cleared = stage.tell(.ordered(.clearFaults(of: nil), ticket: 1))
        #expect(cleared.contains(.tell(Stage.second, .perturb(.clear))))
        #expect(!cleared.contains(.tell(Stage.first, .perturb(.clear))), "it has none")
        #expect(answers(cleared) == [.done("cleared: op-2")])
        let nothing = answers(stage.tell(.ordered(.clearFaults(of: Stage.first), ticket: 2)))
        #expect(nothing == [.done("op-1 has no fault that is on or still to come")])
        stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 3))
        let again = stage.tell(.ended(Stage.second, .signalled(SIGKILL)))
        #expect(again.contains(.launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000, disk: .keep)))
        #expect(faults(&stage).map(\.stage) == [.cleared])
    }

    // MARK: Questions

    private static func status(_ votes: UInt64) -> NodeStatus {
        var signer = SignerStatus()
        signer.votes = votes
        return NodeStatus(
            usage: ProcessUsage(
                at: Instant(nanoseconds: 1), cpu: .zero, residentBytes: 2, peakResidentBytes: 3),
            role: .signer(signer), faults: [])
    }

    @Test func aStatusIsAnsweredWhenAllHaveToldOrTheirTimeIsOver() throws {
        var stage = stage()
        stage.tell(.ordered(.pause(Stage.first), ticket: 1))
        let asked = stage.tell(.ordered(.tellStatus, ticket: 2))
        #expect(asked.contains(.tell(.ledger, .measure)) && asked.contains(.tell(Stage.second, .tellStatus)))
        #expect(!asked.contains(.tell(Stage.first, .tellStatus)), "whoever is paused is not asked")
        #expect(stage.tell(.said(.ledger, "used 5 6 7 8")).isEmpty)
        #expect(stage.tell(.said(Stage.second, ProcessReport.status(Self.status(3)).line)).isEmpty)
        let late = stage.tell(.woke, after: .seconds(1))
        guard case .status(let views, _)? = answers(late).first else { return #expect(Bool(false)) }
        #expect(views.map(\.name) == ["ledger", "coordinator-squares", "op-1", "op-2"])
        #expect(views.map(\.state) == [.up, .up, .paused, .up])
        #expect(views[0].usage?.residentBytes == 7 && views[1].status == nil && views[3].status == Self.status(3))
        stage.tell(.ordered(.stop, ticket: 3))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        #expect(try #require(stage.outcome).usages.isEmpty, "what was asked for is no measurement of the run")
    }

    @Test func aTaskIsFollowedToItsEnd() {
        var stage = stage()
        let ordered = stage.tell(.ordered(.submit(Self.squares, payload: [7]), ticket: 5))
        #expect(ordered.contains(.tell(Stage.coordinator, .submit(ticket: 5, payload: [7]))))
        func tell(_ report: TaskReport.Stage, ticket: UInt64 = 5) -> [NetworkAnswer] {
            answers(stage.tell(.said(Stage.coordinator, ProcessReport.task(.init(ticket: ticket, stage: report)).line)))
        }
        let expired = TaskReport.Stage.expired(
            .init(sequence: TaskSequence(9), voters: [], voted: .zero, total: Lamports(3)))
        #expect(tell(.issued(TaskSequence(9))) == [.task(.issued(TaskSequence(9)))])
        #expect(tell(expired, ticket: 6).isEmpty, "nobody's ticket")
        #expect(tell(expired) == [.task(expired)])
        #expect(tell(expired).isEmpty, "it was the last word")
    }

    @Test func whatWasAskedOfTheDeadIsLost() {
        var stage = stage()
        stage.tell(.ordered(.submit(Self.squares, payload: [7]), ticket: 5))
        let died = stage.tell(.ended(Stage.coordinator, .signalled(SIGKILL)))
        #expect(
            answers(died) == [.lost("coordinator-squares died; whether the task was issued is not known")])
        #expect(
            answers(stage.tell(.ordered(.submit(Self.squares, payload: [7]), ticket: 6)))
                == [
                    .refused(
                        "coordinator-squares is dead (was killed by signal 9); quorate restart coordinator-squares")
                ])
    }

    @Test func theNextSignerIsAskedWhereTheFirstCannotTell() {
        var stage = stage()
        let signers = [OperatorIndex(0), OperatorIndex(1)]
        let task = Digest.zero
        #expect(
            stage.tell(.ordered(.tellResult(task: task, from: signers), ticket: 1)).contains(
                .tell(Stage.first, .tellResult(task: task))))
        let next = stage.tell(.said(Stage.first, ProcessReport.result(task: task, nil).line))
        #expect(next.contains(.tell(Stage.second, .tellResult(task: task))))
        let told = stage.tell(.said(Stage.second, ProcessReport.result(task: task, [4]).line))
        #expect(answers(told) == [.result([4])])
        stage.tell(.ordered(.pause(Stage.first), ticket: 2))
        stage.tell(.ordered(.pause(Stage.second), ticket: 3))
        #expect(answers(stage.tell(.ordered(.tellResult(task: task, from: signers), ticket: 4))) == [.result(nil)])
    }

    @Test func beforeTheBeginningOnlyTheEndCanBeOrdered() {
        var stage = Stage(drainPatience: Self.patience)
        #expect(
            answers(stage.tell(.ordered(.kill(Stage.first), ticket: 1))) == [.refused("the cluster is still starting")])
        #expect(stage.tell(.ordered(.drain, ticket: 2)).contains(.tell(.ledger, .stop)))
        stage.tell(.ended(.ledger, .exited(0)))
        #expect(stage.outcome?.ending == .interrupted)
    }
}
