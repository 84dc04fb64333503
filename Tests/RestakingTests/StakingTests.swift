import Messages
import Primitives
import Testing

@testable import Restaking

/// Staking and Delegator: what comes in, counts, leaves, and when.
@Suite struct StakingTests {
    typealias Fixture = LedgerFixture

    @Test func `Genesis' delegations and opt-ins count in epoch 0`() {
        let fixture = Fixture()
        #expect(fixture.weights() == [0: 400, 1: 300, 2: 200, 3: 100])
        #expect(fixture.set().total == 1_000)
        #expect(
            fixture.ledger.books
                == Books(
                    sequence: 0, entered: 2_000, idle: 1_000, delegated: 1_000, unbonding: 0, burned: 0, rewarded: 0,
                    withdrawn: 0, residue: 0))
    }

    @Test func `A delegation counts from the next epoch, not before`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(to: OperatorIndex(0), 100)) == .applied)
        #expect(fixture.weights()[0] == 400)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[0] == 500)
    }

    @Test func `What is undelegated leaves the weight at the next epoch, and the vault once it has unbonded`() {
        var fixture = Fixture()
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .undelegate(from: OperatorIndex(0), 150)) == .applied)
        #expect(fixture.weights()[0] == 400)
        #expect(fixture.ledger.books.unbonding == 150)
        for epoch in [4, 5] as [UInt64] {
            fixture.open(epoch: epoch)
            #expect(fixture.weights()[0] == 250)
            #expect(fixture.restaker(0, .withdraw(150)) == .insufficientStake)
        }
        fixture.open(epoch: 6)  // 3 + 1 + 2
        #expect(fixture.restaker(0, .withdraw(1_000)) == .applied)
        #expect(fixture.ledger.books.withdrawn == 150)
    }

    @Test func `Undelegated while still activating, stake is idle again at once`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(to: OperatorIndex(0), 100)) == .applied)
        #expect(fixture.restaker(1, .undelegate(from: OperatorIndex(0), 60)) == .applied)
        #expect(fixture.ledger.books.unbonding == 0)
        #expect(fixture.restaker(1, .withdraw(5_000)) == .applied)
        #expect(fixture.ledger.books.withdrawn == 960)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[0] == 440)
    }

    @Test func `Unbonded stake can be delegated anew without leaving the vault`() {
        var fixture = Fixture()
        #expect(fixture.restaker(0, .undelegate(from: OperatorIndex(0), 150)) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .delegate(to: OperatorIndex(1), 151)) == .insufficientStake)
        #expect(fixture.restaker(0, .delegate(to: OperatorIndex(1), 150)) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.weights() == [0: 250, 1: 450, 2: 200, 3: 100])
    }

    @Test func `Several restakers' joins of one epoch are told apart`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(to: OperatorIndex(2), 70)) == .applied)
        #expect(fixture.restaker(2, .deposit(30)) == .applied)
        #expect(fixture.restaker(2, .delegate(to: OperatorIndex(2), 30)) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[2] == 300)
        #expect(fixture.restaker(2, .undelegate(from: OperatorIndex(2), 31)) == .insufficientStake)
        #expect(fixture.restaker(2, .undelegate(from: OperatorIndex(2), 30)) == .applied)
        #expect(fixture.restaker(1, .undelegate(from: OperatorIndex(2), 70)) == .applied)
    }

    @Test(
        arguments: [
            (.deposit(0), .zeroAmount),
            (.deposit(Lamports(UInt64.max)), .amountTooLarge),
            (.deposit(Lamports(UInt64.max - 2_000)), .amountTooLarge),
            (.delegate(to: OperatorIndex(9), 0), .zeroAmount),
            (.delegate(to: OperatorIndex(9), 1), .unknownSigner),
            (.delegate(to: OperatorIndex(0), 1_001), .insufficientStake),
            (.delegate(to: OperatorIndex(0), Lamports(UInt64.max)), .insufficientStake),
            (.undelegate(from: OperatorIndex(9), 0), .zeroAmount),
            (.undelegate(from: OperatorIndex(9), 1), .unknownSigner),
            (.undelegate(from: OperatorIndex(0), 1), .insufficientStake),
            (.withdraw(0), .zeroAmount),
            (.withdraw(Lamports(UInt64.max)), .applied),
        ] as [(Instruction, Outcome)])
    func `Restaker's instructions`(_ instruction: Instruction, expected: Outcome) {
        var fixture = Fixture()
        let before = fixture.ledger.books
        #expect(fixture.restaker(1, instruction) == expected)
        if expected != .applied {
            var after = fixture.ledger.books
            after.sequence = before.sequence
            #expect(after == before)
        }
    }
}
