import Cryptography
import Faults
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct QuorumTests {
    @Test func inAMeshEverybodyFormsTheCertificate() {
        let network = TestNetwork(tasks: 3)
        network.run(until: .seconds(3))
        for party in (0..<5).map(op) + [TestNetwork.coordinator] {
            #expect(network.certificates(by: party).count == 3)
        }
        #expect(network.hasFinished && network.breaches.isEmpty && network.expired.isEmpty)
        #expect(network.ledger.answers.allSatisfy { $0.outcome == .applied })
    }

    @Test func inAStarTheCoordinatorFormsItAndTellsTheOthers() {
        let network = TestNetwork(dissemination: .star, tasks: 2)
        network.run(until: .seconds(3))
        #expect(network.certificates(by: TestNetwork.coordinator).count == 2)
        #expect(network.certificates(by: op(0)).isEmpty)
        #expect(network.framesSent(.certified, from: TestNetwork.coordinator, to: op(4)) == 2)
        #expect(network.framesSent(.attestation, from: op(0), to: op(1)) == 0)
        #expect(network.hasFinished && network.breaches.isEmpty)
    }

    @Test func whoIsOutvotedInAStarAsksForTheCertificateAndChecksIt() {
        let network = TestNetwork(dissemination: .star)
        network.run(until: .milliseconds(100))
        let own = network.votes(by: op(0))[0].statement
        var other = own
        other.result = .zero
        network.deliver(
            .certified(CertifiedNotice(statement: other, certificate: .zero)), from: TestNetwork.coordinator, to: op(0))
        network.run(until: .milliseconds(200))
        #expect(network.framesSent(.certificateRequest, from: op(0), to: TestNetwork.coordinator) == 1)
        // There is no certificate for that; there is one for what was voted for.
        #expect(network.framesSent(.certificate, from: TestNetwork.coordinator, to: op(0)) == 0)
        network.deliver(
            .certificateRequest(own.voteKey, statement: own.digest), from: op(0), to: TestNetwork.coordinator)
        network.run(until: .milliseconds(300))
        #expect(network.framesSent(.certificate, from: TestNetwork.coordinator, to: op(0)) == 1)
        // It holds the votes now, and hands them on.
        let request = VoteRequest(voteKey: own.voteKey, statement: own.digest, signer: network.key(1).publicKey)
        network.deliver(.voteRequest(request), from: op(3), to: op(0))
        #expect(network.framesSent(.attestation, from: op(0), to: op(3)) == 1)
    }

    @Test func whoWasAwayInAStarHearsOfTheCertificate() {
        let network = TestNetwork(dissemination: .star) { _, _ in .milliseconds(1) }
        // Its vote is lost on the way.
        network.run(until: .microseconds(1_500))
        network.disconnect(op(4), TestNetwork.coordinator)
        network.run(until: .milliseconds(100))
        #expect(network.framesSent(.certified, from: TestNetwork.coordinator, to: op(3)) == 1)
        #expect(network.framesSent(.certified, from: TestNetwork.coordinator, to: op(4)) == 0)
        network.connect(op(4), TestNetwork.coordinator)
        #expect(network.framesSent(.certified, from: TestNetwork.coordinator, to: op(4)) == 1)
    }

    @Test func votesThatCameBeforeTheirTaskCertifyItWithIt() {
        let network = TestNetwork()
        network.latency = { from, to in
            from == TestNetwork.coordinator && to == op(0) ? .milliseconds(50) : .milliseconds(1)
        }
        network.run(until: .milliseconds(49))
        #expect(network.certificates(by: op(0)).isEmpty && network.certificates(by: op(1)).count == 1)
        network.run(until: .milliseconds(50))
        #expect(network.certificates(by: op(0)).map(\.signers.count) == [4])
    }

    @Test func whoOnceWereAQuorumDecideNothingThatIsIssuedNow() throws {
        let network = TestNetwork(stakes: [1, 1, 1, 100, 100]) { _, _ in .milliseconds(1) }
        network.run(until: .milliseconds(-1))
        let old = network.ledger.sets[0]
        let present = try OperatorSet(
            network: old.network, service: old.service, epoch: Epoch(1), revision: Revision(0),
            threshold: old.threshold,
            members: zip(old.members, [100, 100, 100, 1, 1]).map { member, weight in
                OperatorSet.Member(signer: member.signer, key: member.key, weight: Lamports(weight))
            })
        for party in (0..<5).map(op) + [TestNetwork.coordinator] {
            network.deliver(.notice(.operatorSet(present)), from: .ledger, to: party)
        }
        for number in 3..<5 { network.crash(op(number)) }
        network.run(until: .zero)
        let task = network.issued[0]
        let coalition = (3..<5).map { number in
            var statement = Statement(for: task, digest: task.digest, result: Squaring.bytes(UInt128(1)))
            (statement.operatorSet, statement.epoch) = (old.digest, old.epoch)
            let key = network.key(number)
            return Attestation(statement: statement, signer: key.publicKey, signature: key.sign(statement.signedBytes))
        }
        // Operator 0 hears them before the task, operator 1 after it, and both before any honest vote.
        for vote in coalition {
            for party in [TestNetwork.coordinator, op(0)] {
                network.deliver(.attestation(vote), from: op(3), to: party)
            }
        }
        network.run(until: .milliseconds(1))
        for vote in coalition { network.deliver(.attestation(vote), from: op(3), to: op(1)) }
        network.run(until: .seconds(4))
        for party in [TestNetwork.coordinator, op(0), op(1), op(2)] {
            #expect(network.certificates(by: party).map(\.statement.operatorSet) == [present.digest])
        }
    }

    @Test func allWhoVoteInTimeTakePartNotOnlyTheQuorum() {
        let network = TestNetwork()
        network.latency = { from, _ in from == op(4) ? .milliseconds(200) : .milliseconds(1) }
        network.run(until: .seconds(3))
        #expect(network.certificates(by: TestNetwork.coordinator)[0].signers.count == 4)
        #expect(network.settlement(of: 0)?.participation.count == 5)
    }

    @Test func aSilentThirdLeavesATaskWithoutCertificate() {
        let silent = FaultPlan(party: .signer(OperatorIndex(0)), behaviour: .silent, lasts: .tasks(1))
        let network = TestNetwork(stakes: [100, 100, 100], tasks: 2, faults: [silent])
        network.run(until: .seconds(4))
        #expect(network.expired == [TaskSequence(0)])
        #expect(network.certificates(by: TestNetwork.coordinator).map(\.statement.voteKey.subject.number) == [1])
        #expect(network.hasFinished && network.slashedSigners.isEmpty)
    }

    @Test func aSilentOperatorDoesNotClaimItsPartAfterwards() {
        let silent = FaultPlan(party: .signer(OperatorIndex(4)), behaviour: .silent, lasts: .untilTheEnd)
        let network = TestNetwork(faults: [silent])
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 4)
        #expect(network.ledger.claims.isEmpty)
    }

    @Test func whoIsLeftOutClaimsItsPart() {
        let network = TestNetwork()
        network.run(until: .milliseconds(-1))
        // It gets the task, but its votes never reach the coordinator.
        network.latency = { from, to in
            from == op(4) && to == TestNetwork.coordinator ? .seconds(10) : .milliseconds(1)
        }
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 4)
        #expect(network.ledger.claims == network.votes(by: op(4)))
    }

    @Test func aLoadOfNothingIsFinishedAtOnce() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .milliseconds(1))
        #expect(network.hasFinished && network.issued.isEmpty)
    }

    @Test func tasksOfAnEmptyOperatorSetExpireAndTheRunEnds() {
        let network = TestNetwork(stakes: [], tasks: 2)
        network.run(until: .seconds(4))
        #expect(network.expired.count == 2 && network.hasFinished)
    }

    @Test func tasksWaitForTheFirstOperatorSetAndCountFromTheirIntendedTime() {
        let network = TestNetwork(tasks: 2) { from, _ in from == .ledger ? .milliseconds(1_300) : .milliseconds(1) }
        network.run(until: .milliseconds(200))
        #expect(network.issued.isEmpty)
        network.run(until: .seconds(4))
        #expect(network.issued.map(\.issued) == [TestNetwork.beginning, TestNetwork.beginning + .milliseconds(20)])
        #expect(network.certificates(by: TestNetwork.coordinator).count == 2)
    }

    @Test func nothingIsLostToADroppedConnection() {
        let network = TestNetwork(tasks: 5)
        network.run(until: .milliseconds(30))
        for number in 0..<5 { network.disconnect(op(number), TestNetwork.coordinator) }
        for number in 1..<5 { network.disconnect(op(0), op(number)) }
        network.run(until: .milliseconds(200))
        network.connectEverybody()
        network.run(until: .seconds(4))
        #expect(network.expired.isEmpty)
        for number in 0..<5 { #expect(network.certificates(by: op(number)).count == 5) }
        #expect(network.settlement(of: 4)?.participation.count == 5)
    }

    @Test func whoComesBackGetsTheOpenTaskAtOnce() {
        let network = TestNetwork()
        network.run(until: .milliseconds(-1))
        network.disconnect(op(4), TestNetwork.coordinator)
        network.run(until: .milliseconds(50))
        #expect(network.votes(by: op(4)).isEmpty)
        network.connect(op(4), TestNetwork.coordinator)
        network.run(until: .milliseconds(60))
        #expect(network.votes(by: op(4)).count == 1)
    }

    @Test func aLostVoteIsAskedForByTimerWithItsTask() {
        let network = TestNetwork()
        network.run(until: .milliseconds(-1))
        network.latency = { from, to in
            from == op(4) && to == TestNetwork.coordinator ? .seconds(60) : .milliseconds(1)
        }
        network.run(until: .milliseconds(100))
        network.latency = nil
        network.run(until: .seconds(3))
        #expect(network.framesSent(.task, from: TestNetwork.coordinator, to: op(4)) == 2)
        #expect(network.framesSent(.task, from: TestNetwork.coordinator, to: op(3)) == 1)
        #expect(network.settlement(of: 0)?.participation.count == 5)
    }

    @Test func whoseVotesWereLostGetsTheCertificateFromTheCoordinator() {
        let network = TestNetwork()
        network.run(until: .milliseconds(-1))
        network.latency = { from, to in
            to == op(0) && from != TestNetwork.coordinator ? .seconds(60) : .milliseconds(1)
        }
        network.run(until: .milliseconds(200))
        #expect(network.certificates(by: op(0)).isEmpty && network.certificates(by: op(1)).count == 1)
        network.run(until: .seconds(1))
        #expect(network.certificates(by: op(0)).count == 1)
    }

    @Test func aTaskIsCertifiedOrExpiredNeverBoth() {
        let network = TestNetwork()
        // Signed before the deadline, here after it.
        network.latency = { _, to in to == TestNetwork.coordinator ? .milliseconds(1_100) : .milliseconds(1) }
        network.run(until: .seconds(4))
        #expect(network.expired.count == 1)
        #expect(network.certificates(by: TestNetwork.coordinator).isEmpty)
        #expect(network.certificates(by: op(0)).count == 1)
        #expect(network.hasFinished)
    }

    /// Expiry is noted together with others', up to 10 ms later; nothing is certified in between.
    @Test func nothingIsCertifiedBetweenItsDeadlineAndTheNoteOfIt() {
        let network = TestNetwork(tasks: 2, pacing: .open(interval: .milliseconds(3), .fixed))
        network.run(until: .milliseconds(-1))
        network.latency = { _, to in to == TestNetwork.coordinator ? .milliseconds(1_001) : .milliseconds(1) }
        // The votes on the second task are here 1,005 ms after the beginning, 2 ms after its deadline.
        network.run(until: .milliseconds(1_007))
        #expect(network.expired == [TaskSequence(0)])
        #expect(network.certificates(by: TestNetwork.coordinator).isEmpty)
        network.run(until: .seconds(4))
        #expect(network.expired == [TaskSequence(0), TaskSequence(1)] && network.hasFinished)
    }

    @Test func theLedgersConnectionCanDropAtAnyTime() {
        let network = TestNetwork(tasks: 3)
        network.run(until: .milliseconds(2_010))
        network.disconnect(TestNetwork.coordinator, .ledger)
        network.run(until: .milliseconds(2_500))
        network.connect(TestNetwork.coordinator, .ledger)
        network.run(until: .seconds(4))
        #expect(network.hasFinished && network.ledger.settlements.count == 3)
    }
}
