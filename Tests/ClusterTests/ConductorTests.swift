import Attesting
import Faults
import Glibc
import Messages
import Node
import Primitives
import Records
import Testing

import Cluster

@Suite struct ConductorTests {
    @Test func ledgerStartsAloneAndAllBeginAtOneInstant() {
        var stage = Stage()
        let launched = stage.effects.filter { if case .launch = $0 { true } else { false } }
        #expect(launched == [.launch(.ledger, incarnation: 1, faults: [], ledgerPort: nil)])
        let others = stage.tell(.said(.ledger, "listening 4000"))
        #expect(others == Stage.nodes.map { .launch($0, incarnation: 1, faults: [], ledgerPort: 4000) })
        #expect(stage.tell(.said(Stage.coordinator, "ready")).isEmpty)
        #expect(stage.tell(.said(Stage.first, "ready")).isEmpty)
        let beginning = stage.now + .milliseconds(20)
        let told = stage.tell(.said(Stage.second, "ready")).filter { if case .tell = $0 { true } else { false } }
        #expect(told == ([.ledger] + Stage.nodes).map { .tell($0, .begin(beginning)) })
    }

    @Test func ledgerIsStoppedWhenTheNodesAreGone() {
        var stage = Stage()
        stage.begin()
        stage.tell(.said(Stage.coordinator, "finished"))
        // An operator's own submission waits for its patience, and is still taken.
        #expect(stage.tell(.woke, after: Timings.receiptPatience + .milliseconds(299)).isEmpty)
        let stopped = stage.tell(.woke, after: .milliseconds(1))
        for party in Stage.nodes { #expect(stopped.contains(.tell(party, .stop))) }
        #expect(!stopped.contains(.tell(.ledger, .stop)))
        stage.tell(.ended(Stage.first, .exited(0)))
        stage.tell(.ended(Stage.second, .exited(0)))
        #expect(stage.tell(.ended(Stage.coordinator, .exited(0))).contains(.tell(.ledger, .stop)))
        stage.tell(.ended(.ledger, .exited(0)))
        #expect(stage.outcome == RunOutcome(ending: .completed, failures: [], startup: .milliseconds(20)))
    }

    @Test func deathAtStartAbortsAndCarriesTheLastWords() throws {
        var stage = Stage()
        stage.tell(.said(.ledger, "listening 4000"))
        stage.tell(.said(Stage.first, "failed op-1.guard: is damaged"))
        let effects = stage.tell(.ended(Stage.first, .exited(2)))
        #expect(effects.contains(.tell(Stage.second, .stop)))
        for party in [Stage.second, Stage.coordinator, .ledger] { stage.tell(.ended(party, .exited(0))) }
        let outcome = try #require(stage.outcome)
        #expect(outcome.ending == .aborted)
        #expect(!outcome.began)
        #expect(
            outcome.failures.map(\.description) == ["op-1 exited with status 2 at start: op-1.guard: is damaged"])
    }

    @Test func deathAtTheStartAbortsThoughItKeepsGoing() {
        var stage = Stage(keepsGoing: true)
        stage.tell(.said(.ledger, "listening 4000"))
        let effects = stage.tell(.ended(Stage.first, .exited(2)))
        #expect(effects.contains(.report(.stopping(.aborted))))
        #expect(effects.contains(.tell(Stage.second, .stop)))
    }

    @Test func deathInTheRunAbortsUnlessItKeepsGoing() {
        var strict = Stage()
        strict.begin()
        #expect(strict.tell(.ended(Stage.first, .signalled(SIGKILL))).contains(.tell(Stage.second, .stop)))
        var lenient = Stage(keepsGoing: true)
        lenient.begin()
        #expect(!lenient.tell(.ended(Stage.first, .signalled(SIGKILL))).contains(.tell(Stage.second, .stop)))
        #expect(lenient.tell(.ended(.ledger, .exited(1))).contains(.tell(Stage.second, .stop)))
    }

