import Messages
import Primitives

/// Assets come in and leave, and what they are worth is told.
extension Model {
    /// Neither a vault's balance nor the value of all together exceeds 2^63.
    static let limit = Exact(1 << 63 as UInt64)
    static let wordLimit = Exact(UInt64.max)

    mutating func deposit(_ amount: Units, of asset: AssetID, by restaker: Int) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < assets.count else { return .unknownAsset }
        let place = asset.place
        guard assets[place].status == .active, epoch >= assets[place].since else { return .assetClosed }
        let balance = assets[place].balance + Exact(amount)
        let worth = value(balance, of: asset)
        let all = worth + othersValue(besides: asset)
        guard assets[place].flows.entered + Exact(amount) <= Self.wordLimit, balance <= Self.limit,
            worth <= Self.wordLimit, all <= Self.limit
        else { return .amountTooLarge }
        guard worth <= Exact(assets[place].terms.depositCap),
            parameters.release.cap(in: epoch).map({ all <= Exact($0) }) ?? true
        else { return .capExceeded }
        let bought = Exact(amount) / price(of: asset)
        guard .one <= bought else { return .dust }
        dust.round(asset, shares: 1)
        idle[restaker][place] += bought
        assets[place].balance = balance
        assets[place].flows.entered += Exact(amount)
        return .applied
    }

    /// In lamports, rounded down.
    func value(_ units: Exact, of asset: AssetID) -> Exact { (units * Exact(assets[asset.place].rate)).floor }

    private func othersValue(besides asset: AssetID) -> Exact {
        assets.indices.reduce(.zero) {
            $1 == asset.place ? $0 : $0 + value(assets[$1].balance, of: AssetID($1))
        }
    }

    /// What is free, up to this amount.
    mutating func withdraw(_ amount: Units, of asset: AssetID, by restaker: Int) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < assets.count else { return .unknownAsset }
        let price = price(of: asset)
        let available = available(asset, to: restaker)
        let rounded = matured(asset, of: restaker).count
        guard isEnough(available, .one / price, of: asset, slack: 1 + rounded, orElse: .insufficientStake) else {
            return .insufficientStake
        }
        gather(restaker)
        dust.round(asset, shares: 1, units: 1)
        let paid = min(Exact(amount), available * price)
        idle[restaker][asset.place] -= min(paid / price, idle[restaker][asset.place])
        assets[asset.place].balance -= paid
        assets[asset.place].flows.withdrawn += paid
        sweep(asset)
        return .applied
    }

    /// What stays in a vault that nobody holds any more belongs to nobody.
    mutating func sweep(_ asset: AssetID) {
        guard shares(of: asset).isZero else { return }
        assets[asset.place].flows.residue += assets[asset.place].balance
        assets[asset.place].balance = .zero
    }

    // MARK: Rates and yields

    mutating func updateRate(_ rate: ExchangeRate, of asset: AssetID, by person: Person) -> Outcome {
        let told = asset.place < assets.count ? [asset.place] : Array(assets.indices)
        guard told.contains(where: { $0 > 0 && assets[$0].terms.authority == person.key }) else {
            return .notAuthorized
        }
        guard asset.place < assets.count else { return .unknownAsset }
        let present = assets[asset.place]
        guard present.status != .retired, epoch >= present.since else { return .assetClosed }
        guard present.rateTold != epoch else { return .rateAlreadyTold }
        let jump = (Exact(rate) - Exact(present.rate)).magnitude
        guard jump <= Exact(present.rate) * Exact(present.terms.rateBound) else {
            if present.status == .active { setStatus(.paused, of: asset) }
            return .rateJump
        }
        guard setRate(rate, of: asset) else { return .amountTooLarge }
        assets[asset.place].rateTold = epoch
        return .applied
    }

    /// - Returns: false, with nothing changed, where all together would be worth more than the books can carry.
    mutating func setRate(_ rate: ExchangeRate, of asset: AssetID) -> Bool {
        let old = assets[asset.place].rate
        assets[asset.place].rate = rate
        let worth = value(assets[asset.place].balance, of: asset)
        guard worth <= Self.wordLimit, worth + othersValue(besides: asset) <= Self.limit else {
            assets[asset.place].rate = old
            return false
        }
        hear(.rateChanged(asset, from: old, to: rate))
        return true
    }

    mutating func setStatus(_ status: AssetStatus, of asset: AssetID) {
        assets[asset.place].status = status
        assets[asset.place].retired = status == .retired ? epoch.next : nil
        hear(.statusChanged(asset, status))
    }

    mutating func updateYield(_ yield: BaseYield, of validator: ValidatorIndex, by person: Person) -> Outcome {
        guard person.key == assets[0].terms.authority else { return .notAuthorized }
        guard validator.place < validators.count else { return .unknownValidator }
        validators[validator.place].yield = yield
        return .applied
    }
}
