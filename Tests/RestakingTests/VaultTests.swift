import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Staking: several assets, each with its vault, its rate and its caps.
@Suite struct VaultTests {
    typealias Fixture = LedgerFixture

    @Test func `A weight is a product over the vaults, rounded down factor by factor`() {
        var fixture = Fixture.wide()
        // 400 SOL and 400 units of mSOL: at 1.25 they are 500, with the haircut 450, of which AVS 0 counts half.
        #expect(fixture.weights(0)[0] == 625)
        #expect(fixture.weights(1)[0] == 400, "AVS 1 counts no mSOL")
        // 401 units are 501.25, 501, 450.9, 450, 225.
        #expect(fixture.restaker(0, .delegate(Fixture.mSOL, 1, to: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[0] == 625)
        // 403 are 503.75, 503, 452.7, 452, 226.
        #expect(fixture.restaker(0, .delegate(Fixture.mSOL, 2, to: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 2)
        #expect(fixture.weights(0)[0] == 626)
    }

    @Test func `Assets are told apart: each leaves as it came`() {
        var fixture = Fixture.wide()
        #expect(fixture.restaker(1, .withdraw(Fixture.mSOL, 300)) == .applied)
        #expect(fixture.books(of: Fixture.mSOL).withdrawn == 300)
        #expect(fixture.books.withdrawn == 0)
        #expect(fixture.restaker(1, .withdraw(Fixture.mSOL, 5_000)) == .applied)
        #expect(fixture.books(of: Fixture.mSOL).withdrawn == 1_000)
        #expect(fixture.restaker(1, .withdraw(Fixture.mSOL, 1)) == .insufficientStake)
        #expect(fixture.books.idle == 1_000)
    }

    @Test func `A rate moves once an epoch and within its bound; weights follow at the next epoch`() {
        var fixture = Fixture.wide()
        let up = ExchangeRate(1_262_500_000)!
        #expect(fixture.apply(.updateRate(Fixture.mSOL, up), by: Fixture.rateKey) == .applied)
        #expect(fixture.weights(0)[0] == 625)
        #expect(fixture.apply(.updateRate(Fixture.mSOL, up), by: Fixture.rateKey) == .rateAlreadyTold)
        fixture.open(epoch: 1)
        // 400 units are 505 now, 454.5, 227.
        #expect(fixture.weights(0)[0] == 627)
    }

    @Test func `A jump of the rate is refused, and pauses deposits until the council decides`() {
        var fixture = Fixture.wide()
        let depegged = ExchangeRate(1_000_000_000)!
        #expect(fixture.apply(.updateRate(Fixture.mSOL, depegged), by: Fixture.rateKey) == .rateJump)
        #expect(fixture.ledger.vaults[1].rate == ExchangeRate(1_250_000_000)!)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 10)) == .assetClosed)
        #expect(fixture.restaker(1, .withdraw(Fixture.mSOL, 10)) == .applied, "what is there can leave")
        #expect(fixture.restaker(1, .delegate(Fixture.mSOL, 10, to: OperatorIndex(1))) == .applied)
        #expect(fixture.decide(.setRate(Fixture.mSOL, depegged)) == .applied)
        #expect(fixture.decide(.setStatus(Fixture.mSOL, .active)) == .applied)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 10)) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[0] == 580)
    }

    /// Of a rate of 1.25, one percent is 0.0125.
    @Test(
        arguments: [
            (1_262_500_000, .applied), (1_262_500_001, .rateJump), (1_237_500_000, .applied),
            (1_237_499_999, .rateJump),
        ] as [(UInt64, Outcome)])
    func `The bound itself is within it`(_ rate: UInt64, _ outcome: Outcome) {
        var fixture = Fixture.wide()
        #expect(fixture.apply(.updateRate(Fixture.mSOL, ExchangeRate(rate)!), by: Fixture.rateKey) == outcome)
    }

    @Test func `A vault's cap is in lamports, at the present rate`() {
        // 1,800 units are worth 2,250.
        var fixture = Fixture.wide { $0.assets[1].depositCap = 2_260 }
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 9)) == .capExceeded)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 8)) == .applied)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 1)) == .capExceeded)
    }

    @Test func `A retired asset counts for nothing from the next epoch, and leaves as usual`() {
        var fixture = Fixture.wide()
        #expect(fixture.decide(.setStatus(Fixture.mSOL, .retired)) == .applied)
        #expect(fixture.weights(0)[0] == 625)
        #expect(fixture.restaker(1, .deposit(Fixture.mSOL, 9)) == .assetClosed)
        #expect(fixture.restaker(1, .delegate(Fixture.mSOL, 9, to: OperatorIndex(0))) == .assetClosed)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[0] == 400)
        #expect(fixture.restaker(0, .undelegate(Fixture.mSOL, 400, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.restaker(0, .withdraw(Fixture.mSOL, 800)) == .applied)
        #expect(fixture.books(of: Fixture.mSOL).withdrawn == 800)
    }

    @Test func `The first depositor cannot price the next one out of a share, though the vault has yielded`() {
        // One unit deposited, then a yield of a million: as a donation would be.
        var vault = Vault(.native(authority: Fixture.rateKey.publicKey), since: Epoch(0))
        let first = vault.deposit(1)!
        vault.book(yield: 1_000_000, fee: 0)
        let second = vault.deposit(1_000_000)!
        #expect(second.number == 999, "without the offset the million would buy 0 or 1")
        #expect(vault.units(of: first).number < 1_010)
        #expect(vault.units(of: second).number > 998_000)
    }

    @Test func `What would buy no share is refused, and nothing is lost`() {
        var fixture = Fixture.wide { genesis in
            genesis.restakers = [
                Genesis.Restaker(name: "r-1", key: Fixture.restakerKeys[0].publicKey, deposit: 10, delegations: [])
            ]
            genesis.nativePool.validators = [
                BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole))
            ]
            genesis.parameters.protocolFee = .zero
        }
        fixture.open(epoch: 14)
        // 10 have become 163,840; a share is worth (163,840 + 1,000) / (10 + 1,000) = 163.
        #expect(fixture.books.vault == 163_840)
        #expect(fixture.restaker(0, .deposit(.native, 163)) == .dust)
        #expect(fixture.restaker(0, .deposit(.native, 164)) == .applied)
        #expect(fixture.books.idle == 11)
    }

    @Test func `Rounding is always in the vault's favour, whoever comes and goes`() {
        var vault = Vault(.native(authority: Fixture.rateKey.publicKey), since: Epoch(0))
        let holder = vault.deposit(1_000_003)!
        vault.book(yield: 70_001, fee: 4_901)
        var random = SeededRandom(seed: 7, purpose: "vault")
        var price = vault.units(of: VaultShares(1 << 40))
        for _ in 0..<2_000 {
            let amount = Units(1 + random.next() % 500)
            guard let shares = vault.deposit(amount) else { continue }
            let worth = vault.units(of: shares)
            #expect(worth <= amount)
            if worth > .zero { vault.withdraw(worth, for: shares) } else { vault.withdraw(0, for: shares) }
            let now = vault.units(of: VaultShares(1 << 40))
            #expect(now >= price, "a share is never worth less than before")
            price = now
        }
        #expect(vault.units(of: holder) > 1_065_000)
    }
}