    @Test func crashIsExpectedAndEndsWithARestartAtTheOriginalBeginning() {
        let crash = FaultPlan(
            party: .signer(OperatorIndex(1)), behaviour: .crash, begins: .after(.seconds(1)),
            lasts: .duration(.seconds(2)))
        var stage = Stage(crash: crash)
        stage.begin()
        let beginning = stage.now + .milliseconds(20)
        let crashed = stage.tell(.ended(Stage.second, .signalled(SIGKILL)), after: .milliseconds(1020))
        #expect(crashed == [.report(.crashed("op-2")), .wake(stage.now + .seconds(2))])
        #expect(stage.tell(.woke, after: .milliseconds(1999)).isEmpty)
        let restarted = stage.tell(.woke, after: .milliseconds(1))
        #expect(
            restarted == [
                .launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000),
                .tell(Stage.second, .begin(beginning)), .report(.restarted("op-2")),
            ])
        #expect(stage.tell(.said(Stage.second, "ready")).isEmpty)
        #expect(stage.tell(.ended(Stage.second, .signalled(SIGKILL))).contains(.tell(Stage.first, .stop)))
    }

    @Test(arguments: [true, false]) func withTheHostsPowerAGuardMayHaveLostWhatWasNotSynced(isSynced: Bool) {
        let loss = FaultPlan(
            party: Stage.second, behaviour: .powerLoss, begins: .after(.seconds(1)), lasts: .duration(.seconds(1)))
        var stage = Stage(crash: loss, guardsAreSynced: isSynced)
        stage.begin()
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)), after: .seconds(2))
        let restarted = stage.tell(.woke, after: .seconds(1))
        let found = restarted.compactMap { if case .record(let act) = $0 { act } else { nil } }
        #expect(found.map(\.act) == (isSynced ? [] : [.restarted(.older)]))
        #expect(found.allSatisfy { $0.party == Stage.second && $0.incarnation == 2 })
        #expect(restarted.contains(.launch(Stage.second, incarnation: 2, faults: [], ledgerPort: 4000)), "\(restarted)")
    }

    /// Dead for good by its fault, it may be started again by order.
    @Test func anOrderFindsWhatTheHostsPowerHasLeft() {
        let loss = FaultPlan(
            party: Stage.second, behaviour: .powerLoss, begins: .after(.seconds(1)), lasts: .untilTheEnd)
        var stage = Stage(crash: loss, drainPatience: .seconds(5), guardsAreSynced: false)
        stage.begin()
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)), after: .seconds(2))
        let restarted = stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 1))
        let found = restarted.compactMap { if case .record(let act) = $0 { act.act } else { nil } }
        #expect(found == [.restarted(.keep), .restarted(.older)])
    }

    /// Dead for another reason, it slept through its crash: that is not made up for.
    @Test func aCrashWhoseTimeWentByIsNotDueAgain() {
        let crash = FaultPlan(
            party: Stage.second, behaviour: .crash, begins: .after(.seconds(1)), lasts: .duration(.seconds(1)))
        for (delay, faults) in [(Duration.seconds(3), []), (.milliseconds(1_500), [crash])] {
            var stage = Stage(crash: crash, drainPatience: .seconds(5))
            stage.begin()
            stage.tell(.ended(Stage.second, .signalled(SIGTERM)))
            let restarted = stage.tell(.ordered(.restart(Stage.second, .keep), ticket: 1), after: delay)
            #expect(
                restarted.contains(.launch(Stage.second, incarnation: 2, faults: faults, ledgerPort: 4000)),
                "\(delay): \(restarted)")
        }
    }

    private static func coordinatorCrash(lasts: FaultPlan.Extent) -> FaultPlan {
        FaultPlan(
            party: Stage.coordinator, behaviour: .coordinatorCrash, service: ServiceID(0), lasts: lasts, point: .persist
        )
    }

    @Test func aCoordinatorThatDiesAtItsPointIsStartedAgainWithoutTheFault() {
        var stage = Stage(crash: Self.coordinatorCrash(lasts: .duration(.milliseconds(300))), of: Stage.coordinator)
        stage.begin()
        let crashed = stage.tell(.ended(Stage.coordinator, .signalled(SIGKILL)), after: .seconds(1))
        #expect(crashed == [.report(.crashed("coordinator-squares")), .wake(stage.now + .milliseconds(300))])
        let restarted = stage.tell(.woke, after: .milliseconds(300))
        #expect(restarted.contains(.launch(Stage.coordinator, incarnation: 2, faults: [], ledgerPort: 4000)))
        #expect(stage.tell(.said(Stage.coordinator, "finished")).contains(.wake(stage.now + .milliseconds(800))))
    }

    /// Its operators submit what they hold when the windows have closed: that is waited for.
    @Test func aCoordinatorThatIsDeadForGoodEndsTheRunLater() throws {
        var stage = Stage(crash: Self.coordinatorCrash(lasts: .untilTheEnd), of: Stage.coordinator)
        stage.begin()
        let crashed = stage.tell(.ended(Stage.coordinator, .signalled(SIGKILL)), after: .seconds(1))
        #expect(crashed == [.report(.crashed("coordinator-squares")), .wake(stage.now + .seconds(4))])
        #expect(!stage.tell(.woke, after: .seconds(3)).contains(.tell(Stage.first, .stop)))
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
        for party in [Stage.first, Stage.second, .ledger] { stage.tell(.ended(party, .exited(0))) }
        let outcome = try #require(stage.outcome)
        #expect(outcome.ending == .completed && outcome.failures.isEmpty)
    }

    @Test func killBeforeTheCrashIsDueIsNoCrash() {
        let crash = FaultPlan(
            party: .signer(OperatorIndex(1)), behaviour: .crash, begins: .after(.seconds(5)), lasts: .untilTheEnd)
        var stage = Stage(crash: crash)
        stage.begin()
        stage.tell(.ended(Stage.second, .signalled(SIGKILL)), after: .seconds(1))
        #expect(stage.effects.contains(.tell(Stage.first, .stop)))
    }

    @Test func timeLimitNamesWhoIsMissing() throws {
        var stage = Stage()
        stage.begin()
        stage.tell(.woke, after: .seconds(11))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        #expect(try #require(stage.outcome).ending == .timedOut(waitingFor: ["coordinator-squares"]))
    }

    @Test func aLoadWithoutAnEndOfItsOwnGoesOnAsLongAsThereIsProgress() throws {
        var stage = Stage(progressPatience: .seconds(4))
        stage.begin()
        // Progress moves the end only where it would come too soon.
        stage.tell(.said(Stage.coordinator, "progress 5 4 0"), after: .seconds(9))
        let woken = stage.tell(.woke, after: .milliseconds(1_020))
        #expect(woken == [.wake(stage.now + .milliseconds(2_980))])
        #expect(stage.tell(.woke, after: .milliseconds(2_979)).isEmpty)
        #expect(stage.tell(.woke, after: .milliseconds(1)).contains(.tell(Stage.first, .stop)))
    }

    @Test func everybodyIsAskedAtEachTimeAndTheAnswersAreKept() throws {
        var stage = Stage(measuring: [.seconds(1), .seconds(3)])
        stage.begin()
        let beginning = stage.now + .milliseconds(20)
        #expect(stage.effects.contains(.wake(beginning + .seconds(1))))
        #expect(stage.effects.contains(.wake(beginning + .seconds(3))))
        let all = [Party.ledger] + Stage.nodes
        #expect(stage.tell(.woke, after: .milliseconds(1_020)) == all.map { .tell($0, .measure) } + [.weigh])
        stage.tell(.said(Stage.second, "used 5 6 7 8"))
        #expect(stage.tell(.woke, after: .milliseconds(1_999)).isEmpty)
        #expect(stage.tell(.woke, after: .milliseconds(1)) == all.map { .tell($0, .measure) } + [.weigh])
        stage.tell(.interrupted)
        stage.tell(.said(Stage.second, "used 9 10 11 12"))
        for party in Stage.nodes + [.ledger] { stage.tell(.ended(party, .exited(0))) }
        let usages = try #require(stage.outcome).usages
        #expect(usages.map(\.name) == ["op-2"] && usages[0].readings.map(\.residentBytes) == [7, 11])
    }

    @Test func whoeverDoesNotStopIsKilled() throws {
        var stage = Stage()
        stage.begin()
        stage.tell(.interrupted)
        stage.tell(.ended(Stage.first, .exited(0)))
        stage.tell(.ended(Stage.coordinator, .exited(0)))
        let late = stage.tell(.woke, after: .seconds(5))
        #expect(late.contains(.kill(Stage.second)))
        #expect(!late.contains(.kill(.ledger)))
        #expect(stage.tell(.ended(Stage.second, .signalled(SIGKILL))).contains(.tell(.ledger, .stop)))
        stage.tell(.ended(.ledger, .exited(0)))
        let outcome = try #require(stage.outcome)
        #expect(outcome.ending == .interrupted)
        #expect(outcome.failures.map(\.name) == ["op-2"])
    }

    @Test func secondInterruptionKillsAtOnce() {
        var stage = Stage()
        stage.begin()
        stage.tell(.interrupted)
        let effects = stage.tell(.interrupted)
        #expect(effects == ([.ledger] + Stage.nodes).map { .kill($0) })
    }

    @Test func ctrlCThatKillsAChildBeforeItListensIsAnInterruption() throws {
        var stage = Stage()
        stage.tell(.ended(.ledger, .signalled(SIGINT)))
        #expect(stage.outcome == RunOutcome(ending: .interrupted, failures: [], startup: nil))
    }

    @Test func interruptionAtStartStopsWhoeverIsThere() throws {
        var stage = Stage()
        #expect(stage.tell(.interrupted).contains(.tell(.ledger, .stop)))
        stage.tell(.ended(.ledger, .exited(0)))
        #expect(try #require(stage.outcome).began == false)
    }

    @Test(arguments: ["", "listening", "listening 70000", "progress 1 2", "progress 1 -2 3", "hello"])
    func nonsenseIsReportedAndHarmless(line: String) {
        var stage = Stage()
        #expect(stage.tell(.said(.ledger, line)) == [.report(.unreadable("ledger", line: line))])
    }
}
