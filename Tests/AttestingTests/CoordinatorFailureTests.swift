import Cryptography
import Faults
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

/// A coordinator that dies on the way from two votes to a slash, or for good.
@Suite(.computing) struct CoordinatorFailureTests {
    private static func equivocation(_ behaviour: Behaviour = .equivocate) -> FaultPlan {
        FaultPlan(
            party: .signer(OperatorIndex(4)), behaviour: behaviour, service: ServiceID(0),
            begins: .task(TaskSequence(2)),
            lasts: .tasks(1))
    }

    private static func crash(at point: KillPoint) -> FaultPlan {
        FaultPlan(
            party: TestNetwork.coordinator, behaviour: .coordinatorCrash, service: ServiceID(0), lasts: .untilTheEnd,
            point: point)
    }

    /// What is on disk when the process is gone: tasks, evidence, answers.
    private static func memory(_ network: TestNetwork) -> (evidence: Int, answers: Int) {
        network.guards[TestNetwork.coordinator, default: []].reduce(into: (0, 0)) { counts, entry in
            switch entry {
            case .evidence: counts.0 += 1
            case .answered: counts.1 += 1
            case .statement, .task, .submission: break
            }
        }
    }

    struct KillRow: Sendable {
        let point: KillPoint
        /// Proofs on disk when the process is dead.
        let evidence: Int
        /// Whether the ledger has slashed by then. A connection takes what is under way on it with it.
        let isSlashed: Bool
    }

    static let killTable = [
        KillRow(point: .detect, evidence: 0, isSlashed: false),
        KillRow(point: .persist, evidence: 1, isSlashed: false),
        KillRow(point: .submit, evidence: 1, isSlashed: false),
        KillRow(point: .acknowledge, evidence: 1, isSlashed: true),
    ]

    /// Started again, the outcome is the same for each point: one slash, every task certified and settled, no number
    /// issued twice.
    @Test(arguments: [Dissemination.mesh, .star], killTable)
    func atEveryKillPointTheSlashHappensOnce(_ dissemination: Dissemination, _ row: KillRow) {
        let network = TestNetwork(
            dissemination: dissemination, tasks: 6, faults: [Self.equivocation(), Self.crash(at: row.point)])
        network.run(until: .milliseconds(150))
        #expect(network.injections.contains { $0.behaviour == "coordinator-crash" })
        #expect(Self.memory(network) == (row.evidence, 0))
        #expect(network.slashedSigners.isEmpty != row.isSlashed)
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(6))
        #expect(network.slashedSigners == [op(4)])
        let applied = network.ledger.answers.filter {
            if case .submitEvidence = $0.instruction { $0.outcome == .applied } else { false }
        }
        #expect(applied.count == 1)
        #expect(network.hasFinished && network.breaches.isEmpty)
        #expect((0..<6).allSatisfy { network.settlement(of: $0) != nil })
        #expect(Self.memory(network).answers == 1)
    }

    @Test func itsNumbersGoOnAfterARestartAndWhatWasMissedIsIssuedLate() {
        let network = TestNetwork(tasks: 10)
        network.run(until: .milliseconds(70))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(400))
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(5))
        // Those that were open are noted again, with the same bytes.
        #expect(Set(network.issued).count == 10)
        #expect(Set(network.issued.map(\.sequence.number)) == Set(0..<10))
        let due = network.issued.first { $0.sequence.number == 9 }!.issued
        #expect(due == TestNetwork.beginning + .milliseconds(180))
        #expect(network.hasFinished && network.breaches.isEmpty)
        #expect((0..<10).allSatisfy { network.settlement(of: $0)?.participation.count == 5 })
    }

    /// In a star nobody else has the certificates: what was certified before the crash is certified and settled after it,
    /// though its deadline has passed meanwhile.
    @Test func whatWasCertifiedBeforeTheCrashIsSettledAfterIt() {
        let network = TestNetwork(dissemination: .star, tasks: 1)
        network.run(until: .milliseconds(100))
        #expect(network.certificates(by: TestNetwork.coordinator).count == 1)
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(1_200))
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(4))
        #expect(network.expired.isEmpty)
        #expect(network.settlement(of: 0)?.participation.count == 5)
    }

    @Test func whatIsPastItsWindowIsNotTakenUpAgain() {
        let network = TestNetwork(tasks: 1)
        network.run(until: .milliseconds(100))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(2_500))
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(6))
        #expect(network.issued.count == 1 && network.hasFinished)
    }

    /// Nobody but the coordinator would have seen both votes: without it the operators compare what they hold.
    @Test func withoutACoordinatorOperatorsCompareAndSubmitThemselves() {
        let network = TestNetwork(tasks: 3, faults: [Self.equivocation(.equivocateSplit)])
        network.latency = { _, to in to == TestNetwork.coordinator ? .milliseconds(60) : .milliseconds(1) }
        network.run(until: .milliseconds(50))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(400))
        #expect(network.slashedSigners.isEmpty)
        #expect((0..<5).allSatisfy { network.evidence(by: op($0)).isEmpty })
        network.run(until: .seconds(5))
        #expect(network.slashedSigners == [op(4)])
        #expect((0..<3).allSatisfy { network.settlement(of: $0) != nil })
        let coordinator = network.genesis.services[0].coordinator
        #expect(network.ledger.answers.allSatisfy { $0.authority != coordinator })
        let settled = network.ledger.answers.filter {
            if case .submitCertificate = $0.instruction { true } else { false }
        }
        #expect(settled.count == 3, "one operator after the other: the first settles it for all")
        #expect(network.breaches.isEmpty)
    }

    /// After 300 ms, then after 600: whoever is late is not helped by more of the same.
    @Test func whoDoesNotAnswerIsAskedLessAndLessOften() {
        let silent = FaultPlan(party: .signer(OperatorIndex(4)), behaviour: .silent, lasts: .untilTheEnd)
        let network = TestNetwork(faults: [silent])
        for (time, count) in [(200, 1), (400, 2), (800, 2), (1_000, 3), (4_000, 3)] {
            network.run(until: .milliseconds(time))
            #expect(network.framesSent(.task, from: TestNetwork.coordinator, to: op(4)) == count, "\(time) ms")
        }
    }

    @Test func aCoordinatorThatComesBackInTimeIsReliedOn() {
        let network = TestNetwork(tasks: 3)
        network.run(until: .milliseconds(100))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(400))
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(5))
        #expect(
            (0..<5).allSatisfy { number in
                (0..<5).allSatisfy { network.framesSent(.summary, from: op(number), to: op($0)) == 0 }
            })
        let coordinator = network.genesis.services[0].coordinator
        #expect(network.ledger.answers.allSatisfy { $0.authority == coordinator })
    }
}
