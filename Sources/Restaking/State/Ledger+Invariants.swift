import Messages
import Primitives

/// What is off in the books.
package struct InvariantViolation: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension Ledger {
    /// Where all there is of each asset is, after the last instruction.
    package var books: [Books] {
        vaults.indices.map { vaults[$0].books(AssetID($0), sequence: sequence) }
    }

    /// What must hold after every instruction. Looks at every asset, at no operator and no restaker.
    package func checkBooks() throws(InvariantViolation) {
        for place in vaults.indices {
            let page = vaults[place].books(AssetID(place), sequence: sequence)
            let units = page.parts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
            try require(
                units == UInt128(page.entered.number),
                "conservation of asset \(place): entered \(page.entered.number), found \(units)")
            let shares = page.shareParts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
            try require(
                shares == UInt128(page.shares.number),
                "the vault of asset \(place) has \(page.shares.number) shares, held are \(shares)")
        }
    }

    /// What must hold when an epoch opens, operator by operator and AVS by AVS.
    package func checkFullBooks() throws(InvariantViolation) {
        try checkBooks()
        for (asset, pools) in stakes.enumerated() {
            var (delegated, unbonding) = (VaultShares.zero, VaultShares.zero)
            for (signer, stake) in pools.enumerated() {
                delegated += stake.delegated
                unbonding += stake.unbonding
                let pool = stake.active
                try require(
                    (pool.assets == .zero) == (pool.shares == 0) && pool.assets.number <= pool.shares,
                    "operator \(signer), asset \(asset): \(pool.assets.number) in the pool for \(pool.shares) shares")
            }
            try require(
                delegated == vaults[asset].delegated && unbonding == vaults[asset].unbonding,
                "asset \(asset): the operators' stakes do not add up")
        }
        let budgets = services.reduce(Lamports.zero) { $0 + $1.budget }
        try require(budgets.number == vaults[0].budgets.number, "the AVSs' budgets do not add up")
        let bonds = disputeBook.open.reduce(Units.zero) { $0 + $1.bond }
        try require(bonds == vaults[0].bonds, "the disputes' bonds do not add up")
    }

    /// A breach is this program's own mistake: going on would pay out what is not there.
    func requireBooks() {
        do { try checkBooks() } catch { preconditionFailure("instruction \(sequence): \(error)") }
    }

    func requireFullBooks() {
        do { try checkFullBooks() } catch { preconditionFailure("instruction \(sequence): \(error)") }
    }

    /// Everything, restaker by restaker: slow, for tests.
    package func checkEverything() throws(InvariantViolation) {
        try checkFullBooks()
        try checkRestakers()
        for asset in stakes.indices {
            for signer in stakes[asset].indices { try checkStake(asset, signer) }
            let earned = accounts.reduce(Units.zero) { $0 + $1.earned(AssetID(asset)) }
            let pots = asset == 0 ? stakes.joined().reduce(Lamports.zero) { $0 + $1.pot } : .zero
            try require(
                earned.number + pots.number == vaults[asset].earned.number,
                "asset \(asset): what is earned does not add up to \(vaults[asset].earned.number)")
        }
        try require(archive.isConsistent, "the operator sets' look-up is not their list")
        for set in archive.sets.compactMap(\.last) {
            for member in set.members where operators[Int(member.signer.number)].isTombstoned {
                throw InvariantViolation(description: "tombstoned operator \(member.signer) in service \(set.service)")
            }
        }
        let keys = settlementBook.epochs.flatMap(\.keys)
        try require(
            keys.count == settlementBook.entries.count && keys.allSatisfy { settlementBook.entry(for: $0) != nil },
            "the settlements' look-up is not their list")
        if parameters.allocation == .unique { try checkParts() }
    }

    private func checkParts() throws(InvariantViolation) {
        for (place, record) in operators.enumerated() {
            for asset in vaults.indices {
                let sum = services.indices.reduce(UInt64(0)) {
                    $0 + record.magnitude(for: ServiceID(UInt32($1)), AssetID(asset), in: epoch).number
                }
                try require(sum <= Magnitude.whole.number, "operator \(place) has allocated \(sum) parts of 1e18")
            }
        }
    }

    private func checkRestakers() throws(InvariantViolation) {
        for asset in vaults.indices {
            let idle = restakers.reduce(VaultShares.zero) { $0 + $1.idle(AssetID(asset)) }
            try require(
                idle == vaults[asset].idle,
                "asset \(asset): restakers have \(idle.number) idle, the vault \(vaults[asset].idle.number)")
        }
        for (place, account) in restakers.enumerated() {
            for (one, next) in zip(account.delegations, account.delegations.dropFirst()) {
                try require(
                    (one.asset, one.signer) < (next.asset, next.signer), "restaker \(place): delegations out of order")
            }
            for (one, next) in zip(account.claims, account.claims.dropFirst()) {
                try require(
                    (one.epoch, one.asset, one.signer) < (next.epoch, next.asset, next.signer),
                    "restaker \(place): claims out of order")
            }
        }
    }

    /// Everything that restakers hold of one operator's pools is all there is in them.
    private func checkStake(_ asset: Int, _ signer: Int) throws(InvariantViolation) {
        let name = "operator \(signer), asset \(asset)"
        let index = OperatorIndex(UInt32(signer))
        let stake = stakes[asset][signer]
        let records = restakers.compactMap { account in
            account.place(of: AssetID(asset), index).map { account.delegations[$0] }
        }
        let claims = restakers.flatMap(\.claims).filter { $0.signer == index && $0.asset.place == asset }
        let leaving = held(claims.filter { $0.epoch == epoch }.map(\.holding), of: stake.active)
        try require(leaving == stake.leaving, "\(name): \(leaving) shares leave, not \(stake.leaving)")

        var shares = leaving + held(records.map(\.holding), of: stake.active)
        var activating = VaultShares.zero
        for batch in stake.joins {
            let joined = records.compactMap(\.joining).filter { $0.epoch == batch.epoch }
            try require(
                joined.reduce(.zero) { $0 + $1.amount } == batch.amount,
                "\(name): joins of epoch \(batch.epoch) are not \(batch.amount.number)")
            if case .merged(let holding, _) = batch.state {
                shares += held([holding], of: stake.active)
            } else {
                activating += batch.amount
            }
        }
        try require(shares == stake.active.shares, "\(name): \(shares) of \(stake.active.shares) shares held")
        try require(
            activating == stake.activating, "\(name): \(activating.number) activating, not \(stake.activating.number)")
        var unbonding = VaultShares.zero
        for bucket in stake.buckets {
            let holdings = claims.filter { $0.epoch == bucket.epoch }.map(\.holding)
            let shares = held(holdings, of: bucket.pool)
            try require(
                shares == bucket.pool.shares, "\(name): bucket \(bucket.epoch) has \(shares) shares held")
            let value = holdings.reduce(VaultShares.zero) { $0 + bucket.pool.value(of: $1) }
            try require(value <= bucket.pool.assets, "\(name): bucket \(bucket.epoch) owes \(value.number)")
            unbonding += bucket.pool.assets
        }
        try require(
            unbonding == stake.unbonding, "\(name): \(unbonding.number) unbonding, not \(stake.unbonding.number)")
    }

    private func held(_ holdings: [PoolHolding], of pool: SharePool<VaultShares>) -> UInt64 {
        holdings.reduce(0) { $0 + ($1.generation == pool.generation ? $1.shares : 0) }
    }

    private func require(
        _ condition: Bool, _ message: @autoclosure () -> String
    ) throws(InvariantViolation) {
        if !condition { throw InvariantViolation(description: message()) }
    }
}
