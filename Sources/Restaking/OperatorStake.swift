import Primitives

/// What is delegated to one operator: all that a slash of it can reach, and what is on its way in.
///
/// Held in pools, so that an epoch and a slash cost the same however many restakers there are. What becomes of a
/// restaker's own part is worked out when the restaker next acts.
struct OperatorStake: Hashable, Sendable {
    /// What counts as weight from one epoch's opening to the next.
    var active = SharePool()
    /// Delegated in one epoch, to count from the next; in ascending order of epochs. Gone once everyone has settled.
    private(set) var joins: [JoinBatch] = []
    /// Undelegated in one epoch; in ascending order of epochs.
    private(set) var buckets: [UnbondingBucket] = []
    /// What has been slashed for offences of one epoch; in ascending order, within the evidence horizon.
    private(set) var slashes: [EpochSlash] = []
    /// The sum of all joins that are not in the active pool.
    private(set) var activating = Lamports.zero
    /// The sum of all buckets.
    private(set) var unbonding = Lamports.zero

    struct JoinBatch: Hashable, Sendable {
        let epoch: Epoch
        /// Of restakers who have not settled.
        fileprivate(set) var amount: Lamports
        fileprivate(set) var state: State

        enum State: Hashable, Sendable {
            case pending
            /// In the active pool for these shares, which those who have not settled divide by their amounts.
            case merged(SharePool.Holding)
            /// Never counted: back to its restakers.
            case returned
        }
    }

    /// A restaker's part of a batch.
    struct Joining: Hashable, Sendable {
        let epoch: Epoch
        var amount: Lamports
    }

    struct UnbondingBucket: Hashable, Sendable {
        let epoch: Epoch
        fileprivate(set) var pool = SharePool()
    }

    struct EpochSlash: Hashable, Sendable {
        let epoch: Epoch
        fileprivate(set) var amount: Lamports
    }

    // MARK: On the way in

    mutating func join(_ amount: Lamports, in epoch: Epoch) {
        if let last = joins.last, last.epoch == epoch {
            joins[joins.count - 1].amount += amount
        } else {
            joins.append(JoinBatch(epoch: epoch, amount: amount, state: .pending))
        }
        activating += amount
    }

    /// Takes back what was delegated in this same epoch.
    mutating func leaveJoin(_ amount: Lamports, in epoch: Epoch) {
        let place = place(ofJoin: epoch)!
        joins[place].amount -= amount
        activating -= amount
        if joins[place].amount == .zero { joins.remove(at: place) }
    }

    /// What was delegated in earlier epochs begins to count; it goes back where the operator `isClosed`, or where it
    /// does not fit the pool.
    mutating func mergeJoins(isClosed: Bool) {
        guard let last = joins.last, last.state == .pending else { return }
        if !isClosed, let holding = active.join(last.amount) {
            joins[joins.count - 1].state = .merged(holding)
            activating -= last.amount
        } else {
            joins[joins.count - 1].state = .returned
        }
    }

    func state(of joining: Joining) -> JoinBatch.State { joins[place(ofJoin: joining.epoch)!].state }

    enum Settled: Hashable, Sendable {
        case pending
        case shares(SharePool.Holding)
        case returned
    }

    /// Pays a restaker's part out of its batch. Whoever settles last gets what rounding left to the others.
    mutating func settle(_ joining: Joining) -> Settled {
        let place = place(ofJoin: joining.epoch)!
        let batch = joins[place]
        let settled: Settled
        switch batch.state {
        case .pending: return .pending
        case .returned:
            activating -= joining.amount
            settled = .returned
        case .merged(var rest):
            let shares = Arithmetic.multiplyDivide(
                rest.shares, joining.amount.number, by: batch.amount.number, rounding: .down)
            rest.shares -= shares
            joins[place].state = .merged(rest)
            settled = .shares(SharePool.Holding(shares: shares, generation: rest.generation))
        }
        joins[place].amount -= joining.amount
        if joins[place].amount == .zero { joins.remove(at: place) }
        return settled
    }

    private func place(ofJoin epoch: Epoch) -> Int? { joins.place(of: epoch, by: \.epoch) }

    // MARK: On the way out

    /// - Returns: the part of this epoch's bucket; nil when the amount does not fit it.
    mutating func unbond(_ amount: Lamports, in epoch: Epoch) -> SharePool.Holding? {
        if buckets.last?.epoch != epoch { buckets.append(UnbondingBucket(epoch: epoch)) }
        guard let holding = buckets[buckets.count - 1].pool.join(amount) else { return nil }
        unbonding += amount
        return holding
    }

    /// - Returns: nil when nothing is left of it.
    func bucket(of epoch: Epoch) -> SharePool? { buckets.place(of: epoch, by: \.epoch).map { buckets[$0].pool } }

    /// Takes exactly `amount` out of a bucket.
    ///
    /// - Returns: what rounding has left in a bucket that nobody holds any more.
    mutating func takeUnbonding(_ amount: Lamports, of epoch: Epoch, from holding: inout SharePool.Holding) -> Lamports
    {
        let place = buckets.place(of: epoch, by: \.epoch)!
        let residue = buckets[place].pool.take(amount, from: &holding)
        unbonding -= amount + residue
        return residue
    }

    // MARK: Slashing

    /// What an offence of this epoch can reach: what is active, and what has left in or after that epoch.
    func slashable(since epoch: Epoch) -> Lamports {
        buckets.reversed().prefix { $0.epoch >= epoch }.reduce(active.assets) { $0 + $1.pool.assets }
    }

    func slashed(for epoch: Epoch) -> Lamports {
        slashes.place(of: epoch, by: \.epoch).map { slashes[$0].amount } ?? .zero
    }

    /// Takes `amount` pro rata: each bucket's part rounded down, what that leaves from the active pool, and what the
    /// active pool does not carry from the latest buckets. `amount` must be slashable.
    mutating func slash(_ amount: Lamports, for epoch: Epoch) {
        let slashable = slashable(since: epoch)
        precondition(amount <= slashable, "more is slashed than there is")
        record(amount, for: epoch)
        guard amount > .zero else { return }
        let first = buckets.firstIndex { $0.epoch >= epoch } ?? buckets.count
        var left = amount
        for place in first..<buckets.count {
            let part = buckets[place].pool.assets.scaled(by: amount.number, over: slashable.number)
            buckets[place].pool.lose(part)
            unbonding -= part
            left -= part
        }
        let fromActive = min(left, active.assets)
        active.lose(fromActive)
        left -= fromActive
        for place in (first..<buckets.count).reversed() where left > .zero {
            let part = min(left, buckets[place].pool.assets)
            buckets[place].pool.lose(part)
            unbonding -= part
            left -= part
        }
    }

    private mutating func record(_ amount: Lamports, for epoch: Epoch) {
        let place = slashes.firstIndex { $0.epoch >= epoch } ?? slashes.count
        if place < slashes.count, slashes[place].epoch == epoch {
            slashes[place].amount += amount
        } else {
            slashes.insert(EpochSlash(epoch: epoch, amount: amount), at: place)
        }
    }

    /// At the opening of an epoch: forgets empty buckets, which nobody can join any more, and slashes for epochs
    /// before `oldest`, for which nothing more can be slashed.
    mutating func prune(before oldest: Epoch) {
        buckets.removeAll { $0.pool.shares == 0 }
        slashes.removeAll { $0.epoch < oldest }
    }
}

extension Array {
    /// In an array in strictly ascending order of `key`.
    func place<Key: Comparable>(of wanted: Key, by key: (Element) -> Key) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return low < count && key(self[low]) == wanted ? low : nil
    }
}
