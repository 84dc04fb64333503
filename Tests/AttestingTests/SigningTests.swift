import Faults
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

/// An honest operator signs at most one statement for a vote key, whatever crashes around it.
@Suite(.computing) struct SigningTests {
    @Test func whoDiesBetweenRecordAndSignatureSignsTheSameAfterwards() {
        let network = TestNetwork()
        network.diesAfterPersisting = op(2)
        network.run(until: .milliseconds(100))
        #expect(network.votes(by: op(2)).isEmpty && network.guards[op(2)]?.count == 1)
        network.restart(op(2))
        network.run(until: .seconds(4))
        #expect(network.votes(by: op(2)).map { .statement($0.statement) } == network.guards[op(2)])
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

    /// The coordinator has forgotten all; op-3 alone remembers op-2's lost vote.
    private static func forgetfulNetwork() -> TestNetwork {
        let network = TestNetwork()
        network.run(until: .milliseconds(100))
        for number in [0, 1, 2, 4] { network.crash(op(number)) }
        network.crash(TestNetwork.coordinator)
        network.restart(TestNetwork.coordinator)
        return network
    }

    private static func giveTask(_ sequence: UInt64, to party: Party, in network: TestNetwork) {
        network.deliver(
            .task(network.signedTask(sequence, issued: network.now)), from: TestNetwork.coordinator, to: party)
    }

    @Test func anAnswerThatComesLateStillForbidsToSign() {
        let network = Self.forgetfulNetwork()
        network.latency = { from, _ in from == op(3) ? .milliseconds(2_500) : .milliseconds(1) }
        network.restart(op(2), lost: 1)
        network.run(until: .milliseconds(2_300))
        Self.giveTask(1, to: op(2), in: network)
        network.run(until: .milliseconds(2_400))
        #expect(network.votes(by: op(2)).map(\.statement.voteKey.subject.number) == [0, 1])
        network.run(until: .milliseconds(2_700))
        #expect(network.refusals(by: op(2)) == 1)
        Self.giveTask(2, to: op(2), in: network)
        network.run(until: .seconds(4))
        #expect(network.votes(by: op(2)).count == 2)
    }

    @Test func whoConnectsAfterTheCheckIsAskedToo() {
        let network = Self.forgetfulNetwork()
        network.latency = { _, _ in .milliseconds(1) }
        network.restart(op(2), lost: 1)
        network.disconnect(op(2), op(3))
        network.run(until: .milliseconds(2_300))
        Self.giveTask(1, to: op(2), in: network)
        network.run(until: .milliseconds(2_310))
        #expect(network.votes(by: op(2)).map(\.statement.voteKey.subject.number) == [0, 1])
        network.connect(op(2), op(3))
        network.run(until: .milliseconds(2_320))
        #expect(network.refusals(by: op(2)) == 1)
        Self.giveTask(2, to: op(2), in: network)
        network.run(until: .seconds(4))
        #expect(network.votes(by: op(2)).count == 2)
    }

    @Test func withoutTheCoordinatorsAnswerNothingIsSigned() {
        let network = TestNetwork()
        network.run(until: .milliseconds(100))
        for number in 0..<5 { network.crash(op(number)) }
        // op-1 has forgotten all and says so; the coordinator, which has not, is away.
        network.restart(op(1))
        network.restart(op(2), lost: 1)
        network.disconnect(op(2), TestNetwork.coordinator)
        network.run(until: .milliseconds(2_200))
        #expect(network.framesSent(.ownVotes, from: op(1), to: op(2)) > 0)
        network.connect(op(2), TestNetwork.coordinator)
        Self.giveTask(1, to: op(2), in: network)
        network.run(until: .seconds(4))
        #expect(network.refusals(by: op(2)) == 1 && network.votes(by: op(2)).count == 1)
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

    @Test func twoTasksWithOneNumberGetOneVoteAndAreProof() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        for payload: UInt64 in [1, 2] {
            network.deliver(.task(network.signedTask(0, payload: payload)), from: TestNetwork.coordinator, to: op(0))
        }
        network.run(until: .milliseconds(100))
        #expect(network.votes(by: op(0)).count == 1)
        #expect(network.evidence(by: op(0)).map(\.accused) == [network.genesis.services[0].coordinator])
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
