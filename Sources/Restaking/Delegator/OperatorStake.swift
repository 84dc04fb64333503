import Messages
import Primitives

/// What is delegated to one operator out of one vault: all that a slash of it can reach, and what is on its way in.
///
/// Held in pools, so that an epoch and a slash cost the same however many restakers there are. What becomes of a
/// restaker's own part is worked out when the restaker next acts.
struct OperatorStake: Hashable, Sendable {
    /// What counts as weight from one epoch's opening to the next, with what leaves at this epoch's close.
    private(set) var active = SharePool<VaultShares>()
    /// Pool shares that leave at the close of the present epoch.
    private(set) var leaving: UInt64 = 0
    /// Delegated in one epoch, to count from the next; in ascending order of epochs. Gone once everyone has settled.
    private(set) var joins: [JoinBatch] = []
    /// Left in one epoch; in ascending order of epochs.
    private(set) var buckets: [UnbondingBucket] = []
    /// What counted at the opening of each epoch within the evidence horizon; in ascending order, none where it is 0.
    private(set) var counted: [EpochAmount] = []
    /// What has been slashed, or is going to be, for offences of one epoch; in ascending order, within the horizon.
    private(set) var slashes: [EpochSlash] = []
    /// The sum of all joins that are not in the active pool.
    private(set) var activating = VaultShares.zero
    /// The sum of all buckets.
    private(set) var unbonding = VaultShares.zero
    /// What a share of the active pool has earned.
    private(set) var rewards = RewardIndex()
    /// Where the index stood when each generation of the active pool ended.
    private(set) var closings: [RewardIndex] = []
    /// Paid for its restakers and not yet theirs by name.
    private(set) var pot = Lamports.zero

    struct JoinBatch: Hashable, Sendable {
        let epoch: Epoch
        /// Of restakers who have not settled.
        var amount: VaultShares
        var state: State

        enum State: Hashable, Sendable {
            case pending
            /// In the active pool for these shares since the index stood there; those who have not settled divide them
            /// by their amounts.
            case merged(PoolHolding, since: RewardIndex)
            /// Never counted: back to its restakers.
            case returned
        }
    }

    /// A restaker's part of a batch.
    struct Joining: Hashable, Sendable {
        let epoch: Epoch
        var amount: VaultShares
    }

    struct UnbondingBucket: Hashable, Sendable {
        let epoch: Epoch
        var pool: SharePool<VaultShares>
        /// The generation that its claims are of.
        let generation: UInt32
        /// Where the index stood when it was opened, with that epoch's rewards.
        let index: RewardIndex
        /// Shares whose holders have not got their rewards yet.
        var unpaid: UInt64
    }

    struct EpochAmount: Hashable, Sendable {
        let epoch: Epoch
        var amount: VaultShares
    }

    struct EpochSlash: Hashable, Sendable {
        let epoch: Epoch
        /// Nil where the whole stake secures every AVS: then all slashes of an epoch count against each other.
        let service: ServiceID?
        var amount: VaultShares
    }

    /// Active and activating.
    var delegated: VaultShares { active.assets + activating }
    /// Whether something leaves or joins at the close of the present epoch.
    var isMoving: Bool { leaving > 0 || joins.last?.state == .pending }

    // MARK: On the way in

    /// At genesis: counts from epoch 0.
    mutating func endow(_ amount: VaultShares) -> PoolHolding? { active.join(amount) }

    mutating func join(_ amount: VaultShares, in epoch: Epoch) {
        if let last = joins.last, last.epoch == epoch {
            joins[joins.count - 1].amount += amount
        } else {
            joins.append(JoinBatch(epoch: epoch, amount: amount, state: .pending))
        }
        activating += amount
    }

    /// Takes back what was delegated in this same epoch.
    mutating func leaveJoin(_ amount: VaultShares, in epoch: Epoch) {
        let place = place(ofJoin: epoch)!
        joins[place].amount -= amount
        activating -= amount
        if joins[place].amount == .zero { joins.remove(at: place) }
    }

    func state(of joining: Joining) -> JoinBatch.State { joins[place(ofJoin: joining.epoch)!].state }

