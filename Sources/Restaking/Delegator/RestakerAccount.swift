import Messages
import Primitives

/// What one restaker has, in all vaults.
struct RestakerAccount: Hashable, Sendable {
    /// By asset: deposited and not delegated. Ends with the last asset of which there ever was any.
    private(set) var idleShares: [VaultShares] = []
    /// In ascending order of assets and operators.
    var delegations: [DelegationRecord] = []
    /// One for each (epoch, asset, operator), in that order.
    var claims: [UnbondingClaim] = []

    init() {}

    func idle(_ asset: AssetID) -> VaultShares { asset.place < idleShares.count ? idleShares[asset.place] : .zero }

    mutating func addIdle(_ amount: VaultShares, of asset: AssetID) {
        guard amount > .zero else { return }
        while idleShares.count <= asset.place { idleShares.append(.zero) }
        idleShares[asset.place] += amount
    }

    mutating func takeIdle(_ amount: VaultShares, of asset: AssetID) {
        guard amount > .zero else { return }
        idleShares[asset.place] -= amount
    }

    struct DelegationRecord: Hashable, Sendable {
        let asset: AssetID
        let signer: OperatorIndex
        /// Of the operator's active pool.
        var holding = PoolHolding()
        /// Where the pool's rewards stood when the holding's were last taken.
        var paid = RewardIndex()
        /// What was delegated last, until it is settled into the holding.
        var joining: OperatorStake.Joining?

        /// Takes the rewards so far, and settles what was delegated last once its epoch is over: into shares, or as
        /// idle stake.
        ///
        /// - Returns: what becomes idle, and what has been earned.
        mutating func settle(with stake: inout OperatorStake) -> (returned: VaultShares, earned: Earnings) {
            var earned = stake.takeRewards(of: holding, since: paid)
            paid = stake.rewards
            holding.drop(ifNotOf: stake.active)
            guard let joining else { return (.zero, earned) }
            switch stake.settle(joining) {
            case .pending: return (.zero, earned)
            case .shares(let settled, let since):
                holding.add(settled, of: stake.active)
                earned += since
                self.joining = nil
                return (.zero, earned)
            case .returned:
                self.joining = nil
                return (joining.amount, earned)
            }
        }

        /// Takes back some of what was delegated in this same epoch.
        mutating func takeBack(_ amount: VaultShares, from stake: inout OperatorStake) {
            guard amount > .zero, let joining else { return }
            stake.leaveJoin(amount, in: joining.epoch)
            self.joining?.amount -= amount
            if joining.amount == amount { self.joining = nil }
        }
    }

    struct UnbondingClaim: Hashable, Sendable {
        let epoch: Epoch
        let asset: AssetID
        let signer: OperatorIndex
        /// Of the active pool until the epoch is over, then of the operator's bucket of that epoch.
        var holding: PoolHolding
        /// Where the pool's rewards stood when the holding's were last taken; nil once all of them are.
        var paid: RewardIndex?
    }

    func place(of asset: AssetID, _ signer: OperatorIndex) -> Int? {
        let place = insertion(of: asset, signer)
        guard place < delegations.count, delegations[place].asset == asset, delegations[place].signer == signer else {
            return nil
        }
        return place
    }

    /// - Returns: the place of the record for this operator, made where there was none.
    mutating func openDelegation(of asset: AssetID, to signer: OperatorIndex) -> Int {
        let place = insertion(of: asset, signer)
        if place == delegations.count || delegations[place].asset != asset || delegations[place].signer != signer {
            delegations.insert(DelegationRecord(asset: asset, signer: signer), at: place)
        }
        return place
    }

    private func insertion(of asset: AssetID, _ signer: OperatorIndex) -> Int {
        var (low, high) = (0, delegations.count)
        while low < high {
            let middle = (low + high) / 2
            let record = delegations[middle]
            if (record.asset, record.signer) < (asset, signer) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds to the claim of this epoch, or makes it. Shares of a generation that has ended in between are worth nothing.
    mutating func claim(
        _ shares: UInt64, of pool: SharePool<VaultShares>, paid: RewardIndex, asset: AssetID,
        from signer: OperatorIndex,
        in epoch: Epoch
    ) {
        let holding = PoolHolding(shares: shares, generation: pool.generation)
        if let place = claims.firstIndex(where: { $0.epoch == epoch && $0.asset == asset && $0.signer == signer }) {
            claims[place].holding.add(holding, of: pool)
        } else {
            let place = claims.firstIndex { ($0.epoch, $0.asset, $0.signer) > (epoch, asset, signer) } ?? claims.count
            claims.insert(
                UnbondingClaim(epoch: epoch, asset: asset, signer: signer, holding: holding, paid: paid), at: place)
        }
    }

    /// Forgets what holds nothing.
    mutating func tidy() {
        delegations.removeAll { $0.holding.shares == 0 && $0.joining == nil }
        claims.removeAll { $0.holding.shares == 0 }
    }
}

extension OperatorStake {
    /// Rounded down.
    func value(of claim: RestakerAccount.UnbondingClaim, in epoch: Epoch) -> VaultShares {
        if claim.epoch == epoch { return active.value(of: claim.holding) }
        return bucket(of: claim.epoch)?.pool.value(of: claim.holding) ?? .zero
    }

    mutating func takeRewards(of claim: RestakerAccount.UnbondingClaim, in epoch: Epoch) -> Earnings {
        guard let mark = claim.paid else { return Earnings() }
        return claim.epoch < epoch
            ? takeRewards(ofUnbonding: claim.holding, of: claim.epoch, since: mark)
            : takeRewards(of: claim.holding, since: mark)
    }
}

extension RestakerAccount.DelegationRecord: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(asset)
        encoder.encode(signer)
        encoder.encode(holding)
        encoder.encode(paid)
        encoder.encode(joining)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        asset = try decoder.decode()
        signer = try decoder.decode()
        holding = try decoder.decode()
        paid = try decoder.decode()
        joining = try decoder.decodeOptional()
    }
}

extension RestakerAccount.UnbondingClaim: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(asset)
        encoder.encode(signer)
        encoder.encode(holding)
        encoder.encode(paid)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        asset = try decoder.decode()
        signer = try decoder.decode()
        holding = try decoder.decode()
        paid = try decoder.decodeOptional()
    }
}

extension RestakerAccount: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(idleShares)
        encoder.encode(delegations)
        encoder.encode(claims)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        idleShares = try decoder.decodeList()
        delegations = try decoder.decodeList()
        claims = try decoder.decodeList()
    }
}
