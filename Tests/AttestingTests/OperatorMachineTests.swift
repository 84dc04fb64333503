import Cryptography
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

/// One operator driven by hand.
@Suite(.computing) struct OperatorMachineTests {
    private let network = TestNetwork(tasks: 0)

    private struct Bench {
        var machine: OperatorMachine
        var now = TestNetwork.beginning

        init(_ network: TestNetwork) {
            machine = OperatorMachine(genesis: network.genesis, signer: OperatorIndex(0))
            _ = handle(.received(.notice(.account(nextNonce: 0)), from: .ledger))
            _ = handle(.received(.notice(.operatorSet(network.ledger.current)), from: .ledger))
        }

        /// Grants every check and signature at once. - Returns: all effects.
        mutating func handle(_ event: NodeEvent) -> [NodeEffect] {
            var (pending, all) = ([event], [NodeEffect]())
            while !pending.isEmpty {
                var effects: [NodeEffect] = []
                machine.handle(pending.removeFirst(), at: now, effects: &effects)
                for effect in effects {
                    switch effect {
                    case .verify(let id, _): pending.append(.verified(id, valid: true))
                    case .sign(let id, _):
                        let signature = Signature(pointR: FixedBytes32(), scalarS: FixedBytes32())
                        pending.append(.signed(id, signature))
                    default: break
                    }
                }
                all += effects
            }
            machine.checkInvariants()
            return all
        }

        /// - Returns: the tasks to be executed now.
        mutating func give(_ task: SignedTask) -> [Digest] {
            handle(.received(.task(task), from: TestNetwork.coordinator)).compactMap {
                if case .execute(let execution) = $0 { execution.task } else { nil }
            }
        }
    }

    @Test func whatCameToNothingIsExecutedAgainWhenItsTaskComesAgain() {
        var bench = Bench(network)
        let task = network.signedTask(0)
        let executed = (0..<2).map { _ in bench.give(task) }
        #expect(executed == [[task.task.digest], []])
        _ = bench.handle(.executed(task: task.task.digest, .refused(reason: "no memory")))
        let executedAgain = (0..<2).map { _ in bench.give(task) }
        #expect(executedAgain == [[task.task.digest], []])
        _ = bench.handle(.executed(task: task.task.digest, .refused(reason: "no memory")))
        bench.now = task.task.deadline + .nanoseconds(1)
        let executedTooLate = bench.give(task)
        #expect(executedTooLate.isEmpty)
    }

    @Test func aStatementThatThereWasNoRoomToHoldIsMadeAgain() {
        var bench = Bench(network)
        // Nothing is signed before the start: all is held.
        let signature = network.signedTask(0).signature
        let tasks = (0...UInt64(Readiness.heldLimit)).map { sequence in
            var task = network.signedTask(0).task
            task.sequence = TaskSequence(sequence)
            return SignedTask(task: task, signature: signature)
        }
        for task in tasks {
            for digest in bench.give(task) { _ = bench.handle(.executed(task: digest, .result([1]))) }
        }
        #expect(bench.machine.readiness.held.count == Readiness.heldLimit)
        let again = [bench.give(tasks[0]), bench.give(tasks[Readiness.heldLimit])]
        #expect(again == [[], [tasks[Readiness.heldLimit].task.digest]])
    }

    @Test func openOffencesAreLimitedByCulpritAndEndWithTheirReceipt() {
        var bench = Bench(network)
        for (culprit, subjects) in [(4, 10), (3, 1)] {
            for subject in 0..<UInt64(subjects) {
                for result: UInt64 in [1, 2] {
                    let vote = network.vote(network.signedTask(subject).task, by: culprit, result: result)
                    _ = bench.handle(.received(.attestation(vote), from: op(1)))
                }
            }
        }
        #expect(bench.machine.offences.count == OperatorMachine.offencesPerCulprit + 1)
        bench.now = bench.now + Timings.receiptPatience
        let submitted = bench.handle(.woke).compactMap { effect -> SignedInstruction? in
            if case .send(.submit(let signed), _) = effect { signed } else { nil }
        }
        #expect(submitted.count == OperatorMachine.offencesPerCulprit + 1)
        for signed in submitted {
            let receipt = Receipt(instruction: signed.digest, outcome: .pastHorizon, slot: Slot(0))
            _ = bench.handle(.received(.receipt(receipt), from: .ledger))
        }
        #expect(bench.machine.offences.isEmpty)
    }

    @Test func answersThatNobodyAskedForChangeNothing() {
        let load = TaskLoad(tasks: 0, interval: .seconds(1), arrival: .fixed, seed: 0)
        var machines: [any NodeMachine] = [
            OperatorMachine(genesis: network.genesis, signer: OperatorIndex(0)),
            CoordinatorMachine(genesis: network.genesis, service: ServiceID(0), load: load)!,
        ]
        let signature = Signature(pointR: FixedBytes32(), scalarS: FixedBytes32())
        for index in machines.indices {
            var effects: [NodeEffect] = []
            for event in [
                NodeEvent.verified(RequestID(99), valid: true), .verified(RequestID(99), valid: false),
                .signed(RequestID(99), signature), .executed(task: .zero, .result([])),
            ] {
                machines[index].handle(event, at: TestNetwork.beginning, effects: &effects)
            }
            #expect(effects.allSatisfy { $0 == .finished })
        }
    }
}