    /// What becomes of a restaker's part of a batch.
    enum Settled: Hashable, Sendable {
        case pending
        /// Shares of the active pool, and what they have earned since.
        case shares(PoolHolding, Earnings)
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
        case .merged(var rest, let mark):
            let shares = Arithmetic.multiplyDivide(
                rest.shares, joining.amount.number, by: batch.amount.number, rounding: .down)
            rest.shares -= shares
            joins[place].state = .merged(rest, since: mark)
            let holding = PoolHolding(shares: shares, generation: rest.generation)
            settled = .shares(holding, takeRewards(of: holding, since: mark))
        }
        joins[place].amount -= joining.amount
        if joins[place].amount == .zero { joins.remove(at: place) }
        return settled
    }

    private func place(ofJoin epoch: Epoch) -> Int? { joins.place(of: epoch, by: \.epoch) }

    // MARK: On the way out

    /// These shares leave at the close of the present epoch.
    mutating func leave(_ shares: UInt64) { leaving += shares }

    /// They have been taken for a fee before they left.
    mutating func stay(_ shares: UInt64) { leaving -= shares }

    /// Takes shares out of the active pool at once.
    mutating func redeemActive(_ shares: UInt64) -> VaultShares {
        let (paid, residue) = active.redeem(shares)
        return paid + residue
    }

    /// - Returns: nil when there is none: the epoch is not over, or nothing is left of it.
    func bucket(of epoch: Epoch) -> UnbondingBucket? { buckets.place(of: epoch, by: \.epoch).map { buckets[$0] } }

    /// Takes shares out of a bucket, with all that they are worth; the last ones take what rounding has left.
    mutating func redeemUnbonding(_ shares: UInt64, of epoch: Epoch) -> VaultShares {
        let place = buckets.place(of: epoch, by: \.epoch)!
        let (paid, residue) = buckets[place].pool.redeem(shares)
        unbonding -= paid + residue
        return paid + residue
    }

    /// At the close of an epoch, after its rewards: what leaves unbonds, and what was delegated begins to count. That
    /// goes back where the operator `isClosed`, or where it does not fit the pool.
    mutating func close(_ epoch: Epoch, isClosed: Bool) {
        if leaving > 0 {
            let pool = active.split(leaving)
            unbonding += pool.assets
            buckets.append(
                UnbondingBucket(
                    epoch: epoch, pool: pool, generation: pool.generation, index: rewards, unpaid: leaving))
            leaving = 0
        }
        guard let last = joins.last, last.state == .pending else { return }
        if !isClosed, let holding = active.join(last.amount) {
            joins[joins.count - 1].state = .merged(holding, since: rewards)
            activating -= last.amount
        } else {
            joins[joins.count - 1].state = .returned
        }
    }

    /// At the opening of an epoch: what counts in it is kept until nothing can be slashed for it any more.
    mutating func open(_ epoch: Epoch, oldest: Epoch) {
        if active.assets > .zero { counted.append(EpochAmount(epoch: epoch, amount: active.assets)) }
        counted.removeAll { $0.epoch < oldest }
        slashes.removeAll { $0.epoch < oldest }
        buckets.removeAll { $0.pool.shares == 0 && $0.unpaid == 0 }
    }

    // MARK: Slashing

    func counted(in epoch: Epoch) -> VaultShares {
        counted.place(of: epoch, by: \.epoch).map { counted[$0].amount } ?? .zero
    }

    /// What an offence of this epoch can reach: what is active, and what has left in or after that epoch.
    func slashable(since epoch: Epoch) -> VaultShares {
        buckets.reversed().prefix { $0.epoch >= epoch }.reduce(active.assets) { $0 + $1.pool.assets }
    }

    func slashed(for epoch: Epoch, by service: ServiceID?) -> VaultShares {
        slashes.first { $0.epoch == epoch && $0.service == service }?.amount ?? .zero
    }

    func slashedByAll(for epoch: Epoch) -> VaultShares {
        slashes.reduce(.zero) { $1.epoch == epoch ? $0 + $1.amount : $0 }
    }

    /// Books a slash that is executed now or later.
    mutating func charge(_ amount: VaultShares, for epoch: Epoch, by service: ServiceID?) {
        if let place = slashes.firstIndex(where: { $0.epoch == epoch && $0.service == service }) {
            slashes[place].amount += amount
        } else {
            let place = slashes.firstIndex { $0.epoch > epoch } ?? slashes.count
            slashes.insert(EpochSlash(epoch: epoch, service: service, amount: amount), at: place)
        }
    }

    /// A slash that was booked is not executed.
    mutating func discharge(_ amount: VaultShares, for epoch: Epoch, by service: ServiceID?) {
        guard let place = slashes.firstIndex(where: { $0.epoch == epoch && $0.service == service }) else { return }
        slashes[place].amount -= amount
        if slashes[place].amount == .zero { slashes.remove(at: place) }
    }

    /// Takes `amount` pro rata: each bucket's part rounded down, what that leaves from the active pool, and what the
    /// active pool does not carry from the latest buckets. `amount` must be slashable.
    mutating func slash(_ amount: VaultShares, for epoch: Epoch) {
        let slashable = slashable(since: epoch)
        precondition(amount <= slashable, "more is slashed than there is")
        guard amount > .zero else { return }
        let first = buckets.firstIndex { $0.epoch >= epoch } ?? buckets.count
        var left = amount
        for place in first..<buckets.count {
            let part = buckets[place].pool.assets.scaled(by: amount.number, over: slashable.number)
            loseUnbonding(part, of: place)
            left -= part
        }
        let fromActive = min(left, active.assets)
        loseActive(fromActive)
        left -= fromActive
        for place in (first..<buckets.count).reversed() where left > .zero {
            let part = min(left, buckets[place].pool.assets)
            loseUnbonding(part, of: place)
            left -= part
        }
    }

    /// Taken from everyone who has stake here, and from nobody else.
    mutating func loseActive(_ amount: VaultShares) {
        guard amount > .zero, active.lose(amount) else { return }
        closings.append(rewards)
        leaving = 0
    }

    private mutating func loseUnbonding(_ amount: VaultShares, of place: Int) {
        _ = buckets[place].pool.lose(amount)
        unbonding -= amount
    }

    // MARK: Rewards

    /// Spreads a reward over all who counted in this epoch.
    ///
    /// - Returns: what is taken of it; the rest stays with whoever pays.
    mutating func pay(_ reward: Lamports) -> Lamports {
        guard active.shares > 0 else { return .zero }
        let taken = rewards.add(reward, over: active.shares)
        pot += taken
        return taken
    }

    mutating func award(points: UInt128) {
        if active.shares > 0 { rewards.add(points: points, over: active.shares) }
    }

    /// What a holding of the active pool has earned since the index stood at `mark`.
    mutating func takeRewards(of holding: PoolHolding, since mark: RewardIndex) -> Earnings {
        guard holding.shares > 0 else { return Earnings() }
        return take(index(of: holding.generation).earned(by: holding.shares, since: mark))
    }

    /// Where the index stands for shares of this generation of the active pool.
    func index(of generation: UInt32) -> RewardIndex {
        generation == active.generation ? rewards : closings[Int(generation)]
    }

    /// What shares that have left had earned, by their epoch's close, since the index stood at `mark`.
    mutating func takeRewards(ofUnbonding holding: PoolHolding, of epoch: Epoch, since mark: RewardIndex) -> Earnings {
        guard let place = buckets.place(of: epoch, by: \.epoch), buckets[place].generation == holding.generation else {
            return Earnings()
        }
        buckets[place].unpaid -= holding.shares
        return take(buckets[place].index.earned(by: holding.shares, since: mark))
    }

    private mutating func take(_ earnings: Earnings) -> Earnings {
        pot -= earnings.lamports
        return earnings
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

extension OperatorStake.Joining: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension OperatorStake.JoinBatch: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
        switch state {
        case .pending: encoder.encode(UInt8(0))
        case .merged(let holding, let mark):
            encoder.encode(UInt8(1))
            encoder.encode(holding)
            encoder.encode(mark)
        case .returned: encoder.encode(UInt8(2))
        }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        amount = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: state = .pending
        case 1: state = .merged(try decoder.decode(), since: try decoder.decode())
        case 2: state = .returned
        default: throw .unknownCase(type: "JoinBatch.State", value: value)
        }
    }
}

