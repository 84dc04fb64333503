import Cryptography
import Faults
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

/// In a star, what agrees with a decision is verified later; nothing unverified counts, and nothing valid gets lost.
@Suite(.computing) struct DeferralTests {
    private static let coordinator = TestNetwork.coordinator

    /// A star of five, in which the vote of operator 4 comes to the coordinator long after the certificate.
    private static func lateVoter(_ delay: Duration = .milliseconds(200), tasks: UInt64 = 1) -> TestNetwork {
        let network = TestNetwork(dissemination: .star, tasks: tasks)
        network.run(until: .milliseconds(-1))
        network.latency = { from, to in from == op(4) && to == coordinator ? delay : .milliseconds(1) }
        return network
    }

    /// When the coordinator had votes of this operator checked, from the beginning of the run.
    private static func checks(_ network: TestNetwork, by number: Int) -> [Duration] {
        let key = network.key(number).publicKey
        return network.checks.compactMap { check in
            guard check.by == coordinator, case .attestation(let vote) = check.request, vote.signer == key else {
                return nil
            }
            return check.at - TestNetwork.beginning
        }
    }

    private static func forgery(of vote: Attestation) -> Attestation {
        var forged = vote
        forged.signature.pointR = FixedBytes32()
        return forged
    }

    @Test func aLateVoteThatAgreesIsCheckedWhenTheWindowCloses() {
        let network = Self.lateVoter()
        network.run(until: .milliseconds(1_999))
        #expect(network.certificates(by: Self.coordinator).map(\.signers.count) == [4])
        #expect(Self.checks(network, by: 4).isEmpty && Self.checks(network, by: 3).count == 1)
        network.run(until: .seconds(4))
        #expect(Self.checks(network, by: 4) == [.seconds(2)])
        #expect(network.settlement(of: 0)?.participation.count == 5)
        #expect(network.ledger.claims.isEmpty && network.hasFinished)
    }

