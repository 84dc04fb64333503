import Messages
import Primitives
import Testing

@testable import Restaking

/// How the native pool is spread over base validators, and what it yields.
@Suite struct NativePoolTests {
    typealias Fixture = LedgerFixture

    private static func validator(
        _ name: String, percent: UInt64, commission: UInt64 = 0, limit: UInt64 = .max
    ) -> BaseValidatorTerms {
        BaseValidatorTerms(
            name: name, yield: BaseYield(staking: percent * BaseYield.whole / 100),
            commission: BasisPoints(commission)!, stakeLimit: Lamports(limit))
    }

    private static func terms(
        _ validators: [BaseValidatorTerms], concentration: UInt64 = 10_000, movable: UInt64 = 2_500,
        horizon: UInt64 = 10
    ) -> NativePoolTerms {
        NativePoolTerms(
            validators: validators, concentration: BasisPoints(concentration)!, movable: BasisPoints(movable)!,
            horizon: horizon)
    }

    @Test func `What is staked first goes where it earns most, under the limits`() {
        var pool = NativePool(
            Self.terms(
                [
                    Self.validator("a", percent: 3), Self.validator("b", percent: 5, limit: 300),
                    Self.validator("c", percent: 5, commission: 1_000),
                ], concentration: 5_000))
        let moves = pool.open(balance: 1_000)
        // b nets 5 %, up to its limit; c 4.5 %, up to half of the pool; a the rest.
        #expect(pool.validators.map(\.stake) == [200, 300, 500])
        #expect(moves.allSatisfy { $0.from == nil })
        #expect(pool.close(balance: 1_000) == 43)
    }

    @Test func `MEV is passed on as its share says, staking yield less the commission`() {
        var terms = Self.validator("a", percent: 10, commission: 500)
        terms.yield.mev = BaseYield.whole / 100
        terms.mevShare = BasisPoints(8_000)!
        var pool = NativePool(Self.terms([terms]))
        _ = pool.open(balance: 10_000)
        #expect(pool.close(balance: 10_000) == 1_030)
    }

