import Messages
import Primitives

/// The vaults: assets come in and leave, and what they are worth is told.
extension Ledger {
    mutating func deposit(_ amount: Units, of asset: AssetID, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < vaults.count else { return .unknownAsset }
        let vault = vaults[asset.place]
        guard vault.takesDeposits(in: epoch) else { return .assetClosed }
        guard let value = value(with: amount, of: asset) else { return .amountTooLarge }
        guard value.asset <= vault.terms.depositCap,
            parameters.release.cap(in: epoch).map({ value.all <= $0 }) ?? true
        else { return .capExceeded }
        guard vault.pool.minted(for: amount) != nil else { return .dust }
        guard let shares = vaults[asset.place].deposit(amount) else { return .amountTooLarge }
        restakers[Int(index.number)].addIdle(shares, of: asset)
        return .applied
    }

    /// What this vault and all together would be worth with so much more in this one; nil where the books cannot
    /// carry it.
    private func value(with amount: Units, of asset: AssetID) -> (asset: Lamports, all: Lamports)? {
        let vault = vaults[asset.place]
        guard vault.entered.adding(amount) != nil, let balance = vault.pool.assets.adding(amount),
            balance.number <= PoolLimit.number, let value = vault.rate.value(of: balance)
        else { return nil }
        guard let all = totalValue(besides: asset, value) else { return nil }
        return (value, all)
    }

    /// - Returns: nil where the books cannot carry it.
    private func totalValue(besides asset: AssetID, _ value: Lamports) -> Lamports? {
        let others = vaults.indices.reduce(UInt128(0)) {
            $1 == asset.place ? $0 : $0 + UInt128(vaults[$1].value.number)
        }
        let all = others + UInt128(value.number)
        return all <= UInt128(PoolLimit.number) ? Lamports(UInt64(all)) : nil
    }

    /// Takes out what is idle, up to this amount.
    mutating func withdraw(_ amount: Units, of asset: AssetID, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < vaults.count else { return .unknownAsset }
        let available = available(asset, to: index)
        let leaving = min(amount, vaults[asset.place].units(of: available))
        guard leaving > .zero else { return .insufficientStake }
        gather(index)
        var shares = vaults[asset.place].shares(worth: leaving)!
        // What would stay and be worth nothing goes along.
        if vaults[asset.place].units(of: available - shares) == .zero { shares = available }
        restakers[Int(index.number)].takeIdle(shares, of: asset)
        vaults[asset.place].withdraw(leaving, for: shares)
        return .applied
    }

    // MARK: Rates and yields

    /// A jump beyond the bound is not believed: deposits are paused until the council says what is right.
    mutating func updateRate(
        _ rate: ExchangeRate, of asset: AssetID, by account: Account, changes: inout [Change]
    ) -> Outcome {
        guard asset.place < vaults.count else { return .unknownAsset }
        let vault = vaults[asset.place]
        guard asset != .native, account.key == vault.terms.authority else { return .notAuthorized }
        guard vault.status != .retired, epoch >= vault.since else { return .assetClosed }
        guard vault.rateTold != epoch else { return .rateAlreadyTold }
        guard vault.rate.isWithin(vault.terms.rateBound, of: rate) else {
            if vault.status == .active { setStatus(.paused, of: asset, changes: &changes) }
            return .rateJump
        }
        guard setRate(rate, of: asset, changes: &changes) else { return .amountTooLarge }
        vaults[asset.place].rateTold = epoch
        return .applied
    }

    /// - Returns: false, with nothing changed, where the books cannot carry it.
    mutating func setRate(_ rate: ExchangeRate, of asset: AssetID, changes: inout [Change]) -> Bool {
        guard let value = rate.value(of: vaults[asset.place].pool.assets), totalValue(besides: asset, value) != nil
        else { return false }
        changes.append(.event(.rateChanged(asset, from: vaults[asset.place].rate, to: rate)))
        vaults[asset.place].rate = rate
        return true
    }

    mutating func setStatus(_ status: AssetStatus, of asset: AssetID, changes: inout [Change]) {
        vaults[asset.place].status = status
        vaults[asset.place].retired = status == .retired ? epoch.next : nil
        changes.append(.event(.statusChanged(asset, status)))
    }

    mutating func updateYield(_ yield: BaseYield, of validator: ValidatorIndex, by account: Account) -> Outcome {
        guard account.key == vaults[0].terms.authority else { return .notAuthorized }
        guard validator.place < nativePool.validators.count else { return .unknownValidator }
        nativePool.setYield(yield, of: validator)
        return .applied
    }
}
