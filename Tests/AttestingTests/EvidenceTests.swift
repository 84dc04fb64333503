import Cryptography
import Faults
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct EvidenceTests {
    private static func fault(_ behaviour: Behaviour, by number: UInt32 = 4, at task: UInt64 = 0) -> FaultPlan {
        FaultPlan(
            party: .signer(OperatorIndex(number)), behaviour: behaviour, begins: .task(TaskSequence(task)),
            lasts: .tasks(1))
    }

    @Test(arguments: [Dissemination.mesh, .star])
    func whoEquivocatesIsSlashedOnceThroughTheCoordinator(_ dissemination: Dissemination) {
        let network = TestNetwork(dissemination: dissemination, tasks: 3, faults: [Self.fault(.equivocate, at: 1)])
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(4)])
        #expect(network.ledger.slashes[0].reporter == network.genesis.services[0].coordinator)
        #expect(network.ledger.slashes[0].voteKey.subject.number == 1)
        #expect(network.evidence(by: TestNetwork.coordinator).count == 1)
        #expect(network.certificates(by: TestNetwork.coordinator).count == 3)
        #expect(network.hasFinished && network.breaches.isEmpty)
    }

    @Test func aSplitThatNobodySawIsFoundThroughSummariesAndTheVoteAskedFor() {
        let network = TestNetwork(faults: [Self.fault(.equivocateSplit, by: 0)])
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(0)])
        #expect((0..<5).allSatisfy { network.evidence(by: op($0)).isEmpty })
        let asked = (0..<5).map { network.framesSent(.voteRequest, from: TestNetwork.coordinator, to: op($0)) }
        #expect(asked.reduce(0, +) > 0)
        #expect(network.injections.count == 1 && network.breaches.isEmpty)
    }

    @Test func aSplitIsFoundThoughTheConnectionsDropWhileItIsAskedFor() {
        let network = TestNetwork(faults: [Self.fault(.equivocateSplit, by: 0)])
        network.run(until: .milliseconds(20))
        for number in 1..<5 { network.disconnect(op(number), TestNetwork.coordinator) }
        network.run(until: .milliseconds(300))
        network.latency = { _, to in to == TestNetwork.coordinator ? .milliseconds(30) : .milliseconds(1) }
        network.connectEverybody()
        // Dropped again when everybody who holds the other vote has been asked, and before an answer.
        network.run(until: .milliseconds(335))
        for number in 3..<5 {
            #expect(network.framesSent(.voteRequest, from: TestNetwork.coordinator, to: op(number)) == 1)
        }
        for number in 1..<5 { network.disconnect(op(number), TestNetwork.coordinator) }
        network.run(until: .milliseconds(600))
        #expect(network.slashedSigners.isEmpty)
        network.connectEverybody()
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(0)])
    }

    @Test func aVoteThatContradictsAnEarlierSummaryIsAskedAbout() {
        let network = TestNetwork(stakes: [100, 100], faults: [Self.fault(.equivocateSplit, by: 0)])
        network.run(until: .milliseconds(-1))
        // The coordinator hears of the other half's vote first, and of nobody else's.
        network.latency = { from, to in
            from == op(0) && to == TestNetwork.coordinator ? .milliseconds(150) : .milliseconds(1)
        }
        network.run(until: .milliseconds(140))
        #expect(network.framesSent(.summary, from: op(1), to: TestNetwork.coordinator) == 1)
        #expect(network.framesSent(.voteRequest, from: TestNetwork.coordinator, to: op(1)) == 0)
        network.run(until: .seconds(1))
        #expect(network.framesSent(.voteRequest, from: TestNetwork.coordinator, to: op(1)) == 1)
        #expect(network.slashedSigners == [op(0)])
    }

    @Test func aSplitInAStarShowsOneVoteAloneAndIsNoDoubleVote() {
        let network = TestNetwork(dissemination: .star, faults: [Self.fault(.equivocateSplit)])
        network.run(until: .seconds(4))
        #expect(network.slashedSigners.isEmpty && network.injections.isEmpty)
        #expect(network.certificates(by: TestNetwork.coordinator).count == 1)
    }

    @Test func aDeadCoordinatorSavesNobody() {
        let network = TestNetwork(faults: [Self.fault(.equivocate)])
        network.latency = { _, to in to == TestNetwork.coordinator ? .milliseconds(20) : .milliseconds(1) }
        network.run(until: .milliseconds(10))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(400))
        #expect(network.slashedSigners.isEmpty)
        network.run(until: .seconds(2))
        #expect(network.slashedSigners == [op(4)])
        #expect(network.ledger.slashes[0].reporter != network.genesis.services[0].coordinator)
        #expect(network.certificates(by: op(0)).count == 1)
    }

    @Test func nobodySubmitsWhatTheLedgerHasSlashedAlready() {
        let everyTask = FaultPlan(party: .signer(OperatorIndex(4)), behaviour: .equivocate, lasts: .untilTheEnd)
        let network = TestNetwork(tasks: 10, faults: [everyTask])
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(4)])
        let submitters = network.ledger.answers.filter {
            if case .submitEvidence = $0.instruction { true } else { false }
        }
        #expect(submitters.allSatisfy { $0.authority == network.genesis.services[0].coordinator })
    }

    @Test func evidenceAgainstTheTombstonedIsNotSubmitted() {
        let network = TestNetwork(tasks: 2)
        for time in [100, 200] {
            network.run(until: .milliseconds(time))
            let vote = network.vote(network.issued[time / 100 - 1], by: 4, result: 1)
            network.deliver(.attestation(vote), from: op(4), to: TestNetwork.coordinator)
        }
        network.run(until: .seconds(4))
        #expect(network.evidence(by: TestNetwork.coordinator).count == 2)
        let submissions = network.ledger.answers.count {
            if case .submitEvidence = $0.instruction { true } else { false }
        }
        #expect(submissions == 1 && network.hasFinished)
    }

    @Test(arguments: [(Duration.milliseconds(1_900), [op(4)]), (.milliseconds(2_100), [])])
    func aLateSecondVoteCountsUntilTheWindowCloses(_ time: Duration, _ slashed: [Party]) {
        let network = TestNetwork()
        network.run(until: time)
        network.deliver(
            .attestation(network.vote(network.issued[0], by: 4, result: 1)), from: op(4), to: TestNetwork.coordinator)
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == slashed && network.hasFinished)
    }

    @Test func aSecondVoteIsProofButNeverWeight() {
        // Four of six are exactly the threshold, which is no quorum; the culprit's second vote would make five.
        let network = TestNetwork(stakes: [100, 100, 100, 100, 100, 100])
        network.run(until: .milliseconds(-1))
        for number in 4..<6 { network.crash(op(number)) }
        network.run(until: .milliseconds(100))
        let other = network.vote(network.issued[0], by: 4, result: 1)
        let honest = network.votes(by: op(0))[0].statement
        let same = Attestation(
            statement: honest, signer: other.signer, signature: network.key(4).sign(honest.signedBytes))
        for vote in [other, same] { network.deliver(.attestation(vote), from: op(3), to: TestNetwork.coordinator) }
        network.run(until: .seconds(4))
        #expect(network.expired == [TaskSequence(0)])
        #expect(network.certificates(by: TestNetwork.coordinator).isEmpty)
        #expect(network.slashedSigners == [op(4)])
    }

    @Test func tasksOfTheOldRevisionGoOnWithoutTheTombstoned() {
        let network = TestNetwork(tasks: 30, faults: [Self.fault(.equivocate, at: 2)])
        network.run(until: .seconds(4))
        let sets = network.ledger.sets
        #expect(sets.count == 2 && Set(network.issued.map(\.operatorSet)) == Set(sets.map(\.digest)))
        #expect(network.certificates(by: TestNetwork.coordinator).count == 30)
        #expect(network.settlement(of: 29)?.participation.size == 4)
        #expect(network.votes(by: op(4)).allSatisfy { $0.statement.operatorSet == sets[0].digest })
    }

    @Test func anInvalidSignatureClosesTheConnectionAndAccusesNobody() {
        let network = TestNetwork()
        network.run(until: .milliseconds(100))
        var forged = network.vote(network.issued[0], by: 4, result: 1)
        forged.signature = network.key(3).sign(forged.statement.signedBytes)
        for receiver in [op(0), TestNetwork.coordinator] {
            network.deliver(.attestation(forged), from: op(3), to: receiver)
            network.run(until: .milliseconds(200))
            #expect(network.rejections(by: receiver) == [op(3)])
            #expect(!network.isConnected(op(3), receiver))
        }
        network.run(until: .seconds(4))
        #expect(network.slashedSigners.isEmpty && network.evidence(by: op(0)).isEmpty)
    }

    @Test func aLyingSummaryHidesNoTruthAndAccusesNobody() {
        let network = TestNetwork(faults: [Self.fault(.equivocateSplit, by: 0)])
        network.run(until: .milliseconds(3))
        let task = network.issued[0]
        let voteKey = VoteKey(network: task.network, service: task.service, subject: Subject(task.sequence))
        for lie in 0..<100 {
            let all = SignerSet(size: 5, bits: [0b11111])!
            let entry = VoteSummary.Entry(
                voteKey: voteKey, statement: Domain.record.digest([UInt8(lie)]), operatorSet: task.operatorSet,
                signers: all)
            network.deliver(.summary(VoteSummary(entries: [entry])), from: op(3), to: TestNetwork.coordinator)
        }
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(0)])
        // Two claims about each of five signers are taken from one holder.
        #expect(network.framesSent(.voteRequest, from: TestNetwork.coordinator, to: op(3)) <= 10)
    }
}
