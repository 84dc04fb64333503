import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// What each instruction can be told, in the order in which the ledger looks for it.
@Suite struct OutcomeTests {
    typealias Fixture = LedgerFixture

    /// What is refused with one of these has changed something, or may have.
    private static let traces: Set<Outcome> = [.badEvidence, .rateJump, .challengeFailed]

    private static func list(_ name: String) -> OutcomeList { OutcomeList.all.first { $0.name == name }! }

    private static func accepted(_ name: String) -> OutcomeRow { list(name).rows.last! }

    @Test(arguments: OutcomeList.all.map(\.name))
    func `Each answer is given in its situation, and a refusal changes nothing but the nonce`(_ name: String) {
        for row in Self.list(name).rows {
            var (fixture, instruction) = row.make()
            #expect(instruction.name == name)
            let before = fixture.ledger
            let outcome = fixture.apply(instruction, by: row.key)
            #expect(outcome == row.outcome, "\(name): \(row.situation)")
            guard outcome != .applied, !Self.traces.contains(outcome) else { continue }
            var after = fixture.ledger
            after.sequence = before.sequence
            after.accounts[after.places[row.key.publicKey]!].nextNonce -= 1
            #expect(after.stateRoot == before.stateRoot, "\(name): \(row.situation)")
        }
    }

    @Test(arguments: OutcomeList.all)
    func `Answers are looked for in the order in which they are numbered`(_ list: OutcomeList) {
        let numbers = list.refusals.map(\.rawValue)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(list.refusals)")
        #expect(list.rows.last?.outcome == .applied)
        #expect(list.rows.count { $0.outcome == .applied } == 1)
    }

    @Test(arguments: OutcomeList.all.map(\.name))
    func `Of any instruction: replayed from another network, badly signed, of nobody, or out of turn`(_ name: String) {
        var (fixture, instruction) = Self.accepted(name).make()
        let key = Self.accepted(name).key
        let sequence = fixture.ledger.sequence
        let nonce = fixture.ledger.nextNonce(of: key.publicKey)!
        let good = fixture.sign(instruction, by: key)
        var bad = good
        bad.nonce += 1
        #expect(fixture.apply(Fixture.sign(instruction, by: key, nonce: nonce, network: .zero)) == .wrongNetwork)
        #expect(fixture.apply(bad) == .badSignature)
        #expect(fixture.apply(fixture.sign(instruction, by: Fixture.stranger, nonce: 5)) == .unknownAuthority)
        #expect(fixture.apply(fixture.sign(instruction, by: key, nonce: nonce + 1)) == .nonceAhead)
        #expect(fixture.ledger.sequence == sequence)
        #expect(fixture.apply(good) == .applied)
        #expect(fixture.apply(good) == .nonceUsed)
        #expect(fixture.ledger.sequence == sequence + 1)
    }

    @Test(arguments: OutcomeList.all)
    func `Each instruction is for its roles alone`(_ list: OutcomeList) {
        for role in OutcomeList.Role.allCases where role != .anyone || list.roles == [.anyone] {
            var (fixture, instruction) = Self.accepted(list.name).make()
            let outcome = fixture.apply(instruction, by: role.key)
            let isAllowed = list.roles.contains(role) || list.roles.contains(.anyone)
            #expect((outcome != .notAuthorized) == isAllowed, "\(list.name) by \(role): \(outcome)")
        }
    }
}
