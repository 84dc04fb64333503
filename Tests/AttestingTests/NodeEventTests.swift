import Cryptography
import Messages
import Primitives
import Services
import TestSupport
import Testing

@testable import Attesting

@Suite(.computing) struct NodeEventTests {
    /// Every kind of event, and every kind of frame that a run brings.
    private static let events: [NodeEvent] = {
        let network = TestNetwork(tasks: 2)
        network.run(until: .seconds(3))
        var frames: [Frame.Kind: Frame] = [:]
        for (frame, _, _) in network.sent { frames[frame.kind] = frame }
        let vote = network.votes(by: op(0))[0]
        return [
            .started(recorded: []), .started(recorded: [.statement(vote.statement)]), .began(Instant(nanoseconds: 9)),
            .connected(.ledger), .disconnected(op(3)), .verified(RequestID(1), valid: true),
            .signed(RequestID(2), vote.signature), .executed(task: .zero, .result([1, 2])),
            .executed(task: .zero, .refused(reason: "no")), .woke,
        ] + Frame.Kind.allCases.compactMap { frames[$0] }.map { .received($0, from: TestNetwork.coordinator) }
    }()

    @Test func everyEventGoesRound() throws {
        #expect(Self.events.count >= 16)
        for event in Self.events { #expect(try NodeEvent(borsh: event.borsh) == event) }
    }

    @Test func alteredBytesGiveAnErrorOrAnotherEventNeverATrap() {
        var random = SeededRandom(seed: 11, purpose: "fuzz")
        for event in Self.events {
            let bytes = event.borsh
            for _ in 0..<200 {
                var altered = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
                if random.next().isMultiple(of: 2) { altered = bytes }
                for _ in 0..<Int(random.next() % 4) where !altered.isEmpty {
                    altered[Int(random.next() % UInt64(altered.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                guard let decoded = try? NodeEvent(borsh: altered) else { continue }
                #expect(decoded.borsh == altered)
            }
        }
    }

    @Test func randomBytesAreNoTrapEither() {
        var random = SeededRandom(seed: 12, purpose: "fuzz")
        for _ in 0..<5_000 {
            let bytes = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next() % 20) }
            if let decoded = try? NodeEvent(borsh: bytes) { #expect(decoded.borsh == bytes) }
        }
    }

    @Test func everyEffectsBytesDiffer() {
        let statement = Statement(
            voteKey: VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: 0)), operatorSet: .zero,
            epoch: Epoch(0), task: .zero, result: .zero)
        let execution = TaskExecution(
            task: .zero, service: ServiceID(0), sequence: TaskSequence(0), payload: [],
            deadline: Instant(nanoseconds: 0))
        let effects: [NodeEffect] = [
            .persist(.statement(statement)), .sign(RequestID(1), .statement(statement)),
            .sign(RequestID(2), .statement(statement)),
            .execute(execution), .send(.ownVotesRequest, to: []),
            .send(.ownVotesRequest, to: [.ledger]), .disconnect(.ledger, reason: ""),
            .wake(at: Instant(nanoseconds: 0)),
            .finished, .crash,
        ]
        #expect(Set(effects.map { NodeEffect.digest(of: [$0]) }).count == effects.count)
        #expect(NodeEffect.digest(of: effects) != NodeEffect.digest(of: effects.reversed()))
    }
}
