import Primitives
import Testing

@testable import Restaking

@Suite struct SharePoolTests {
    /// As a holder takes an exact amount: the fewest shares, and those that would be worth nothing besides.
    private func take(_ amount: Units, from holding: inout PoolHolding, of pool: inout SharePool<Units>) -> Units {
        var shares = pool.shares(worth: amount)!
        if pool.value(ofShares: holding.shares - shares) == 0 { shares = holding.shares }
        holding.shares -= shares
        return pool.pay(amount, for: shares)
    }

    @Test func `Without losses a share is a lamport, and all of it comes out again`() {
        var pool = SharePool<Units>()
        var one = pool.join(7)!
        var other = pool.join(5)!
        #expect(take(7, from: &one, of: &pool) == 0)
        #expect(take(5, from: &other, of: &pool) == 0)
        #expect(pool == SharePool<Units>())
    }

    @Test func `A loss is shared, and rounding stays with the pool until nobody holds it`() {
        var pool = SharePool<Units>()
        var one = pool.join(10)!
        var other = pool.join(10)!
        _ = pool.lose(5)
        #expect(pool.value(of: one) == 7)
        #expect(take(7, from: &one, of: &pool) == 0)
        #expect(one.shares == 0, "what is left of it is worth nothing, and goes")
        #expect(pool.value(of: other) == 8)
        #expect(take(8, from: &other, of: &pool) == 0)
        #expect(pool.assets == 0)
    }

    @Test func `What rounding leaves to nobody is handed out as residue`() {
        var pool = SharePool<Units>(assets: 5, shares: 3)
        var holding = PoolHolding(shares: 3)
        #expect(pool.value(of: holding) == 3, "at the offset's price, which is the lower one after a gain")
        #expect(take(3, from: &holding, of: &pool) == 2)
        #expect(pool == SharePool<Units>())
    }

    @Test func `A pool emptied by a loss of everything starts anew and gives nothing to its old holders`() {
        var pool = SharePool<Units>()
        let old = pool.join(1_000)!
        _ = pool.lose(1_000)
        #expect(pool.value(of: old) == 0)
        let new = pool.join(600)!
        #expect(pool.value(of: new) == 600)
        #expect(pool.value(of: old) == 0)
        var both = old
        both.add(new, of: pool)
        #expect(both == new)
    }

    @Test func `The first holder cannot price the next one out of a share`() {
        // One share that has been made to be worth a billion: without the offset the next 999,999,999 buy nothing.
        var pool = SharePool<Units>(assets: 1_000_000_000, shares: 1)
        let first = PoolHolding(shares: 1)
        let victim = pool.join(999_999_999)!
        #expect(victim.shares == 1_000)
        #expect(pool.value(of: victim).number > 999_000_000, "loses less than a thousandth")
        #expect(pool.value(of: first).number < 2_000_000, "the attacker has lost nearly all of it to the offset")
    }

    @Test func `A thousand tiny deposits after a deep loss do not move the price`() {
        var pool = SharePool<Units>()
        let old = pool.join(1_000_000_000)!
        _ = pool.lose(999_999_000)
        #expect(pool.value(of: old) == 1_000)
        for _ in 0..<1_000 { _ = pool.join(1) }
        #expect(pool.value(of: old) == 1_000)
        #expect(pool.assets == 2_000)
    }

    @Test func `What does not fit 64 bits is refused, never a trap`() {
        var pool = SharePool<Units>()
        #expect(pool.join(Units(UInt64.max)) == nil)
        #expect(pool.join(Units(PoolLimit.number))?.shares == PoolLimit.number)
        #expect(pool.join(1) == nil)
        var deep = SharePool<Units>(assets: 1, shares: 1 << 60)
        #expect(deep.join(Units(1 << 10)) == nil)
        #expect(SharePool<Units>().value(of: PoolHolding(shares: 0)) == 0)
    }
}
