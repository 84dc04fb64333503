import Attesting
import Faults
import Messages
import Primitives
import TestSupport
import Testing

/// Disks that are older than what others have seen: a coordinator's, and the ledger's.
@Suite(.computing) struct RollbackTests {
    /// Whatever of its guard is gone: no number goes out twice, and it says why it issues nothing more.
    @Test(arguments: [Dissemination.mesh, .star], [1, 3, 100])
    func aCoordinatorWithAnOlderGuardIssuesNoNumberTwice(_ dissemination: Dissemination, lost: Int) {
        let network = TestNetwork(dissemination: dissemination, tasks: 10)
        network.run(until: .milliseconds(90))
        let before = Set(network.issued)
        network.crash(TestNetwork.coordinator)
        network.restart(TestNetwork.coordinator, lost: lost)
        network.run(until: .seconds(6))
        #expect(before.count == 5 && Set(network.issued).isSubset(of: before))
        #expect(network.ledger.revocations.isEmpty && network.breaches.isEmpty)
        let refusals = network.reasonsToRefuse(by: TestNetwork.coordinator)
        #expect(refusals.count == 1 && refusals[0].contains("lacks task 4"), "\(refusals)")
        #expect(network.hasFinished, "nothing waits for what it will never issue")
    }

    /// What nobody answers holds it up for a while, and no longer.
    @Test func anOperatorThatIsNotThereIsWaitedForTwoSeconds() {
        let network = TestNetwork(tasks: 200)
        network.run(until: .milliseconds(90))
        network.crash(TestNetwork.coordinator)
        network.crash(op(3))
        network.restart(TestNetwork.coordinator)
        network.run(until: .milliseconds(2_080))
        #expect(Set(network.issued).count == 5)
        network.run(until: .milliseconds(2_200))
        #expect(Set(network.issued).count > 5)
        #expect(network.reasonsToRefuse(by: TestNetwork.coordinator).isEmpty)
    }

    @Test func onlyWhatTheCoordinatorHasSignedCountsAgainstItsGuard() {
        let network = TestNetwork(tasks: 10)
        network.run(until: .milliseconds(90))
        network.crash(TestNetwork.coordinator)
        network.restart(TestNetwork.coordinator)
        var forged = network.signedTask(77)
        forged.signature = network.signedTask(78).signature
        network.deliver(.task(forged), from: op(2), to: TestNetwork.coordinator)
        network.run(until: .seconds(5))
        #expect(network.reasonsToRefuse(by: TestNetwork.coordinator).isEmpty)
        #expect(Set(network.issued).count == 10 && network.hasFinished)
    }

    @Test func whatTheLedgerHasSettledCountsToo() throws {
        let network = TestNetwork(dissemination: .star, tasks: 10)
        network.run(until: .milliseconds(90))
        let task = network.signedTask(9).task
        let statement = network.vote(task, by: 0, result: 1).statement
        let settlement = Settlement(
            voteKey: task.voteKey, statement: statement.digest, operatorSet: task.operatorSet,
            participation: SignerSet(size: 5))
        network.crash(TestNetwork.coordinator)
        network.restart(TestNetwork.coordinator)
        network.deliver(.notice(.settled(settlement)), from: .ledger, to: TestNetwork.coordinator)
        network.run(until: .seconds(5))
        let refusals = network.reasonsToRefuse(by: TestNetwork.coordinator)
        #expect(refusals.count == 1 && refusals[0].contains("the ledger has settled"), "\(refusals)")
        #expect(Set(network.issued).count == 5)
    }

    /// Both kinds of node say so and hang up; what has no receipt waits.
    @Test(arguments: [TestNetwork.coordinator, op(1)])
    func aLedgerWithAnOlderLogIsNotGoneOnWith(party: Party) {
        let network = TestNetwork(tasks: 1)
        network.run(until: .milliseconds(50))
        network.deliver(.notice(.account(nextNonce: 5)), from: .ledger, to: party)
        #expect(network.isConnected(party, .ledger))
        network.deliver(.notice(.account(nextNonce: 4)), from: .ledger, to: party)
        #expect(!network.isConnected(party, .ledger))
        network.connect(party, .ledger)
        network.deliver(.notice(.clock(Slot(9), Epoch(0), stateRoot: .zero)), from: .ledger, to: party)
        #expect(network.isConnected(party, .ledger))
        network.deliver(.notice(.clock(Slot(8), Epoch(0), stateRoot: .zero)), from: .ledger, to: party)
        #expect(!network.isConnected(party, .ledger))
        let reasons = network.notes.compactMap { note -> String? in
            if note.by == party, case .rejected(.ledger, let reason) = note.observation { reason } else { nil }
        }
        #expect(
            reasons.count == 2 && reasons.allSatisfy { $0.contains("older than what it has told us") }, "\(reasons)")
    }
}

extension TestNetwork {
    fileprivate func reasonsToRefuse(by party: Party) -> [String] {
        notes.compactMap { note in
            if note.by == party, case .refusedToSign(let reason) = note.observation { reason } else { nil }
        }
    }
}
