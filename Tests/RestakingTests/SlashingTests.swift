import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// How much is taken, from whom, and who gets it.
@Suite struct SlashingTests {
    typealias Fixture = LedgerFixture

    @Test func `An equivocation costs the AVS's share of the stake that counted, and the reporter earns its part`() {
        var genesis = Fixture.genesis()
        genesis.restakers[0].deposits[0].amount = 95_000
        genesis.restakers[0].delegations[0].amount = 40_001
        var fixture = Fixture(genesis)
        let set = fixture.set()
        #expect(fixture.apply(Fixture.equivocation(by: 0, set), by: Fixture.coordinatorKeys[0]) == .applied)
        // 5 % of 40,001 is 2,000.05: rounded up. 5 % of 2,001 is 100.05: rounded down.
        let record = fixture.ledger.slashRecords[0]
        #expect(record.slashed == 2_001)
        #expect(record.reward == 100)
        #expect(record.epoch == Epoch(0))
        #expect(record.signer == OperatorIndex(0))
        #expect(record.reporter == Fixture.coordinatorKeys[0].publicKey)
        #expect(fixture.books.burned == 1_901)
        #expect(fixture.books.earned == 100, "booked under its key, though it is no restaker")
        #expect(fixture.stake(0).active.assets == 38_000)
    }

    @Test func `Non-signers are not slashed`() {
        var fixture = Fixture()
        let others = Array(fixture.ledger.stakes.dropFirst())
        #expect(fixture.apply(Fixture.equivocation(by: 0, fixture.set()), by: Fixture.operatorKeys[1]) == .applied)
        #expect(Array(fixture.ledger.stakes.dropFirst()) == others)
    }

