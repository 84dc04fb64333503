import Cryptography
import Faults
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

/// A coordinator that shows each half of the operators another task, with accomplices who sign both.
@Suite(.computing) struct AccountabilityTests {
    private static let service = ServiceID(0)

    private static func network(stakes: [UInt64], accomplices: [Int], seed: UInt64 = 1) -> TestNetwork {
        let indices = accomplices.map { OperatorIndex(UInt32($0)) }
        func plan(_ party: Party, _ behaviour: Behaviour) -> FaultPlan {
            FaultPlan(
                party: party, behaviour: behaviour, service: service, begins: .task(TaskSequence(2)), lasts: .tasks(1),
                accomplices: indices)
        }
        return TestNetwork(
            stakes: stakes, tasks: 5,
            faults: [plan(TestNetwork.coordinator, .coordinatorEquivocates)]
                + indices.map { plan(.signer($0), .collusion) }, seed: seed)
    }

    private static func results(_ network: TestNetwork) -> Set<Digest> {
        let certificates = (0..<network.genesis.signers.count).flatMap { network.certificates(by: op($0)) }
        return Set(certificates.filter { $0.statement.voteKey.subject.number == 2 }.map(\.statement.result))
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func beyondAThirdTwoCertificatesAndEveryColluderIsSlashed(seed: UInt64) {
        let network = Self.network(stakes: [200, 170, 160, 160, 160, 150], accomplices: [0, 1], seed: seed)
        network.run(until: .seconds(5))
        #expect(Self.results(network).count == 2)
        #expect(Set(network.slashedSigners) == [op(0), op(1)] && network.slashedSigners.count == 2)
        #expect(network.ledger.revocations.map(\.voteKey.subject.number) == [2])
        #expect(network.ledger.slashes.allSatisfy { $0.reporter != network.genesis.services[0].coordinator })
        #expect(network.breaches.isEmpty && network.hasFinished)
    }

    @Test func belowAThirdNoSecondCertificateAndTheColludersAreSlashedAllTheSame() {
        let network = Self.network(stakes: [180, 150, 180, 170, 160, 160], accomplices: [0, 1])
        network.run(until: .seconds(5))
        #expect(Self.results(network).count <= 1)
        #expect(Set(network.slashedSigners) == [op(0), op(1)])
        #expect(network.ledger.revocations.count == 1)
    }

    /// Without accomplices: it was shown nobody both, and still the votes of the others are unexplained.
    @Test func aCoordinatorAloneIsExposedByTheVotesOfTheOtherHalf() {
        let network = Self.network(stakes: [100, 100, 100, 100], accomplices: [])
        network.run(until: .seconds(5))
        #expect(network.slashedSigners.isEmpty)
        #expect(network.ledger.revocations.count == 1)
        let asked = (0..<4).flatMap { one in (0..<4).map { network.framesSent(.taskRequest, from: op(one), to: op($0)) }
        }
        #expect(asked.reduce(0, +) > 0 && asked.allSatisfy { $0 <= 1 })
        // The load ends: what it issues now is worth nothing.
        #expect(network.hasFinished)
        #expect((0..<4).allSatisfy { network.votes(by: op($0)).allSatisfy { $0.statement.voteKey.subject.number < 5 } })
    }

    @Test func nothingMoreIsSignedForARevokedCoordinator() {
        let network = TestNetwork(tasks: 0)
        network.run(until: .zero)
        for payload: UInt64 in [1, 2] {
            network.deliver(.task(network.signedTask(0, payload: payload)), from: TestNetwork.coordinator, to: op(0))
        }
        network.run(until: .milliseconds(100))
        #expect(network.ledger.revocations.count == 1)
        network.deliver(.task(network.signedTask(1, issued: network.now)), from: TestNetwork.coordinator, to: op(1))
        network.run(until: .milliseconds(200))
        #expect(network.votes(by: op(1)).isEmpty)
    }

    @Test func onlyWhoIsAskedBringsATaskAndOnlyWithTheCoordinatorsSignature() {
        let network = TestNetwork(stakes: [100, 100, 100, 100], tasks: 1)
        network.run(until: .milliseconds(100))
        let (issued, other) = (network.issued[0], network.signedTask(0, payload: 99))
        network.deliver(.task(other), from: op(1), to: op(0))
        #expect(network.rejections(by: op(0)) == [op(1)])
        // A vote on a task that is unknown here is asked about; what comes must be the coordinator's.
        let vote = network.vote(other.task, by: 2, result: 99 * 99)
        network.deliver(.attestation(vote), from: op(2), to: op(0))
        network.run(until: .milliseconds(110))
        #expect(network.framesSent(.taskRequest, from: op(0), to: op(2)) == 1)
        var forged = other
        forged.signature = network.key(2).sign(other.task.signedBytes)
        // One answer is taken: more would be checked for nothing.
        for _ in 0..<2 { network.deliver(.task(forged), from: op(2), to: op(0)) }
        network.run(until: .milliseconds(120))
        #expect(network.rejections(by: op(0)) == [op(1), op(2)])
        #expect(network.ledger.revocations.isEmpty && issued != other.task)
    }

    /// Sent again and again, by the coordinator and by whoever was asked, one task is no proof.
    @Test func oneTaskTwiceAccusesNobody() {
        let network = TestNetwork(stakes: [100, 100, 100, 100], tasks: 1)
        network.run(until: .milliseconds(20))
        let task = SignedTask(task: network.issued[0], signature: network.signedTask(0).signature)
        for number in 0..<4 {
            network.deliver(.task(task), from: TestNetwork.coordinator, to: op(number))
        }
        network.run(until: .seconds(4))
        #expect(network.ledger.revocations.isEmpty)
        #expect((0..<4).allSatisfy { network.evidence(by: op($0)).isEmpty })
    }
}
