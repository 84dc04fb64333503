import Cryptography
import Faults
import Glibc
import Messages
import Node
import Primitives
import Testing
import TopologyFormat

@testable import Cluster

/// A ledger that dies as its fault says, in a run that has an end of its own.
@Suite struct LedgerCrashConductorTests {
    private static let crash = FaultPlan(
        party: .ledger, behaviour: .ledgerCrash, begins: .after(.seconds(2)), lasts: .duration(.milliseconds(500)),
        point: .persist)

    private func stage(timeline: [TimelinePlan] = []) -> Stage {
        var stage = Stage(crash: Self.crash, of: .ledger, timeline: timeline)
        stage.begin()
        return stage
    }

    @Test func itIsToldOfItsFaultAndStartedAgainWithoutIt() {
        var stage = stage()
        let lost = stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .seconds(3))
        #expect(lost == [.report(.crashed("ledger")), .wake(stage.now + .milliseconds(500))])
        let again = stage.tell(.woke, after: .milliseconds(500))
        #expect(again.first == .launch(.ledger, incarnation: 2, faults: [], ledgerPort: 4000))
        let back = stage.tell(.said(.ledger, "listening 4001"))
        #expect(back == Stage.nodes.map { .tell($0, .ledger(port: 4001)) })
    }

    @Test func itsFaultComesWithTheFirstLaunch() {
        let stage = Stage(crash: Self.crash, of: .ledger)
        #expect(stage.effects.contains(.launch(.ledger, incarnation: 1, faults: [Self.crash], ledgerPort: nil)))
    }

    /// Before its time it is a failure like any other.
    @Test func aDeathThatNoFaultAskedForEndsTheRun() {
        var stage = stage()
        #expect(
            stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .seconds(1)).contains(.tell(Stage.first, .stop)))
    }

    @Test func nothingIsSettledWhileItIsAway() {
        var stage = stage()
        stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .seconds(3))
        stage.tell(.said(Stage.coordinator, "finished"))
        #expect(!stage.tell(.woke, after: .milliseconds(400)).contains(.tell(Stage.first, .stop)))
        stage.tell(.woke, after: .milliseconds(100))
        stage.tell(.said(.ledger, "listening 4001"))
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
    }

    @Test func aDeathAtTheEndPutsTheEndOff() {
        var stage = stage()
        stage.tell(.said(Stage.coordinator, "finished"), after: .seconds(3))
        stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .milliseconds(10))
        #expect(!stage.tell(.woke, after: .milliseconds(900)).contains(.tell(Stage.first, .stop)))
        stage.tell(.said(.ledger, "listening 4001"))
        #expect(!stage.tell(.woke).contains(.tell(Stage.first, .stop)), "whoever has something to submit does so first")
        #expect(stage.tell(.woke, after: .seconds(1)).contains(.tell(Stage.first, .stop)))
    }

    // MARK: What it had been told

    private static let claim: SignedInstruction = {
        let key = SigningKey(seed: FixedBytes32(Array(repeating: 7, count: 32))!)
        let bytes = SignedInstruction.signedBytes(
            network: .zero, authority: key.publicKey, nonce: 0, instruction: .claimRewards)
        return SignedInstruction(
            network: .zero, authority: key.publicKey, nonce: 0, instruction: .claimRewards, signature: key.sign(bytes))
    }()

    /// It died with this on its way, and is back.
    private func pending() -> Stage {
        let act = TimelinePlan.Act.claimRewards(.restaker(RestakerIndex(0)))
        var stage = stage(timeline: [TimelinePlan(at: .after(.seconds(1)), act: act)])
        stage.tell(.woke, after: .seconds(2))
        #expect(stage.tell(.prepared([Self.claim])) == [.tell(.ledger, .instruct(ticket: 0, Self.claim))])
        stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .seconds(1))
        stage.tell(.woke, after: .milliseconds(500))
        stage.tell(.said(.ledger, "listening 4001"))
        return stage
    }

    @Test func whatItMayHaveTakenIsLookedUpAndNotToldTwice() {
        var stage = pending()
        #expect(stage.effects.contains(.lookUp(Self.claim)))
        let receipt = Receipt(instruction: Self.claim.digest, outcome: .applied, slot: Slot(3))
        #expect(!stage.tell(.lookedUp(receipt)).contains(.tell(.ledger, .instruct(ticket: 0, Self.claim))))
        #expect(stage.conductor.timeline.isDone)
    }

    @Test func whatItHasNotTakenIsToldAgain() {
        var stage = pending()
        #expect(stage.tell(.lookedUp(nil)) == [.tell(.ledger, .instruct(ticket: 0, Self.claim))])
    }

    @Test func itsClockIsMovedOnAgainAsFarAsItsLogHasNotGone() {
        var stage = stage(timeline: [TimelinePlan(at: .after(.seconds(1)), act: .forward(epochs: 3))])
        stage.tell(.said(.ledger, "epoch 2"))
        #expect(stage.tell(.woke, after: .seconds(2)).contains(.tell(.ledger, .forward(slots: 96))))
        stage.tell(.said(.ledger, "epoch 4"))
        stage.tell(.ended(.ledger, .signalled(SIGKILL)), after: .seconds(1))
        stage.tell(.woke, after: .milliseconds(500))
        stage.tell(.said(.ledger, "epoch 4"))
        #expect(stage.tell(.said(.ledger, "listening 4001")).contains(.tell(.ledger, .forward(slots: 32))))
    }
}
