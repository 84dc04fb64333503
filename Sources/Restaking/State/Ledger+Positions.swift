import Cryptography
import Messages
import Primitives

/// One thing that a restaker has, exactly: as shares of a pool and the pool's price, before any rounding.
package struct Position: Hashable, Sendable {
    package enum Stage: Hashable, Sendable {
        /// Free: in no pool, or back from an operator that it never came to count for.
        case idle
        /// Delegated in this epoch.
        case joining
        case active
        /// Left in this epoch: until it is over it counts, then it unbonds.
        case leaving(Epoch)
    }

    package var asset: AssetID
    package var signer: OperatorIndex?
    package var stage: Stage
    /// Of a pool; or, where the pool's assets are its shares, vault shares.
    package var shares: UInt64
    /// `part` of `whole` of those shares: what was delegated together and has not been divided yet.
    package var part: UInt64 = 1
    package var whole: UInt64 = 1
    /// What the pool holds, in vault shares, and for how many of its own.
    package var poolAssets: UInt64 = 1
    package var poolShares: UInt64 = 1
    /// What each share has earned and nobody has taken, in parts of 2^64 of a lamport, and in points' parts of 2^32.
    package var lamportsEach: UInt128 = 0
    package var pointsEach: UInt128 = 0
}

/// What the pool of one operator and asset is, and what can be slashed of it for what.
package struct StakeFigures: Hashable, Sendable {
    package var active: VaultShares
    package var activeShares: UInt64
    /// How often it has been emptied under its holders.
    package var generation: UInt32
    /// By epoch, within the horizon.
    package var counted: [Epoch: VaultShares]
    package var charged: [Charge: VaultShares]

    package struct Charge: Hashable, Sendable {
        package var epoch: Epoch
        /// Nil where the whole stake secures every AVS.
        package var service: ServiceID?

        package init(epoch: Epoch, service: ServiceID?) {
            self.epoch = epoch
            self.service = service
        }
    }
}

/// Who has what, for those who look at the ledger from outside.
extension Ledger {
    package var assetCount: Int { vaults.count }

    /// Earned by name and not claimed, by asset, up to the last of which there ever was any; nil when the ledger knows
    /// nobody of this key.
    package func earned(by key: PublicKey) -> [Units]? { places[key].map { accounts[$0].earned } }

    /// Without those that positions have earned since their restaker last acted.
    package func points(of key: PublicKey) -> UInt128? { places[key].map { accounts[$0].points } }

    package func budget(of service: ServiceID) -> Lamports { services[Int(service.number)].budget }

    /// What each base validator has of the native pool.
    package var spread: [Units] { nativePool.validators.map(\.stake) }

    package func magnitude(
        of signer: OperatorIndex, for service: ServiceID, _ asset: AssetID, in epoch: Epoch
    ) -> Magnitude {
        operators[Int(signer.number)].magnitude(for: service, asset, in: epoch)
    }

    package func figures(of signer: OperatorIndex, _ asset: AssetID) -> StakeFigures {
        let stake = stakes[asset.place][Int(signer.number)]
        let charges = stake.slashes.map { (StakeFigures.Charge(epoch: $0.epoch, service: $0.service), $0.amount) }
        return StakeFigures(
            active: stake.active.assets, activeShares: stake.active.shares, generation: stake.active.generation,
            counted: Dictionary(uniqueKeysWithValues: stake.counted.map { ($0.epoch, $0.amount) }),
            charged: Dictionary(uniqueKeysWithValues: charges))
    }

    /// All that a restaker has, worthless remains among it.
    package func positions(of index: RestakerIndex) -> [Position] {
        let account = restakers[Int(index.number)]
        var positions: [Position] = []
        for (place, shares) in account.idleShares.enumerated() where shares > .zero {
            positions.append(Position(asset: AssetID(place), stage: .idle, shares: shares.number))
        }
        for record in account.delegations {
            let stake = stakes[record.asset.place][Int(record.signer.number)]
            if record.holding.shares > 0 { positions.append(position(of: record, in: stake)) }
            if let joining = record.joining { positions.append(position(of: joining, record, in: stake)) }
        }
        return positions + account.claims.filter { $0.holding.shares > 0 }.map(position)
    }

    private func position(of record: RestakerAccount.DelegationRecord, in stake: OperatorStake) -> Position {
        var position = Position(
            asset: record.asset, signer: record.signer, stage: .active, shares: record.holding.shares)
        value(record.holding, in: stake.active, &position)
        earn(stake.index(of: record.holding.generation), since: record.paid, &position)
        return position
    }

    private func position(
        of joining: OperatorStake.Joining, _ record: RestakerAccount.DelegationRecord, in stake: OperatorStake
    ) -> Position {
        var position = Position(
            asset: record.asset, signer: record.signer, stage: .joining, shares: joining.amount.number)
        guard let batch = stake.joins.first(where: { $0.epoch == joining.epoch }) else { return position }
        switch batch.state {
        case .pending: break
        case .returned: (position.stage, position.signer) = (.idle, nil)
        case .merged(let rest, let mark):
            position.stage = .active
            position.shares = rest.shares
            (position.part, position.whole) = (joining.amount.number, batch.amount.number)
            value(rest, in: stake.active, &position)
            earn(stake.index(of: rest.generation), since: mark, &position)
        }
        return position
    }

    private func position(of claim: RestakerAccount.UnbondingClaim) -> Position {
        let stake = stakes[claim.asset.place][Int(claim.signer.number)]
        var position = Position(
            asset: claim.asset, signer: claim.signer, stage: .leaving(claim.epoch), shares: claim.holding.shares)
        if claim.epoch == epoch {
            value(claim.holding, in: stake.active, &position)
            if let paid = claim.paid { earn(stake.index(of: claim.holding.generation), since: paid, &position) }
            return position
        }
        guard let bucket = stake.bucket(of: claim.epoch) else {
            position.poolAssets = 0
            return position
        }
        value(claim.holding, in: bucket.pool, &position)
        if let paid = claim.paid, bucket.generation == claim.holding.generation {
            earn(bucket.index, since: paid, &position)
        }
        return position
    }

    private func value(_ holding: PoolHolding, in pool: SharePool<VaultShares>, _ position: inout Position) {
        let isOfIt = holding.generation == pool.generation && pool.shares > 0
        position.poolAssets = isOfIt ? pool.assets.number : 0
        position.poolShares = isOfIt ? pool.shares : 1
    }

    private func earn(_ index: RewardIndex, since mark: RewardIndex, _ position: inout Position) {
        position.lamportsEach = index.lamports - min(index.lamports, mark.lamports)
        position.pointsEach = index.points - min(index.points, mark.points)
    }
}
