import Messages
import Primitives

/// Delegations: stake comes to count for an operator, and ceases to.
extension Ledger {
    /// Counts from the next epoch; until then no slash reaches it.
    mutating func delegate(
        _ amount: Units, of asset: AssetID, to signer: OperatorIndex, by index: RestakerIndex
    ) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < vaults.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        guard epoch >= parameters.release.operators else { return .notReleased }
        guard !operators[Int(signer.number)].isTombstoned else { return .tombstoned }
        guard !operators[Int(signer.number)].hasExited else { return .exited }
        guard vaults[asset.place].takesDelegations(in: epoch) else { return .assetClosed }
        guard let moved = vaults[asset.place].shares(worth: amount), moved <= available(asset, to: index) else {
            return .insufficientStake
        }
        gather(index)
        var account = restakers[Int(index.number)]
        account.takeIdle(moved, of: asset)
        vaults[asset.place].idle -= moved
        let place = account.openDelegation(of: asset, to: signer)
        let joined = account.delegations[place].joining?.amount ?? .zero
        account.delegations[place].joining = .init(epoch: epoch, amount: joined + moved)
        let present = epoch
        change(signer, asset) { $0.join(moved, in: present) }
        restakers[Int(index.number)] = account
        return .applied
    }

    /// What is still activating has never counted and is idle again at once; the rest leaves at the close of this epoch,
    /// which it still counts in, and then unbonds.
    mutating func undelegate(
        _ amount: Units, of asset: AssetID, from signer: OperatorIndex, by index: RestakerIndex
    ) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < vaults.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        guard let wanted = vaults[asset.place].shares(worth: amount), wanted <= held(asset, signer, by: index) else {
            return .insufficientStake
        }
        gather(index)
        var account = restakers[Int(index.number)]
        let place = account.place(of: asset, signer)!
        let activating = min(wanted, account.delegations[place].joining?.amount ?? .zero)
        change(signer, asset) { account.delegations[place].takeBack(activating, from: &$0) }
        account.addIdle(activating, of: asset)
        vaults[asset.place].idle += activating
        if wanted > activating { leave(wanted - activating, of: &account, place) }
        account.tidy()
        restakers[Int(index.number)] = account
        return .applied
    }

    private mutating func leave(_ wanted: VaultShares, of account: inout RestakerAccount, _ place: Int) {
        let record = account.delegations[place]
        let pool = stakes[record.asset.place][Int(record.signer.number)].active
        var shares = pool.shares(worth: wanted)!
        // What would stay and be worth nothing goes along.
        if pool.value(ofShares: record.holding.shares - shares) == .zero { shares = record.holding.shares }
        account.delegations[place].holding.shares -= shares
        account.claim(
            shares, of: pool, paid: record.paid, asset: record.asset, from: record.signer, in: epoch)
        change(record.signer, record.asset) { $0.leave(shares) }
    }

    /// All that the restaker has with this operator of this asset becomes idle at once.
    ///
    /// For stake that secures nothing any more: no AVS that is alive has counted this operator in an epoch whose
    /// offences can still be punished, and no slash is pending.
    mutating func emergencyExit(
        _ asset: AssetID, from signer: OperatorIndex, by index: RestakerIndex
    ) -> Outcome {
        guard asset.place < vaults.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        // What is free already, or worth nothing, is not there, whether or not that has been worked out before.
        let hasClaim = restakers[Int(index.number)].claims.contains {
            $0.asset == asset && $0.signer == signer && !hasUnbonded($0) && value(of: $0) > .zero
        }
        guard hasClaim || held(asset, signer, by: index) > .zero else { return .insufficientStake }
        guard !isUsed(signer), !pendingSlashes.contains(where: { $0.record.signer == signer }) else {
            return .stillHeld
        }
        gather(index)
        release(asset, signer, of: index)
        return .applied
    }

    private mutating func release(_ asset: AssetID, _ signer: OperatorIndex, of index: RestakerIndex) {
        var account = restakers[Int(index.number)]
        var released = VaultShares.zero
        if let place = account.place(of: asset, signer) {
            var record = account.delegations[place]
            released += change(signer, asset) { stake in
                let joining = record.joining?.amount ?? .zero
                record.takeBack(joining, from: &stake)
                let active =
                    record.holding.generation == stake.active.generation && record.holding.shares > 0
                    ? stake.redeemActive(record.holding.shares) : .zero
                record.holding = PoolHolding()
                return joining + active
            }
            account.delegations[place] = record
        }
        for place in account.claims.indices
        where account.claims[place].asset == asset && account.claims[place].signer == signer {
            released += redeem(&account.claims[place])
        }
        account.tidy()
        account.addIdle(released, of: asset)
        vaults[asset.place].idle += released
        restakers[Int(index.number)] = account
    }

    /// Whether an AVS that is alive has, or has had within the evidence horizon, this operator's stake behind it.
    private func isUsed(_ signer: OperatorIndex) -> Bool {
        services.indices.contains { place in
            services[place].defunct == nil
                && (services[place].counts(signer, in: epoch.next)
                    || archive.sets[place].contains { $0.index(of: signer) != nil })
        }
    }

    // MARK: A restaker's own part

    /// What a restaker has with an operator that has not left it: active and activating.
    func held(_ asset: AssetID, _ signer: OperatorIndex, by index: RestakerIndex) -> VaultShares {
        let account = restakers[Int(index.number)]
        guard let place = account.place(of: asset, signer) else { return .zero }
        var record = account.delegations[place]
        var stake = stakes[asset.place][Int(signer.number)]
        let (_, _) = record.settle(with: &stake)
        return stake.active.value(of: record.holding) + (record.joining?.amount ?? .zero)
    }

    /// What a restaker may delegate or withdraw now: what is idle, what has unbonded, and what never came to count.
    func available(_ asset: AssetID, to index: RestakerIndex) -> VaultShares {
        let account = restakers[Int(index.number)]
        var sum = account.idle(asset)
        for claim in account.claims where claim.asset == asset && hasUnbonded(claim) { sum += value(of: claim) }
        for record in account.delegations where record.asset == asset {
            guard let joining = record.joining,
                stakes[asset.place][Int(record.signer.number)].state(of: joining) == .returned
            else { continue }
            sum += joining.amount
        }
        return sum
    }

    /// Makes all that is available idle, settles what has come to count, and books what it has all earned.
    mutating func gather(_ index: RestakerIndex) {
        var account = restakers[Int(index.number)]
        var earned = Earnings()
        for place in account.claims.indices {
            earned += takeRewards(of: &account.claims[place])
            guard hasUnbonded(account.claims[place]) else { continue }
            let released = redeem(&account.claims[place])
            account.addIdle(released, of: account.claims[place].asset)
            vaults[account.claims[place].asset.place].idle += released
        }
        for place in account.delegations.indices {
            let (signer, asset) = (account.delegations[place].signer, account.delegations[place].asset)
            let settled = change(signer, asset) { account.delegations[place].settle(with: &$0) }
            account.addIdle(settled.returned, of: asset)
            vaults[asset.place].idle += settled.returned
            earned += settled.earned
        }
        account.tidy()
        restakers[Int(index.number)] = account
        credit(earned, to: restakerPlaces[Int(index.number)])
    }

    /// Stake that left in an epoch is free once no offence of that epoch can be slashed any more, nor is about to be.
    func hasUnbonded(_ claim: RestakerAccount.UnbondingClaim) -> Bool {
        epoch >= claim.epoch.advanced(by: 1 + parameters.unbondingEpochs)
            && !pendingSlashes.contains { $0.record.signer == claim.signer && $0.record.epoch <= claim.epoch }
    }

    func value(of claim: RestakerAccount.UnbondingClaim) -> VaultShares {
        stakes[claim.asset.place][Int(claim.signer.number)].value(of: claim, in: epoch)
    }

    private mutating func takeRewards(of claim: inout RestakerAccount.UnbondingClaim) -> Earnings {
        guard claim.epoch < epoch, let mark = claim.paid else { return Earnings() }
        claim.paid = nil
        return stakes[claim.asset.place][Int(claim.signer.number)].takeRewards(
            ofUnbonding: claim.holding, of: claim.epoch, since: mark)
    }

    /// Takes a whole claim out of its bucket or, while its epoch lasts, out of the active pool: shares that are worth
    /// nothing too, or what they leave to the others could never be taken out.
    private mutating func redeem(_ claim: inout RestakerAccount.UnbondingClaim) -> VaultShares {
        let holding = claim.holding
        let shares = holding.shares
        claim.holding.shares = 0
        let (epoch, isLeaving) = (claim.epoch, claim.epoch == epoch)
        return change(claim.signer, claim.asset) { stake in
            let pool = isLeaving ? stake.active : stake.bucket(of: epoch)?.pool
            guard shares > 0, pool?.generation == holding.generation else { return .zero }
            guard isLeaving else { return stake.redeemUnbonding(shares, of: epoch) }
            stake.stay(shares)
            return stake.redeemActive(shares)
        }
    }

    // MARK: Fees

    /// Takes a fee from the native stake that a restaker has, as far as it carries: from what is idle, then from
    /// delegations, those still activating first, then from what is leaving and unbonding.
    ///
    /// - Returns: what was taken; it belongs to no account any more.
    mutating func collect(_ fee: Lamports, from index: RestakerIndex) -> Units {
        gather(index)
        var account = restakers[Int(index.number)]
        let fee = Units(fee.number)
        let wanted = vaults[0].shares(worth: fee) ?? VaultShares(.max)
        var left = wanted
        let fromIdle = min(left, account.idle(.native))
        account.takeIdle(fromIdle, of: .native)
        vaults[0].idle -= fromIdle
        left -= fromIdle
        for place in account.delegations.indices
        where account.delegations[place].asset == .native && left > .zero {
            left -= take(left, from: &account.delegations[place])
        }
        for place in account.claims.indices where account.claims[place].asset == .native && left > .zero {
            left -= take(left, from: &account.claims[place])
        }
        account.tidy()
        restakers[Int(index.number)] = account
        return vaults[0].take(wanted - left, paying: left == .zero ? fee : nil)
    }

    private mutating func take(
        _ wanted: VaultShares, from record: inout RestakerAccount.DelegationRecord
    ) -> VaultShares {
        let (signer, asset) = (record.signer, record.asset)
        return change(signer, asset) { stake in
            let activating = min(wanted, record.joining?.amount ?? .zero)
            record.takeBack(activating, from: &stake)
            let active = min(wanted - activating, stake.active.value(of: record.holding))
            guard active > .zero else { return activating }
            let shares = stake.active.shares(worth: active)!
            record.holding.shares -= shares
            return activating + stake.redeemActive(shares)
        }
    }

    private mutating func take(
        _ wanted: VaultShares, from claim: inout RestakerAccount.UnbondingClaim
    ) -> VaultShares {
        let part = min(wanted, value(of: claim))
        guard part > .zero else { return .zero }
        let (epoch, isLeaving) = (claim.epoch, claim.epoch == epoch)
        return change(claim.signer, claim.asset) { stake in
            let pool = isLeaving ? stake.active : stake.bucket(of: epoch)!.pool
            let shares = pool.shares(worth: part)!
            claim.holding.shares -= shares
            guard isLeaving else { return stake.redeemUnbonding(shares, of: epoch) }
            stake.stay(shares)
            return stake.redeemActive(shares)
        }
    }
}
