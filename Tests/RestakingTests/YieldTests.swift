import Messages
import Primitives
import Testing

@testable import Restaking

/// What AVSs pay and what points there are: to whom, how much, and when.
@Suite struct YieldTests {
    typealias Fixture = LedgerFixture

    private static func paying(
        perTask: UInt64 = 0, perEpoch: UInt64 = 0, budget: UInt64 = 100_000,
        _ change: (inout Genesis) -> Void = { _ in }
    ) -> Fixture {
        Fixture.wide {
            $0.services[1].reward = RewardTerms(
                perTask: Lamports(perTask), perEpoch: Lamports(perEpoch), budget: Lamports(budget))
            change(&$0)
        }
    }

    private static func unclaimed(_ fixture: Fixture, _ restaker: UInt32) -> Lamports {
        fixture.ledger.unclaimed(by: RestakerIndex(restaker)).lamports
    }

    @Test func `A fee for each task is split by weight among those who took part`() {
        var fixture = Self.paying(perTask: 1_000)
        // 400, 300, 200 and 100 in AVS 1; operator 1 misses the second task of two.
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        fixture.settleTasks(1..<2, of: 1, by: [0, 2, 3])
        #expect(fixture.earned(by: Fixture.restakerKeys[0]) == 0)
        fixture.open(epoch: 1)
        // 2,000 over 800, 300, 400 and 200 of 1,700: 941, 352, 470 and 235; the last is half r-1's, half op-4's.
        // Of each part a pool keeps back less than a lamport, and so does each claim.
        let claimed = Self.unclaimed(fixture, 0).number
        #expect((1_876...1_880).contains(claimed))
        #expect(Self.unclaimed(fixture, 2) == 117)
        let budget = fixture.ledger.services[1].budget.number
        #expect((98_002...98_006).contains(budget), "what rounding leaves stays there")
        #expect(fixture.restaker(0, .claimRewards) == .applied)
        #expect(fixture.books.withdrawn.number == claimed)
        #expect(fixture.restaker(0, .claimRewards) == .nothingEarned)
        #expect(fixture.restaker(1, .claimRewards) == .nothingEarned)
    }

    @Test func `A fee for the epoch is paid where a task was settled in it, as far as the budget goes`() {
        var fixture = Self.paying(perEpoch: 600, budget: 1_000)
        fixture.open(epoch: 1)
        #expect(fixture.ledger.services[1].budget == 1_000)
        for epoch in 1..<3 as Range<UInt64> {
            fixture.settleTasks(epoch * 10..<epoch * 10 + 1, of: 1, by: [0, 1, 2, 3])
            fixture.open(epoch: epoch + 1)
        }
        #expect(fixture.ledger.services[1].budget.number <= 8, "600, then the 400 that were left")
        #expect(fixture.apply(.fund(ServiceID(1), 5_000), by: Fixture.coordinatorKeys[1]) == .applied)
        #expect(fixture.books.budgets.number >= 5_000)
    }

    @Test func `Commission comes first, rounded up, then the restakers pro rata`() {
        var fixture = Self.paying(perTask: 1_001) { $0.signers[1].commission = BasisPoints(1_000)! }
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        // 300.3 of 1,001: 300, of which 30 are the operator's.
        #expect(fixture.earned(by: Fixture.operatorKeys[1]) == 30)
        #expect((918...920).contains(Self.unclaimed(fixture, 0).number), "400, 270, 200 and 50")
    }

