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
            fixture.books
                == Books(
                    sequence: 0, entered: 2_000, vault: 2_000, shares: 2_000, idle: 1_000, delegated: 1_000))
    }

    @Test func `A delegation counts from the next epoch, not before`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0))) == .applied)
        #expect(fixture.weights()[0] == 400)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[0] == 500)
    }

    @Test func `What is undelegated leaves the weight at the next epoch, and the vault once it has unbonded`() {
        var fixture = Fixture()
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .undelegate(.native, 150, from: OperatorIndex(0))) == .applied)
        #expect(fixture.weights()[0] == 400)
        #expect(fixture.books.unbonding == 0, "it counts to the end of the epoch")
        for epoch in [4, 5] as [UInt64] {
            fixture.open(epoch: epoch)
            #expect(fixture.weights()[0] == 250)
            #expect(fixture.books.unbonding == 150)
            #expect(fixture.restaker(0, .withdraw(.native, 150)) == .insufficientStake)
        }
        fixture.open(epoch: 6)  // 3 + 1 + 2
        #expect(fixture.restaker(0, .withdraw(.native, 1_000)) == .applied)
        #expect(fixture.books.withdrawn == 150)
    }

    @Test func `Undelegated while still activating, stake is idle again at once`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0))) == .applied)
        #expect(fixture.restaker(1, .undelegate(.native, 60, from: OperatorIndex(0))) == .applied)
        #expect(fixture.books.unbonding == 0)
        #expect(fixture.restaker(1, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.books.withdrawn == 960)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[0] == 440)
    }

    @Test func `Unbonded stake can be delegated anew without leaving the vault`() {
        var fixture = Fixture()
        #expect(fixture.restaker(0, .undelegate(.native, 150, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .delegate(.native, 151, to: OperatorIndex(1))) == .insufficientStake)
        #expect(fixture.restaker(0, .delegate(.native, 150, to: OperatorIndex(1))) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.weights() == [0: 250, 1: 450, 2: 200, 3: 100])
    }

    @Test func `Several restakers' joins of one epoch are told apart`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(.native, 70, to: OperatorIndex(2))) == .applied)
        #expect(fixture.restaker(2, .deposit(.native, 30)) == .applied)
        #expect(fixture.restaker(2, .delegate(.native, 30, to: OperatorIndex(2))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights()[2] == 300)
        #expect(fixture.restaker(2, .undelegate(.native, 31, from: OperatorIndex(2))) == .insufficientStake)
        #expect(fixture.restaker(2, .undelegate(.native, 30, from: OperatorIndex(2))) == .applied)
        #expect(fixture.restaker(1, .undelegate(.native, 70, from: OperatorIndex(2))) == .applied)
    }

    @Test(
        arguments: [
            (.deposit(.native, 0), .zeroAmount),
            (.deposit(.native, Units(UInt64.max)), .amountTooLarge),
            (.deposit(.native, Units(UInt64.max - 2_000)), .amountTooLarge),
            (.delegate(.native, 0, to: OperatorIndex(9)), .zeroAmount),
            (.delegate(.native, 1, to: OperatorIndex(9)), .unknownSigner),
            (.delegate(.native, 1_001, to: OperatorIndex(0)), .insufficientStake),
            (.delegate(.native, Units(UInt64.max), to: OperatorIndex(0)), .insufficientStake),
            (.undelegate(.native, 0, from: OperatorIndex(9)), .zeroAmount),
            (.undelegate(.native, 1, from: OperatorIndex(9)), .unknownSigner),
            (.undelegate(.native, 1, from: OperatorIndex(0)), .insufficientStake),
            (.withdraw(.native, 0), .zeroAmount),
            (.withdraw(.native, Units(UInt64.max)), .applied),
        ] as [(Instruction, Outcome)])
    func `Restaker's instructions`(_ instruction: Instruction, expected: Outcome) {
        var fixture = Fixture()
        let before = fixture.books
        #expect(fixture.restaker(1, instruction) == expected)
        if expected != .applied {
            var after = fixture.books
            after.sequence = before.sequence
            #expect(after == before)
        }
    }

    @Test func `More units than a vault can hold do not fit, whatever little they are worth`() {
        var fixture = Fixture.wide { $0.assets[1].rate = ExchangeRate(1)! }
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, Units(UInt64.max - 2_000))) == .amountTooLarge)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, Units(1 << 63 - 1_800))) == .applied)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 1)) == .amountTooLarge)
    }
}
