import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct ClosedLoopTests {
    private static func network(
        _ inFlight: UInt64, tasks: UInt64, lasting: Duration? = nil, stakes: [UInt64] = [100, 100, 100, 100]
    ) -> TestNetwork {
        TestNetwork(
            stakes: stakes, dissemination: .star, tasks: tasks, pacing: .closed(inFlight: inFlight, lasting: lasting),
            latency: { _, _ in .milliseconds(1) })
    }

    /// When each task was certified, from the beginning of the run.
    private static func certified(_ network: TestNetwork) -> [Instant] {
        network.notes.compactMap { note in
            if case .certified = note.observation, note.by == TestNetwork.coordinator { note.at } else { nil }
        }
    }

    @Test func theNextTaskIsIssuedTheMomentOneIsCertified() {
        let network = Self.network(1, tasks: 4)
        network.run(until: .seconds(4))
        let certified = Self.certified(network)
        #expect(certified.count == 4 && network.hasFinished)
        #expect(network.issued.map(\.issued) == [TestNetwork.beginning] + certified.dropLast())
    }

    @Test func soManyAreInFlightAndNoMore() {
        let network = Self.network(3, tasks: 9)
        network.run(until: .milliseconds(1))
        #expect(network.issued.count == 3)
        network.run(until: .seconds(4))
        #expect(network.issued.count == 9 && network.hasFinished)
        #expect(Set(network.issued.map(\.issued)).count == 3)
    }

    @Test func aTaskThatExpiresMakesRoomToo() {
        let network = Self.network(1, tasks: 2)
        network.run(until: .milliseconds(-1))
        for number in 0..<2 { network.crash(op(number)) }
        network.run(until: .seconds(5))
        #expect(network.expired == [TaskSequence(0), TaskSequence(1)] && network.hasFinished)
        #expect(network.issued[1].issued == network.issued[0].deadline)
    }

    @Test func whenItsTimeIsUpNothingMoreIsIssued() {
        let network = Self.network(1, tasks: 1_000_000, lasting: .milliseconds(20))
        network.run(until: .seconds(4))
        #expect(network.hasFinished && network.issued.count > 2)
        #expect(network.issued.allSatisfy { $0.issued < TestNetwork.beginning + .milliseconds(20) })
        #expect(Self.certified(network).count == network.issued.count)
    }

    /// What the first process left open does not hold up the second one.
    @Test func aCoordinatorThatIsStartedAgainGoesOn() {
        let network = Self.network(2, tasks: 20)
        network.run(until: .milliseconds(7))
        network.crash(TestNetwork.coordinator)
        network.run(until: .milliseconds(50))
        let before = network.issued.count
        network.restart(TestNetwork.coordinator)
        network.run(until: .seconds(5))
        #expect(before >= 2 && before < 20 && network.hasFinished)
        #expect(Set(network.issued.map(\.sequence)).count == 20 && network.slashedSigners.isEmpty)
        #expect(network.ledger.settlements.count == 20)
    }

    @Test func withoutAnOperatorSetItBeginsWhenThereIsOne() {
        let network = Self.network(2, tasks: 2)
        network.latency = { from, _ in from == .ledger ? .milliseconds(1_300) : .milliseconds(1) }
        network.run(until: .seconds(4))
        #expect(network.issued.count == 2)
    }

    @Test(arguments: [
        TaskLoad.Pacing.closed(inFlight: 64, lasting: nil), .closed(inFlight: 1, lasting: .seconds(3)),
        .open(interval: .milliseconds(5), .fixed),
    ])
    func encodingGoesRound(_ pacing: TaskLoad.Pacing) throws {
        let load = TaskLoad(tasks: 7, pacing: pacing, seed: 9)
        #expect(try TaskLoad(borsh: load.borsh) == load)
    }
}