extension OperatorStake.UnbondingBucket: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(pool)
        encoder.encode(generation)
        encoder.encode(index)
        encoder.encode(unpaid)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        pool = try decoder.decode()
        generation = try decoder.decode()
        index = try decoder.decode()
        unpaid = try decoder.decode()
    }
}

extension OperatorStake.EpochAmount: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(amount)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        amount = try decoder.decode()
    }
}

extension OperatorStake.EpochSlash: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(service)
        encoder.encode(amount)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        service = try decoder.decodeOptional()
        amount = try decoder.decode()
    }
}

extension OperatorStake: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(active)
        encoder.encode(leaving)
        encoder.encode(joins)
        encoder.encode(buckets)
        encoder.encode(counted)
        encoder.encode(slashes)
        encoder.encode(activating)
        encoder.encode(unbonding)
        encoder.encode(rewards)
        encoder.encode(closings)
        encoder.encode(pot)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        active = try decoder.decode()
        leaving = try decoder.decode()
        joins = try decoder.decodeList()
        buckets = try decoder.decodeList()
        counted = try decoder.decodeList()
        slashes = try decoder.decodeList()
        activating = try decoder.decode()
        unbonding = try decoder.decode()
        rewards = try decoder.decode()
        closings = try decoder.decodeList()
        pot = try decoder.decode()
    }
}