    /// All five come at once: four make the quorum.
    @Test func noMoreVotesAreCheckedThanMakeAQuorum() {
        let network = TestNetwork(dissemination: .star, latency: { _, _ in .milliseconds(1) })
        network.run(until: .milliseconds(1_999))
        #expect((0..<5).map { Self.checks(network, by: $0).count }.reduce(0, +) == 4)
        #expect(network.certificates(by: Self.coordinator).map(\.signers.count) == [4])
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 5)
    }

    /// Where one of those that were to make the quorum is forged, one that waited takes its place.
    @Test func aForgedVoteAmongThoseThatAreCheckedHoldsNothingUp() {
        let network = TestNetwork(dissemination: .star)
        network.run(until: .milliseconds(-1))
        network.latency = { _, to in to == Self.coordinator ? .seconds(10) : .milliseconds(1) }
        network.run(until: .milliseconds(10))
        let votes = (0..<5).map { network.votes(by: op($0))[0] }
        for number in [0, 1, 2, 3, 4] {
            let vote = number == 1 ? Self.forgery(of: votes[1]) : votes[number]
            network.deliver(.attestation(vote), from: op(number), to: Self.coordinator)
        }
        network.run(until: .milliseconds(11))
        #expect(network.rejections(by: Self.coordinator) == [op(1)])
        #expect(network.certificates(by: Self.coordinator).map(\.signers.count) == [4])
        network.deliver(.attestation(votes[1]), from: op(1), to: Self.coordinator)
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 5 && network.slashedSigners.isEmpty)
    }

    /// Two results with a quorum each, if all are valid: who waited for the one that lost is checked at once.
    @Test func whoWaitsForAnotherResultThanTheCertificatesIsChecked() {
        let network = TestNetwork(dissemination: .star)
        network.run(until: .milliseconds(-1))
        network.latency = { _, to in to == Self.coordinator ? .seconds(10) : .milliseconds(1) }
        network.run(until: .milliseconds(10))
        let task = network.issued[0]
        for number in 0..<4 {
            network.deliver(.attestation(network.votes(by: op(number))[0]), from: op(number), to: Self.coordinator)
        }
        // Signed by others than they claim, so that they are worth nothing; the last of them waits.
        for number in 0..<4 {
            let vote = Self.forgery(of: network.vote(task, by: number, result: 1))
            network.deliver(.attestation(vote), from: op(number), to: Self.coordinator)
        }
        let dissenter = network.vote(task, by: 4, result: 1)
        network.deliver(.attestation(dissenter), from: op(4), to: Self.coordinator)
        #expect(Self.checks(network, by: 4).isEmpty)
        network.run(until: .milliseconds(11))
        #expect(Self.checks(network, by: 4).count == 1)
        network.deliver(.attestation(network.votes(by: op(4))[0]), from: op(4), to: Self.coordinator)
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(4)])
    }

    @Test func inAMeshEveryVoteIsCheckedAtOnce() {
        let network = TestNetwork()
        network.run(until: .milliseconds(-1))
        network.latency = { from, to in
            from == op(4) && to == Self.coordinator ? .milliseconds(200) : .milliseconds(1)
        }
        network.run(until: .milliseconds(500))
        #expect(Self.checks(network, by: 4).count == 1)
    }

    @Test func aForgedVoteTakesNoPart() {
        let network = Self.lateVoter(.seconds(10))
        network.run(until: .milliseconds(100))
        let vote = network.vote(network.issued[0], by: 4, result: UInt64(0))
        let agreeing = Attestation(
            statement: network.certificates(by: Self.coordinator)[0].statement, signer: vote.signer,
            signature: vote.signature)
        network.deliver(.attestation(agreeing), from: op(4), to: Self.coordinator)
        network.run(until: .milliseconds(1_999))
        #expect(Self.checks(network, by: 4).isEmpty && network.rejections(by: Self.coordinator).isEmpty)
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 4)
        #expect(network.rejections(by: Self.coordinator) == [op(4)])
        #expect(network.evidence(by: Self.coordinator).isEmpty && network.slashedSigners.isEmpty)
    }

    /// Whichever comes first.
    @Test(arguments: [false, true])
    func aForgedVoteDoesNotKeepTheTrueOneOut(_ forgedFirst: Bool) {
        let network = Self.lateVoter(.seconds(10))
        network.run(until: .milliseconds(100))
        let vote = network.votes(by: op(4))[0]
        let pair = [Self.forgery(of: vote), vote]
        for one in forgedFirst ? pair : pair.reversed() {
            network.deliver(.attestation(one), from: op(4), to: Self.coordinator)
        }
        network.run(until: .milliseconds(101))
        // Now it matters which is valid: both are checked at once.
        #expect(Self.checks(network, by: 4).count == 2)
        network.run(until: .seconds(4))
        #expect(network.settlement(of: 0)?.participation.count == 5 && network.slashedSigners.isEmpty)
    }

    @Test func theSameVoteAgainIsNotCheckedAgain() {
        let network = Self.lateVoter()
        network.run(until: .milliseconds(300))
        let vote = network.votes(by: op(4))[0]
        for _ in 0..<3 { network.deliver(.attestation(vote), from: op(4), to: Self.coordinator) }
        network.run(until: .seconds(4))
        #expect(Self.checks(network, by: 4).count == 1)
    }

    /// Only its signer can have a vote put aside: what others hand over is checked at once.
    @Test func whatOthersHandOverIsCheckedAtOnce() {
        let network = Self.lateVoter(.seconds(10))
        network.run(until: .milliseconds(100))
        network.deliver(.attestation(Self.forgery(of: network.votes(by: op(4))[0])), from: op(3), to: Self.coordinator)
        network.run(until: .milliseconds(101))
        #expect(Self.checks(network, by: 4).count == 1 && network.rejections(by: Self.coordinator) == [op(3)])
    }

    /// The second vote comes late, and whichever of the two agrees with the certificate.
    @Test(arguments: [false, true])
    func aContradictionAfterTheCertificateIsEvidenceAtOnce(_ agreeingFirst: Bool) {
        let network = Self.lateVoter(.seconds(10))
        network.run(until: .milliseconds(100))
        let agreeing = network.votes(by: op(4))[0]
        let other = network.vote(network.issued[0], by: 4, result: 1)
        for vote in agreeingFirst ? [agreeing, other] : [other, agreeing] {
            network.deliver(.attestation(vote), from: op(4), to: Self.coordinator)
            network.run(until: network.now - TestNetwork.beginning + .milliseconds(1))
        }
        #expect(network.evidence(by: Self.coordinator).count == 1)
        network.run(until: .seconds(4))
        #expect(network.slashedSigners == [op(4)])
    }

    @Test func votesOnAnExpiredTaskAreCheckedOnlyWhenTheyContradict() {
        let network = TestNetwork(stakes: [100, 100, 100], dissemination: .star)
        network.run(until: .milliseconds(-1))
        network.latency = { _, to in to == Self.coordinator ? .milliseconds(1_100) : .milliseconds(1) }
        network.run(until: .milliseconds(1_500))
        #expect(network.expired.count == 1 && (0..<3).allSatisfy { Self.checks(network, by: $0).isEmpty })
        let other = network.vote(network.issued[0], by: 1, result: 1)
        network.deliver(.attestation(other), from: op(1), to: Self.coordinator)
        network.run(until: .seconds(5))
        #expect(Self.checks(network, by: 1).count == 2 && network.slashedSigners == [op(1)])
        #expect(Self.checks(network, by: 0).isEmpty && network.settlement(of: 0) == nil && network.hasFinished)
    }

    /// Its newest vote waits unverified, or went with a task that expired: it is told of it all the same.
    @Test(arguments: [Duration.milliseconds(100), .milliseconds(1_050)])
    func whoseGuardIsOlderThanAVoteThatWaitsMayNotSign(_ delay: Duration) {
        let stakes: [UInt64] = delay > .seconds(1) ? [100, 100, 300] : [300, 300, 100]
        let network = TestNetwork(stakes: stakes, dissemination: .star, tasks: 3)
        network.run(until: .milliseconds(-1))
        network.latency = { from, to in from == op(2) && to == Self.coordinator ? delay : .milliseconds(1) }
        network.run(until: delay > .seconds(1) ? .milliseconds(2_500) : .milliseconds(500))
        #expect(Self.checks(network, by: 2).isEmpty && network.votes(by: op(2)).count == 3)
        network.latency = nil
        network.crash(op(2))
        network.restart(op(2), lost: 1)
        network.run(until: .seconds(5))
        #expect(network.refusals(by: op(2)) == 1)
    }

    @Test func votesWaitAtMostOncePerSignerAndComeOutInTheirOrder() {
        var deferred = DeferredVotes()
        let network = TestNetwork(stakes: [100, 100], tasks: 0)
        let tasks = (0..<3).map { network.signedTask(UInt64($0)).task }
        for task in tasks { for number in [1, 0] { deferred.add(network.vote(task, by: number, result: 49)) } }
        let key = network.key(0).publicKey
        let newest = deferred.newest(by: key, limit: 2)
        #expect(newest.map(\.statement.voteKey) == [tasks[2].voteKey, tasks[1].voteKey])
        let taken = deferred.take(by: key, for: tasks[1].voteKey)
        let again = deferred.take(by: key, for: tasks[1].voteKey)
        #expect(taken?.signer == key && again == nil)
        #expect(deferred.takeAll(for: tasks[0].voteKey).map(\.signer) == [network.key(1).publicKey, key])
        #expect(Array(deferred.all).count == 3)
    }
}