    @Test func `An epoch's rewards go to the stake that counted in it: who leaves has them, who joins has not`() {
        var fixture = Self.paying(perTask: 1_000)
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        #expect(fixture.restaker(1, .delegate(.native, 400, to: OperatorIndex(0))) == .applied)
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        #expect(Self.unclaimed(fixture, 0) == 950)
        #expect(Self.unclaimed(fixture, 1) == 0)
        fixture.settleTasks(10..<11, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 2)
        #expect(Self.unclaimed(fixture, 0) == 1_500)
        #expect(Self.unclaimed(fixture, 1) == 400)
        fixture.open(epoch: 4)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .applied)
        #expect(fixture.restaker(0, .claimRewards) == .applied)
        #expect(fixture.books.withdrawn == 1_900)
    }

    @Test func `An epoch pays for the certificates that are settled in it, whatever epoch they are of`() {
        var fixture = Self.paying(perTask: 1_000)
        let set = fixture.set(1)
        fixture.open(epoch: 1)
        #expect(fixture.ledger.services[1].budget == 100_000)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        fixture.open(epoch: 2)
        // 400 and 300 of 700, and what rounding leaves.
        #expect((99_000...99_002).contains(fixture.ledger.services[1].budget.number))
        #expect(
            (996...1_000).contains(Self.unclaimed(fixture, 0).number),
            "rounded down for each operator, pool and claim")
    }

    @Test func `What an LST grows by is in its rate alone: nothing is booked, and a share is the same units`() {
        var fixture = Fixture.wide { $0.signers[0].commission = BasisPoints(5_000)! }
        let before = fixture.books(of: Fixture.mSOL)
        #expect(
            fixture.apply(.updateRate(Fixture.mSOL, ExchangeRate(1_262_500_000)!), by: Fixture.rateKey) == .applied)
        fixture.open(epoch: 1)
        var after = fixture.books(of: Fixture.mSOL)
        after.sequence = before.sequence
        #expect(after == before)
        #expect(fixture.ledger.vaults[1].value == 2_272, "1,800 units, before 2,250")
        #expect(fixture.earned(by: Fixture.operatorKeys[0], of: Fixture.mSOL) == 0)
    }

    @Test func `A claim is the same however long it is put off`() {
        var patient = Self.paying(perTask: 997)
        var eager = Self.paying(perTask: 997)
        for epoch in 0..<6 as Range<UInt64> {
            patient.settleTasks(epoch * 10..<epoch * 10 + 3, of: 1, by: [0, 1, 3])
            eager.settleTasks(epoch * 10..<epoch * 10 + 3, of: 1, by: [0, 1, 3])
            patient.open(epoch: epoch + 1)
            eager.open(epoch: epoch + 1)
            #expect(eager.restaker(2, .claimRewards) == .applied)
        }
        #expect(patient.restaker(2, .claimRewards) == .applied)
        let difference = patient.books.withdrawn.number - eager.books.withdrawn.number
        #expect(difference <= 6, "each claim is rounded down")
    }

    @Test func `A pot covers what is claimed at once of many rewards, though each was rounded by itself`() {
        var stake = OperatorStake()
        let holding = stake.endow(3)!
        let mark = stake.rewards
        var paid = UInt64(0)
        for _ in 0..<7 { paid += stake.pay(1).number }
        #expect(paid == 7, "a third of a lamport for each share, and a little less")
        #expect(stake.takeRewards(of: holding, since: mark).lamports == 6)
        #expect(stake.pot == 1)
    }

    @Test func `Who is tombstoned forfeits the epoch's rewards, and they go to the others who took part`() {
        var fixture = Self.paying(perTask: 1_000)
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        #expect(fixture.signer(1, Fixture.equivocation(by: 0, fixture.set(0))) == .applied)
        fixture.open(epoch: 1)
        #expect((912...916).contains(Self.unclaimed(fixture, 0).number), "500, 333 and 83 of 1,000")
    }

    @Test func `What was earned before a slash of everything can still be claimed`() {
        var fixture = Self.paying(perTask: 1_000)
        fixture.settleTasks(0..<1, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        let before = Self.unclaimed(fixture, 0)
        #expect(fixture.signer(1, Fixture.equivocation(by: 0, fixture.set(1))) == .applied)
        #expect(fixture.stake(0).active.assets == 0)
        #expect(Self.unclaimed(fixture, 0) == before)
        fixture.open(epoch: 2)
        #expect(fixture.restaker(0, .claimRewards) == .applied)
        #expect(fixture.books.withdrawn.number == before.number)
    }

    @Test func `An operator's reward is split over its vaults by what each contributes`() {
        var fixture = Fixture.wide {
            $0.services[0].reward = RewardTerms(perTask: 12_250, budget: 100_000)
            $0.restakers[0].delegations.removeLast()
            $0.restakers[1].delegations.append(
                Genesis.Delegation(asset: Fixture.mSOL, signer: OperatorIndex(0), amount: 400))
        }
        // Operator 0 weighs 625 of 1,225: 400 of SOL are restaker 0's, 225 of mSOL restaker 1's.
        fixture.settleTasks(0..<1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        #expect(Self.unclaimed(fixture, 1) == 2_250)
        #expect(Self.unclaimed(fixture, 0) == 9_500)
    }

    @Test func `Points: three for a lamport of native stake, two for one of mSOL, each epoch that it counts`() {
        var fixture = Fixture.wide { $0.signers[1].commission = BasisPoints(1_000)! }
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 2)
        // Restaker 0: two epochs of 400 + 200 + 50 native, 300 less the commission, 500 of mSOL.
        let points = fixture.ledger.unclaimed(by: RestakerIndex(0)).points
        // 2 x (650 x 3 + 900 - 90 + 500 x 2), less what rounding keeps.
        #expect((7_518...7_520).contains(points), "\(points)")
        #expect(fixture.ledger.unclaimed(by: RestakerIndex(1)).points == 300, "one epoch of 100")
        #expect(fixture.ledger.accounts[2].points == 180)
    }

    @Test func `A budget is funded by anyone, with something, for an AVS that is alive`() {
        var fixture = Self.paying()
        #expect(fixture.restaker(1, .fund(ServiceID(1), 0)) == .zeroAmount)
        #expect(fixture.restaker(1, .fund(ServiceID(2), 5)) == .unknownService)
        #expect(fixture.restaker(1, .fund(ServiceID(1), Lamports(.max))) == .amountTooLarge)
        #expect(fixture.restaker(1, .fund(ServiceID(1), 5)) == .applied)
        #expect(fixture.books.idle == 1_000, "it is not its stake that pays")
        #expect(fixture.decide(.markDefunct(ServiceID(1))) == .applied)
        #expect(fixture.restaker(1, .fund(ServiceID(1), 5)) == .defunct)
    }

    @Test func `Rewards of several epochs can be claimed at once, with what their fractions add up to`() {
        // All 300 shares of operator 1 are restaker 0's: of each 100, each earns a third of a lamport less a little.
        var fixture = Self.paying(perTask: 100) { $0.services[1].threshold = Fraction(1, over: 10)! }
        for epoch in 0..<3 as Range<UInt64> {
            fixture.settleTasks(epoch * 10..<epoch * 10 + 1, of: 1, by: [1])
            fixture.open(epoch: epoch + 1)
        }
        #expect(fixture.restaker(0, .claimRewards) == .applied)
        #expect(fixture.books.withdrawn == 299)
        #expect(fixture.books.earned == 1, "what no share got of them")
    }
}