    @Test func `Delegators and leavers lose pro rata, to the lamport; what is activating loses nothing`() {
        // Operator 3 has 50 of restaker 0 and 50 of its own, and this AVS takes a third.
        var fixture = Fixture(Fixture.genesis(slashes: [Fraction(1, over: 3)!]))
        #expect(fixture.restaker(0, .undelegate(.native, 30, from: OperatorIndex(3))) == .applied)
        #expect(fixture.restaker(1, .delegate(.native, 500, to: OperatorIndex(3))) == .applied)
        #expect(fixture.apply(Fixture.equivocation(by: 3, fixture.set()), by: Fixture.operatorKeys[0]) == .applied)
        // 34 of 100 (a third, rounded up): what leaves at the end of the epoch is in the pool until then.
        #expect(fixture.ledger.slashRecords[0].slashed == 34)
        #expect(fixture.stake(3).active.assets == 66)
        #expect(fixture.stake(3).activating == 500)
        // 66 for 100 shares: the 20 that stay are worth 13.2, operator 3's 50 are worth 33, the 30 that leave 19.8.
        #expect(fixture.restaker(0, .undelegate(.native, 14, from: OperatorIndex(3))) == .insufficientStake)
        #expect(fixture.restaker(0, .undelegate(.native, 13, from: OperatorIndex(3))) == .applied)
        #expect(
            fixture.restaker(2, .undelegate(.native, 33, from: OperatorIndex(3))) == .applied)
        #expect(fixture.restaker(1, .undelegate(.native, 500, from: OperatorIndex(3))) == .applied)
        #expect(fixture.books.idle == 1_000)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.restaker(2, .withdraw(.native, 5_000)) == .applied)
        let books = fixture.books
        #expect(books.withdrawn.number + books.residue.number + books.unbonding.number == 66)
        #expect(books.residue.number + books.unbonding.number <= 1)
    }

    @Test func `An exit does not evade a slash: whoever left in or after the epoch of the offence pays too`() {
        var fixture = Fixture()
        let set = fixture.set(1)
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 2)
        #expect(fixture.weights(1)[0] == nil)
        #expect(fixture.apply(Fixture.equivocation(by: 0, set), by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[0].slashed == 400)
        #expect(fixture.books.unbonding == 0 && fixture.books.delegated == 600)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .insufficientStake)
    }

    @Test func `Who had left before the epoch of the offence pays nothing`() {
        var fixture = Fixture()
        #expect(fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.apply(Fixture.equivocation(by: 0, fixture.set(1)), by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[0].slashed == 300)
        #expect(fixture.books.unbonding == 100)
    }

    @Test func `Evidence outlives the epoch's end, until its horizon: the last instant before its stake can leave`() {
        for (epoch, outcome) in [(1, .applied), (2, .applied), (3, .pastHorizon)] as [(UInt64, Outcome)] {
            var fixture = Fixture()
            let evidence = Fixture.equivocation(by: 0, fixture.set())
            #expect(fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(0))) == .applied)
            fixture.open(epoch: epoch)
            #expect(fixture.apply(evidence, by: Fixture.operatorKeys[1]) == outcome)
            let left = fixture.restaker(0, .withdraw(.native, 100))
            #expect((left == .applied) == (outcome == .pastHorizon), "slashable or free, never both nor neither")
        }
    }

    @Test func `Of votes in two epochs, the earlier is the offence's: its stake is at fault`() {
        var fixture = Fixture()
        let old = fixture.set()
        #expect(fixture.restaker(1, .delegate(.native, 600, to: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        let evidence = Fixture.equivocation(by: 0, old, and: fixture.set(), results: (1, 1))
        #expect(fixture.apply(evidence, by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[0].epoch == Epoch(0))
        #expect(fixture.ledger.slashRecords[0].slashed == 20, "5 % of 400, not of 1,000")
    }

    @Test func `Votes in two revisions of one epoch are one epoch's offence`() {
        var fixture = Fixture()
        let first = fixture.set()
        #expect(fixture.apply(Fixture.equivocation(by: 3, first), by: Fixture.operatorKeys[1]) == .applied)
        let evidence = Fixture.equivocation(by: 0, first, and: fixture.set(), subject: 4)
        #expect(fixture.apply(evidence, by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[1].slashed == 20)
    }

    @Test func `A tombstoned operator loses its seats at once, in every AVS, for good`() {
        var fixture = Fixture()
        let before = fixture.set()
        #expect(fixture.apply(Fixture.equivocation(by: 2, before), by: Fixture.operatorKeys[1]) == .applied)
        for service in [0, 1] as [UInt32] {
            #expect(fixture.set(service).revision == Revision(1))
            #expect(fixture.set(service).total == 800)
            #expect(fixture.weights(service)[2] == nil)
        }
        #expect(fixture.ledger.operatorSets.contains(before), "what pins the old revision is still judged by it")
        #expect(fixture.apply(.optIn(ServiceID(0)), by: Fixture.operatorKeys[2]) == .tombstoned)
        #expect(fixture.apply(.optOut(ServiceID(0)), by: Fixture.operatorKeys[2]) == .tombstoned)
        #expect(fixture.restaker(1, .delegate(.native, 5, to: OperatorIndex(2))) == .tombstoned)
        fixture.open(epoch: 1)
        #expect(fixture.weights() == [0: 400, 1: 300, 3: 100])
        #expect(
            fixture.restaker(0, .undelegate(.native, 190, from: OperatorIndex(2))) == .applied, "its stake may leave")
    }

    @Test func `Stake activating for an operator that is tombstoned never counts, and can go`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(.native, 900, to: OperatorIndex(2))) == .applied)
        #expect(fixture.apply(Fixture.equivocation(by: 2, fixture.set(1)), by: Fixture.operatorKeys[1]) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.restaker(1, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.books.withdrawn == 1_000)
    }

    @Test func `After a slash of everything, the old holders have nothing and nothing divides by zero`() {
        var fixture = Fixture()
        #expect(fixture.apply(Fixture.equivocation(by: 3, fixture.set(1)), by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[0].slashed == 100)
        #expect(fixture.stake(3).active == SharePool(generation: 1))
        #expect(fixture.restaker(0, .undelegate(.native, 1, from: OperatorIndex(3))) == .insufficientStake)
        fixture.open(epoch: 1)
        // The pool itself, as another kind of slash would leave it: open to whoever comes.
        var stake = fixture.stake(3)
        stake.join(70, in: Epoch(1))
        stake.close(Epoch(1), isClosed: false)
        #expect(stake.active.assets == 70)
        #expect(stake.active.value(of: fixture.ledger.restakers[2].delegations[0].holding) == 0)
    }

    @Test func `Where a fee has taken stake that counted, a slash of everything takes what is left`() {
        var fixture = Fixture()
        let set = fixture.set(1)
        let one = Fixture.vote(Fixture.statement(set), by: Fixture.operatorKeys[0])
        var two = Fixture.vote(Fixture.statement(set, result: 2), by: Fixture.operatorKeys[1])
        two.signer = one.signer
        let bad = Instruction.submitEvidence(.equivocation(Equivocation(one, two)!))
        #expect(fixture.apply(bad, by: Fixture.operatorKeys[3]) == .badEvidence)
        #expect(fixture.apply(Fixture.equivocation(by: 3, set), by: Fixture.operatorKeys[1]) == .applied)
        #expect(fixture.ledger.slashRecords[0].slashed == 70)
        #expect(fixture.books.burned == 97, "the fee of 30, and all of the slash but the reward of 3")
    }

    @Test func `A slash is shared by pool and buckets, and what one of them does not carry the others do`() {
        var stake = OperatorStake()
        _ = stake.endow(106)
        for epoch in [1, 2] as [UInt64] {
            stake.leave(3)
            stake.close(Epoch(epoch), isClosed: false)
        }
        stake.loseActive(99)
        stake.slash(5, for: Epoch(1))
        // Of 7: each bucket's 2.14 rounded down leaves 1 for the pool, which carries it.
        #expect(stake.buckets.map(\.pool.assets) == [1, 1])
        #expect(stake.active.assets == 0)
        var empty = OperatorStake()
        _ = empty.endow(9)
        for epoch in 1...3 as ClosedRange<UInt64> {
            empty.leave(3)
            empty.close(Epoch(epoch), isClosed: false)
        }
        empty.slash(8, for: Epoch(1))
        #expect(empty.buckets.map(\.pool.assets) == [1, 0, 0], "what the empty pool does not carry, the latest do")
        #expect(empty.unbonding == 1)
    }
}