    @Test func `At most a quarter of the pool moves in an epoch, and earns nothing in it`() {
        var pool = NativePool(Self.terms([Self.validator("a", percent: 4), Self.validator("b", percent: 3)]))
        _ = pool.open(balance: 1_000)
        #expect(pool.validators.map(\.stake) == [1_000, 0])
        #expect(pool.close(balance: 1_000) == 40)
        pool.setYield(BaseYield(staking: BaseYield.whole / 100), of: ValidatorIndex(0 as UInt32))
        let moves = pool.open(balance: 1_000)
        #expect(
            moves == [PoolMove(from: ValidatorIndex(0 as UInt32), to: ValidatorIndex(1 as UInt32), amount: 250)])
        #expect(pool.close(balance: 1_000) == 7, "750 at 1 %; the 250 lose their epoch")
        _ = pool.open(balance: 1_000)
        #expect(pool.validators.map(\.stake) == [500, 500])
        #expect(pool.close(balance: 1_000) == 12, "250 have arrived and earn 3 %, 250 are on the way")
    }

    @Test func `Nothing moves unless the gain within the horizon outweighs the lost epoch`() {
        // Staying earns 10 x 27; moving 9 x 30: no more.
        for (better, moves) in [(30, 0), (31, 1)] as [(UInt64, Int)] {
            var pool = NativePool(
                Self.terms([Self.validator("a", percent: 27), Self.validator("b", percent: 0)], horizon: 10))
            _ = pool.open(balance: 1_000)
            pool.setYield(
                BaseYield(staking: better * BaseYield.whole / 100), of: ValidatorIndex(1 as UInt32))
            #expect(pool.open(balance: 1_000).count == moves)
        }
        var still = NativePool(
            Self.terms([Self.validator("a", percent: 0), Self.validator("b", percent: 50)], horizon: 0))
        _ = still.open(balance: 1_000)
        still.setYield(BaseYield(staking: BaseYield.whole), of: ValidatorIndex(0 as UInt32))
        #expect(still.open(balance: 1_000).isEmpty, "a horizon of 0: hold still")
    }

    @Test func `What is withdrawn is taken where it earns least`() {
        var pool = NativePool(
            Self.terms([Self.validator("a", percent: 2), Self.validator("b", percent: 3)], concentration: 6_000))
        _ = pool.open(balance: 1_000)
        #expect(pool.validators.map(\.stake) == [400, 600])
        _ = pool.close(balance: 500)
        #expect(pool.validators.map(\.stake) == [0, 500])
    }

    @Test func `Of the yield the protocol takes its fee, rounded up, and the vault's shares are worth the rest`() {
        var fixture = Fixture.wide {
            $0.nativePool = Self.terms([Self.validator("a", percent: 5)])
            $0.signers[0].commission = .zero
        }
        fixture.open(epoch: 1)
        // 2,000 yield 100; 7 % of it is the protocol's.
        #expect(fixture.books.entered == 2_100)
        #expect(fixture.books.fees == 7)
        #expect(fixture.books.vault == 2_093)
        #expect(fixture.books.shares == 2_000)
        // 400 shares at (2,093 + 1,000) / (2,000 + 1,000).
        #expect(fixture.weights(1)[0] == 412)
        #expect(fixture.restaker(1, .withdraw(.native, .init(.max))) == .applied)
        #expect(fixture.books.withdrawn == 1_031)
    }

    @Test func `An operator's commission is taken from its own pool, so that nobody else pays it`() {
        var fixture = Fixture.wide {
            for restaker in $0.restakers.indices { $0.restakers[restaker].deposits[0].amount = 1_000_000 }
            for place in 0..<3 { $0.restakers[0].delegations[place].amount = 300_000 }
            $0.nativePool = Self.terms([Self.validator("a", percent: 10)])
            $0.signers[0].commission = BasisPoints(5_000)!
        }
        let before = fixture.stake(1).active.assets
        fixture.open(epoch: 1)
        // 3,000,000 yield 300,000, less 21,000. A tenth of the shares is operator 0's: half of 27,900 is its commission.
        let taken = VaultShares(300_000) - fixture.stake(0).active.assets
        #expect(fixture.stake(1).active.assets == before)
        let commission = fixture.earned(by: Fixture.operatorKeys[0])
        #expect((13_940...13_950).contains(commission.number), "\(commission.number)")
        #expect(taken.number == 12_764, "at a price of 1.0929")
        #expect(fixture.apply(.claimRewards, by: Fixture.operatorKeys[0]) == .applied)
        #expect(fixture.books.withdrawn == commission)
    }

    @Test func `A yield is told by the authority of native SOL, of a validator that there is`() {
        var fixture = Fixture.wide { $0.nativePool = Self.terms([Self.validator("a", percent: 5)]) }
        let first = ValidatorIndex(0 as UInt32)
        #expect(fixture.restaker(0, .updateYield(first, BaseYield(staking: 0))) == .notAuthorized)
        #expect(
            fixture.apply(.updateYield(ValidatorIndex(1 as UInt32), BaseYield(staking: 0)), by: Fixture.rateKey)
                == .unknownValidator)
        #expect(fixture.apply(.updateYield(first, BaseYield(staking: 0)), by: Fixture.rateKey) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.books.entered == 2_000)
    }

    @Test func `Over a year of epochs the yield compounds to the closed form, less what rounding keeps`() {
        var fixture = Fixture.wide {
            $0.restakers[1].deposits[0].amount = 1_000_000_000_000
            $0.nativePool = Self.terms([Self.validator("a", percent: 0)])
            $0.nativePool.validators[0].yield.staking = 381_000_000  // 0.0381 % in two days
            $0.parameters.protocolFee = .zero
        }
        let start = Double(fixture.books.vault.number)
        fixture.open(epoch: 182)
        var closed = start
        for _ in 0..<182 { closed *= 1.000381 }
        let found = Double(fixture.books.vault.number)
        #expect(found <= closed && found > closed - 200, "\(closed - found)")
    }

    @Test(arguments: [(1, true), (100, false)] as [(UInt64, Bool)])
    func `What the books cannot carry is not yielded, however much it is`(_ percent: UInt64, isBooked: Bool) {
        var fixture = Fixture.wide {
            $0.restakers[1].deposits[0].amount = Units(6 << 60)
            $0.nativePool = Self.terms([Self.validator("a", percent: percent)])
            $0.nativePool.validators[0].yield.mev = percent / 100 * BaseYield.whole
        }
        let before = fixture.books.entered
        fixture.open(epoch: 1)
        #expect((fixture.books.entered > before) == isBooked)
    }
}
