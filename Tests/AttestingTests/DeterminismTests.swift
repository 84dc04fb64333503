import Faults
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct DeterminismTests {
    /// Three equivocators' worth of ways, drops and a restart, all from one seed.
    private static func chaos(_ seed: UInt64) -> TestNetwork {
        let behaviour: Behaviour = seed.isMultiple(of: 2) ? .equivocate : .equivocateSplit
        let culprit = UInt32(seed % 5)
        let fault = FaultPlan(
            party: .signer(OperatorIndex(culprit)), behaviour: behaviour, begins: .task(TaskSequence(seed % 4)),
            lasts: .tasks(1))
        let network = TestNetwork(tasks: 4, faults: [fault], seed: seed)
        var random = SeededRandom(seed: seed, purpose: "chaos")
        let parties = (0..<5).map(op) + [TestNetwork.coordinator, .ledger]
        for step in 0..<12 {
            network.run(until: .milliseconds(step * 15))
            let (one, other) = (parties.randomElement(using: &random)!, parties.randomElement(using: &random)!)
            if one != other { network.disconnect(one, other) }
            if step == 6 {
                let victim = op(Int((UInt64(culprit) + 1 + seed % 4) % 5))
                network.crash(victim)
                network.restart(victim)
            }
            if step.isMultiple(of: 3) { network.connectEverybody() }
        }
        network.connectEverybody()
        network.run(until: .seconds(5))
        return network
    }

    @Test(arguments: 0..<UInt64(30))
    func inWhateverOrderThingsArriveTheCulpritIsSlashedAndNobodyElse(_ seed: UInt64) {
        let network = Self.chaos(seed)
        #expect(network.slashedSigners == [op(Int(seed % 5))])
        #expect(network.breaches.isEmpty && network.hasFinished)
        let parties = (0..<5).map(op) + [TestNetwork.coordinator]
        let certified = parties.flatMap(network.certificates)
        let statements = Dictionary(grouping: certified.map(\.statement), by: \.voteKey).mapValues { Set($0).count }
        #expect(statements.count == 4 && statements.values.allSatisfy { $0 == 1 })
        #expect(network.certificates(by: TestNetwork.coordinator).count == 4)
    }

    @Test func theSameEventsGiveTheSameEffectBytes() {
        let (one, other, third) = (Self.chaos(3), Self.chaos(3), Self.chaos(5))
        #expect(one.trace == other.trace)
        #expect(one.trace != third.trace)
    }
}
