import Messages
import Primitives

/// What is off in the books.
package struct InvariantViolation: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

extension Ledger {
    /// Where every lamport is after the last instruction.
    package var books: Books {
        var delegated = Lamports.zero
        var unbonding = Lamports.zero
        for stake in stakes {
            delegated += stake.active.assets + stake.activating
            unbonding += stake.unbonding
        }
        return Books(
            sequence: sequence, entered: vault.entered, idle: vault.idle, delegated: delegated, unbonding: unbonding,
            burned: vault.burned, rewarded: vault.rewarded, withdrawn: vault.withdrawn, residue: vault.residue)
    }

    /// What must hold after every instruction. Looks at every operator, at no restaker.
    package func checkInvariants() throws(InvariantViolation) {
        let books = books
        let parts = [
            books.idle, books.delegated, books.unbonding, books.burned, books.rewarded, books.withdrawn, books.residue,
        ]
        let sum = parts.reduce(UInt128(0)) { $0 + UInt128($1.number) }
        try require(
            sum == UInt128(books.entered.number), "conservation: entered \(books.entered), found \(sum) lamports")
        for (place, stake) in stakes.enumerated() {
            let pool = stake.active
            try require(
                (pool.assets == .zero) == (pool.shares == 0),
                "operator \(place): \(pool.assets) in the pool for \(pool.shares) shares")
        }
    }

    /// A breach is this program's own mistake: going on would pay out what is not there.
    func requireInvariants() {
        do { try checkInvariants() } catch { preconditionFailure("instruction \(sequence): \(error)") }
    }

    /// Everything, restaker by restaker: slow, for tests.
    package func checkEverything() throws(InvariantViolation) {
        try checkInvariants()
        try checkRestakers()
        for place in stakes.indices { try checkStake(place) }
        try require(
            accounts.reduce(.zero) { $0 + $1.reward } == vault.rewarded,
            "the rewards do not add up to \(vault.rewarded)")
        try require(archive.isConsistent, "the operator sets' look-up is not their list")
        try require(
            archive.sets.allSatisfy { $0.last?.epoch == epoch }, "an AVS has no operator set of epoch \(epoch)")
        for set in archive.sets.compactMap(\.last) {
            for member in set.members where operators[Int(member.signer.number)].isTombstoned {
                throw InvariantViolation(description: "tombstoned operator \(member.signer) in service \(set.service)")
            }
        }
        let keys = settlementBook.epochs.flatMap(\.keys)
        try require(
            keys.count == settlementBook.settlements.count
                && keys.allSatisfy { settlementBook.settlement(for: $0) != nil },
            "the settlements' look-up is not their list")
    }

    private func checkRestakers() throws(InvariantViolation) {
        let idle = restakers.reduce(Lamports.zero) { $0 + $1.idle }
        try require(idle == vault.idle, "restakers have \(idle) idle, the vault \(vault.idle)")
        for (place, account) in restakers.enumerated() {
            let signers = account.delegations.map(\.signer)
            try require(signers == Set(signers).sorted(), "restaker \(place): delegations out of order")
            for (one, next) in zip(account.claims, account.claims.dropFirst()) {
                try require(
                    (one.epoch, one.signer) < (next.epoch, next.signer), "restaker \(place): claims out of order")
            }
        }
    }

    /// Everything that restakers hold of one operator's pools is all there is in them.
    private func checkStake(_ place: Int) throws(InvariantViolation) {
        let index = OperatorIndex(UInt32(place))
        let stake = stakes[place]
        let records = restakers.compactMap { account in account.place(of: index).map { account.delegations[$0] } }
        let claims = restakers.flatMap(\.claims).filter { $0.signer == index }

        var shares = held(records.map(\.holding), of: stake.active)
        var activating = Lamports.zero
        for batch in stake.joins {
            let joined = records.compactMap(\.joining).filter { $0.epoch == batch.epoch }
            try require(
                joined.reduce(.zero) { $0 + $1.amount } == batch.amount,
                "operator \(place): joins of epoch \(batch.epoch) are not \(batch.amount)")
            if case .merged(let holding) = batch.state {
                shares += held([holding], of: stake.active)
            } else {
                activating += batch.amount
            }
        }
        try require(shares == stake.active.shares, "operator \(place): \(shares) of \(stake.active.shares) shares held")
        try require(
            activating == stake.activating, "operator \(place): \(activating) activating, not \(stake.activating)")
        var unbonding = Lamports.zero
        for bucket in stake.buckets {
            let holdings = claims.filter { $0.epoch == bucket.epoch }.map(\.holding)
            let shares = held(holdings, of: bucket.pool)
            try require(
                shares == bucket.pool.shares, "operator \(place): bucket \(bucket.epoch) has \(shares) shares held")
            let value = holdings.reduce(Lamports.zero) { $0 + bucket.pool.value(of: $1) }
            try require(value <= bucket.pool.assets, "operator \(place): bucket \(bucket.epoch) owes \(value)")
            unbonding += bucket.pool.assets
        }
        try require(unbonding == stake.unbonding, "operator \(place): \(unbonding) unbonding, not \(stake.unbonding)")
    }

    private func held(_ holdings: [SharePool.Holding], of pool: SharePool) -> UInt64 {
        holdings.reduce(0) { $0 + ($1.generation == pool.generation ? $1.shares : 0) }
    }

    private func require(
        _ condition: Bool, _ message: @autoclosure () -> String
    ) throws(InvariantViolation) {
        if !condition { throw InvariantViolation(description: message()) }
    }
}
