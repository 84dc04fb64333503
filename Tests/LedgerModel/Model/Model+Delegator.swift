import Messages
import Primitives

/// Stake comes to count for an operator, and ceases to.
extension Model {
    mutating func delegate(
        _ amount: Units, of asset: AssetID, to signer: OperatorIndex, by restaker: Int
    ) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < assets.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        guard epoch >= parameters.release.operators else { return .notReleased }
        guard operators[Int(signer.number)].tombstoned == nil else { return .tombstoned }
        guard operators[Int(signer.number)].exited == nil else { return .exited }
        guard assets[asset.place].status != .retired, epoch >= assets[asset.place].since else { return .assetClosed }
        let wanted = Exact(amount) / price(of: asset)
        guard
            isEnough(
                available(asset, to: restaker), wanted, of: asset, slack: 1 + matured(asset, of: restaker).count,
                orElse: .insufficientStake)
        else { return .insufficientStake }
        gather(restaker)
        dust.round(asset, shares: 1)
        let taken = min(wanted, idle[restaker][asset.place])
        idle[restaker][asset.place] -= taken
        put(taken, .joining, Spot(asset: asset, signer: signer), of: restaker)
        return .applied
    }

    /// What was delegated in this same epoch is idle again at once; the rest counts until the epoch is over.
    mutating func undelegate(
        _ amount: Units, of asset: AssetID, from signer: OperatorIndex, by restaker: Int
    ) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard asset.place < assets.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        let spot = Spot(asset: asset, signer: signer)
        let wanted = Exact(amount) / price(of: asset)
        let (joining, active) = (has(.joining, spot, restaker), has(.active, spot, restaker))
        guard isEnough(joining + active, wanted, of: asset, slack: 2, orElse: .insufficientStake) else {
            return .insufficientStake
        }
        gather(restaker)
        dust.round(asset, shares: 3)
        let back = min(wanted, joining)
        take(back, .joining, spot, of: restaker)
        idle[restaker][asset.place] += back
        let leaving = min(wanted - back, active)
        take(leaving, .active, spot, of: restaker)
        put(leaving, .leaving(epoch), spot, of: restaker)
        return .applied
    }

    /// All that the restaker has there becomes idle at once.
    mutating func emergencyExit(_ asset: AssetID, from signer: OperatorIndex, by restaker: Int) -> Outcome {
        guard asset.place < assets.count else { return .unknownAsset }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        let there = stakes[restaker].filter { $0.asset == asset && $0.signer == signer }
        let most = there.filter { !hasUnbonded($0) }.map(\.amount).max() ?? .zero
        guard isEnough(most, .one, of: asset, slack: 1, orElse: .insufficientStake) else { return .insufficientStake }
        guard !isUsed(signer), !pending.contains(where: { $0.record.signer == signer }) else { return .stillHeld }
        gather(restaker)
        dust.round(asset, shares: there.count)
        for stake in stakes[restaker] where stake.asset == asset && stake.signer == signer {
            idle[restaker][asset.place] += stake.amount
        }
        stakes[restaker].removeAll { $0.asset == asset && $0.signer == signer }
        return .applied
    }

    /// Whether an AVS that is alive has the operator's stake behind it, or has had it in an epoch that can be punished.
    private func isUsed(_ signer: OperatorIndex) -> Bool {
        services.indices.contains { place in
            services[place].defunct == nil
                && (counts(signer, in: place, epoch.next) || sets[place].contains { $0.index(of: signer) != nil })
        }
    }

    // MARK: One restaker's stake

    func has(_ stage: Stake.Stage, _ spot: Spot, _ restaker: Int) -> Exact {
        stakes[restaker].first { $0.asset == spot.asset && $0.signer == spot.signer && $0.stage == stage }?.amount
            ?? .zero
    }

    mutating func put(_ amount: Exact, _ stage: Stake.Stage, _ spot: Spot, of restaker: Int) {
        if let place = stakes[restaker].firstIndex(where: {
            $0.asset == spot.asset && $0.signer == spot.signer && $0.stage == stage
        }) {
            stakes[restaker][place].amount += amount
        } else {
            stakes[restaker].append(Stake(asset: spot.asset, signer: spot.signer, stage: stage, amount: amount))
        }
    }

    mutating func take(_ amount: Exact, _ stage: Stake.Stage, _ spot: Spot, of restaker: Int) {
        guard
            let place = stakes[restaker].firstIndex(where: {
                $0.asset == spot.asset && $0.signer == spot.signer && $0.stage == stage
            })
        else { return }
        stakes[restaker][place].amount -= amount
        if stakes[restaker][place].amount <= .zero { stakes[restaker].remove(at: place) }
    }

    /// What left so long ago that no offence of that epoch is punished any more, nor is about to be.
    func hasUnbonded(_ stake: Stake) -> Bool {
        guard case .leaving(let left) = stake.stage else { return false }
        return epoch.number >= left.number + 1 + parameters.unbondingEpochs
            && !pending.contains { $0.record.signer == stake.signer && $0.record.epoch <= left }
    }

    func matured(_ asset: AssetID, of restaker: Int) -> [Stake] {
        stakes[restaker].filter { $0.asset == asset && hasUnbonded($0) }
    }

    /// What a restaker may delegate or withdraw.
    func available(_ asset: AssetID, to restaker: Int) -> Exact {
        matured(asset, of: restaker).reduce(idle[restaker][asset.place]) { $0 + $1.amount }
    }

    /// The ledger settles a restaker's whole account when it acts: each part of it is rounded once, and what it has earned
    /// twice where something has joined it.
    mutating func gather(_ restaker: Int) {
        for stake in stakes[restaker] {
            dust.round(stake.asset, shares: 1)
            dust.lamports += 2
            dust.points += 2
            if let share = undivided[Spot(stake)] {
                dust.lamports += share.lamports
                dust.points += share.points
            }
            if hasUnbonded(stake) { idle[restaker][stake.asset.place] += stake.amount }
        }
        let kept = stakes[restaker].filter { !hasUnbonded($0) }
        stakes[restaker] = kept
    }

    // MARK: Fees

    /// Takes a fee from a restaker's SOL: what is idle; operator by operator what joins, then what is active; then what
    /// has left, the oldest first.
    mutating func collect(_ fee: Lamports, from restaker: Int) {
        gather(restaker)
        let price = price(of: .native)
        var left = Exact(fee) / price
        let wanted = left
        func part(of amount: Exact) -> Exact {
            let part = min(left, amount)
            left -= part
            return part
        }
        idle[restaker][0] -= part(of: idle[restaker][0])
        let order = stakes[restaker].indices.sorted {
            Self.isTakenBefore(stakes[restaker][$0], stakes[restaker][$1])
        }
        for place in order where stakes[restaker][place].asset == .native {
            dust.round(.native, shares: 1)
            stakes[restaker][place].amount -= part(of: stakes[restaker][place].amount)
        }
        stakes[restaker].removeAll { $0.asset == .native && $0.amount <= .zero }
        dust.round(.native, shares: 1, units: 1)
        let paid = (wanted - left) * price
        assets[0].balance -= paid
        assets[0].flows.burned += paid
        sweep(.native)
    }

    private static func isTakenBefore(_ one: Stake, _ other: Stake) -> Bool {
        func rank(_ stake: Stake) -> (UInt64, UInt32, Int) {
            switch stake.stage {
            case .joining: (0, stake.signer.number, 0)
            case .active: (0, stake.signer.number, 1)
            case .leaving(let epoch): (epoch.number + 1, stake.signer.number, 0)
            }
        }
        return rank(one) < rank(other)
    }
}
