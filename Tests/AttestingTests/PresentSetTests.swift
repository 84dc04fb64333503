import Cryptography
import Messages
import Primitives
import TestSupport
import Testing

@testable import Attesting

/// Whoever connects to the ledger is told where its clock stands, and then of every operator set that still matters, from
/// the oldest: only the last of these is the present one.
@Suite(.computing) struct PresentSetTests {
    private let network = TestNetwork(tasks: 0)

    private func set(_ epoch: UInt64) throws -> OperatorSet {
        let first = network.ledger.current
        return try OperatorSet(
            network: first.network, service: first.service, epoch: Epoch(epoch), revision: Revision(0),
            threshold: first.threshold, members: first.members)
    }

    @Test func noTaskIsPinnedToASetThatIsPast() throws {
        let load = TaskLoad(tasks: 2, interval: .milliseconds(1), arrival: .fixed, seed: 0)
        var machine = CoordinatorMachine(genesis: network.genesis, service: ServiceID(0), load: load)!
        func handle(_ event: NodeEvent, at offset: Int = 0) -> [ServiceTask] {
            var effects: [NodeEffect] = []
            machine.handle(event, at: TestNetwork.beginning + .milliseconds(offset), effects: &effects)
            return effects.compactMap { if case .sign(_, .task(let task)) = $0 { task } else { nil } }
        }
        func told(_ notice: LedgerNotice, at offset: Int = 0) -> [ServiceTask] {
            handle(.received(.notice(notice), from: .ledger), at: offset)
        }
        _ = handle(.started(recorded: []))
        _ = handle(.began(TestNetwork.beginning))
        _ = handle(.connected(.ledger))
        #expect(told(.clock(Slot(70), Epoch(2), stateRoot: .zero)).isEmpty)
        #expect(told(.operatorSet(try set(0))).isEmpty)
        #expect(told(.operatorSet(try set(1))).isEmpty)
        #expect(told(.operatorSet(try set(2))).map(\.operatorSet) == [try set(2).digest])
        // Where an epoch has opened and its set has not come, nothing is issued either.
        #expect(told(.clock(Slot(100), Epoch(3), stateRoot: .zero), at: 1).isEmpty)
        #expect(handle(.woke, at: 2).isEmpty)
        #expect(told(.operatorSet(try set(3)), at: 3).map(\.epoch) == [Epoch(3)])
    }

    /// So many epochs pass while a task is recorded that its set is forgotten: it is given up, and what is left is issued.
    @Test(arguments: [false, true])
    func aTaskWhoseSetIsForgottenMeanwhileIsGivenUp(isClosed: Bool) throws {
        let load =
            isClosed
            ? TaskLoad(tasks: 2, pacing: .closed(inFlight: 1, lasting: nil), seed: 0)
            : TaskLoad(tasks: 2, interval: .milliseconds(1), arrival: .fixed, seed: 0)
        var machine = CoordinatorMachine(genesis: network.genesis, service: ServiceID(0), load: load)!
        func handle(_ event: NodeEvent, at offset: Duration = .zero) -> [NodeEffect] {
            var effects: [NodeEffect] = []
            machine.handle(event, at: TestNetwork.beginning + offset, effects: &effects)
            return effects
        }
        func requests(_ effects: [NodeEffect]) -> [(RequestID, ServiceTask)] {
            effects.compactMap { if case .sign(let id, .task(let task)) = $0 { (id, task) } else { nil } }
        }
        _ = handle(.started(recorded: []))
        _ = handle(.began(TestNetwork.beginning))
        _ = handle(.connected(.ledger))
        _ = handle(.received(.notice(.clock(Slot(0), Epoch(0), stateRoot: .zero)), from: .ledger))
        var open = requests(handle(.received(.notice(.operatorSet(try set(0))), from: .ledger)))
        #expect(open.count == 1)
        let present = network.genesis.parameters.unbondingEpochs + 1
        _ = handle(.received(.notice(.operatorSet(try set(present))), from: .ledger))
        var given: [TaskSequence] = []
        for step in 1...400 {
            let now = Duration.milliseconds(20 * step)
            var effects: [NodeEffect] = []
            for (id, _) in open { effects += handle(.signed(id, Signature(Array(repeating: 0, count: 64))!), at: now) }
            effects += handle(.woke, at: now)
            open = requests(effects)
            for case .note(.taskExpired(_, let sequence)) in effects { given.append(sequence) }
        }
        #expect(given.contains(TaskSequence(0)) && given.contains(TaskSequence(1)), "\(given)")
        #expect(machine.isFinished)
    }
}
