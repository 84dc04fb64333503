import Faults
import Messages
import Primitives
import Testing

@testable import Attesting

/// An honest operator signs at most one statement for a vote key, whatever crashes around it.
@Suite struct SigningTests {
    @Test func whoDiesBetweenRecordAndSignatureSignsTheSameAfterwards() {
        let network = TestNetwork()
        network.diesAfterPersisting = op(2)
        network.run(until: .milliseconds(100))
        #expect(network.votes(by: op(2)).isEmpty && network.guards[op(2)]?.count == 1)
        network.restart(op(2))
        network.run(until: .seconds(4))
        #expect(network.votes(by: op(2)).map(\.statement) == network.guards[op(2)])
        #expect(network.settlement(of: 0)?.participation.count == 5 && network.breaches.isEmpty)
    }

    @Test func aVoteSentAgainAfterARestartIsByteIdentical() {
        let network = TestNetwork()
        network.latency = { from, to in
            from == op(2) && to == TestNetwork.coordinator ? .milliseconds(50) : .milliseconds(1)
        }
        network.run(until: .milliseconds(10))
        network.crash(op(2))
        network.run(until: .milliseconds(100))
        network.restart(op(2))
        network.run(until: .seconds(4))
        let votes = network.votes(by: op(2))
        #expect(votes.count == 2 && Set(votes).count == 1)
        #expect(network.slashedSigners.isEmpty && network.breaches.isEmpty)
    }

    @Test func aGuardOlderThanWhatOthersHoldForbidsToSign() {
        let network = TestNetwork(tasks: 20)
        network.run(until: .milliseconds(200))
        network.crash(op(2))
        network.restart(op(2), lost: 1)
        let signed = network.votes(by: op(2)).count
        network.run(until: .seconds(4))
        #expect(network.refusals(by: op(2)) == 1)
        #expect(network.votes(by: op(2)).count == signed)
        #expect(network.certificates(by: TestNetwork.coordinator).count == 20)
    }

    @Test func aGuardThatIsWholeMaySignOnceOthersHaveAnswered() {
        let network = TestNetwork(tasks: 20)
        network.run(until: .milliseconds(200))
        network.crash(op(2))
        network.restart(op(2))
        network.run(until: .seconds(4))
        #expect(network.refusals(by: op(2)) == 0)
        #expect(network.settlement(of: 19)?.participation.count == 5)
    }

    @Test func aCoordinatorThatForgotIsNotEnoughToTrustTheGuard() {
        let network = TestNetwork()
        network.run(until: .milliseconds(100))
        for number in 0..<5 { network.crash(op(number)) }
        network.crash(TestNetwork.coordinator)
        network.restart(TestNetwork.coordinator)
        network.restart(op(2), lost: 1)
        // The coordinator has answered that it holds nothing; the peers, who held the vote, have not.
        network.run(until: .milliseconds(800))
        #expect(network.framesSent(.ownVotes, from: TestNetwork.coordinator, to: op(2)) == 2)
        #expect(network.votes(by: op(2)).count == 1)
    }

    @Test func anAnswerThatComesLateStillForbidsToSign() {
        let network = TestNetwork(tasks: 1)
        network.run(until: .milliseconds(100))
        for number in 0..<5 { network.crash(op(number)) }
        // The coordinator's answer comes after all patience; op-1's comes early, but it has forgotten what it held.
        network.latency = { from, _ in from == TestNetwork.coordinator ? .milliseconds(2_500) : .milliseconds(1) }
        network.restart(op(1))
        network.restart(op(2), lost: 1)
        network.run(until: .milliseconds(2_300))
        network.deliver(
            .task(network.signedTask(1, issued: network.now)), from: TestNetwork.coordinator, to: op(2))
        network.run(until: .milliseconds(2_400))
        #expect(network.votes(by: op(2)).map(\.statement.voteKey.subject.number) == [0, 1])
        network.run(until: .milliseconds(2_700))
        #expect(network.refusals(by: op(2)) == 1)
        network.deliver(
            .task(network.signedTask(2, issued: network.now)), from: TestNetwork.coordinator, to: op(2))
        network.run(until: .seconds(4))
        #expect(network.votes(by: op(2)).count == 2)
    }

    @Test func aDeadPeerHoldsNobodyUpForLongerThanPatience() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        network.crash(op(2))
        network.crash(op(1))
        network.restart(op(2))
        for (sequence, time) in [(UInt64(0), Duration.milliseconds(500)), (1, .milliseconds(1_500))] {
            network.run(until: time)
            network.deliver(
                .task(network.signedTask(sequence, issued: network.now)), from: TestNetwork.coordinator, to: op(2))
        }
        network.run(until: .milliseconds(1_990))
        #expect(network.votes(by: op(2)).isEmpty)
        // The first task's deadline is over by then.
        network.run(until: .milliseconds(2_100))
        #expect(network.votes(by: op(2)).map(\.statement.voteKey.subject.number) == [1])
    }

    @Test func whoHearsNothingSignsNothing() {
        let network = TestNetwork(tasks: 1) { _, to in to == op(2) ? .seconds(60) : .milliseconds(1) }
        network.run(until: .milliseconds(100))
        network.deliver(.notice(.operatorSet(network.ledger.current)), from: .ledger, to: op(2))
        for time in [Duration.milliseconds(200), .seconds(3)] {
            network.run(until: time)
            let task = network.signedTask(7, issued: network.now)
            network.deliver(.task(task), from: TestNetwork.coordinator, to: op(2))
        }
        network.run(until: .seconds(10))
        #expect(network.votes(by: op(2)).isEmpty && network.guards[op(2)] == nil)
    }

    @Test func twoTasksWithOneNumberGetOneVote() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        for payload: UInt64 in [1, 2] {
            network.deliver(.task(network.signedTask(0, payload: payload)), from: TestNetwork.coordinator, to: op(0))
        }
        network.run(until: .milliseconds(100))
        #expect(network.votes(by: op(0)).count == 1 && network.refusals(by: op(0)) == 1)
        #expect(network.breaches.isEmpty)
    }

    @Test func nobodySignsAfterTheDeadline() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .milliseconds(1_001))
        network.deliver(.task(network.signedTask(0)), from: TestNetwork.coordinator, to: op(0))
        network.run(until: .seconds(2))
        #expect(network.guards.isEmpty)
    }

    @Test func aTaskBeforeItsOperatorSetWaitsForIt() {
        let network = TestNetwork(tasks: 1) { from, to in
            from == .ledger && to == op(0) ? .milliseconds(1_500) : .milliseconds(1)
        }
        network.run(until: .milliseconds(300))
        #expect(network.votes(by: op(0)).isEmpty)
        // Votes had come too, and are counted now.
        network.run(until: .milliseconds(510))
        #expect(network.votes(by: op(0)).count == 1)
        #expect(network.certificates(by: op(0)).count == 1)
    }
}
