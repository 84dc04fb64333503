import Messages
import Primitives

/// The native vault: SOL comes in and leaves.
extension Ledger {
    mutating func deposit(_ amount: Lamports, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard vault.deposit(amount) else { return .amountTooLarge }
        restakers[Int(index.number)].idle += amount
        return .applied
    }

    /// Takes out what is idle, up to this amount.
    mutating func withdraw(_ amount: Lamports, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        let leaving = min(amount, available(to: index))
        guard leaving > .zero else { return .insufficientStake }
        gather(index)
        restakers[Int(index.number)].idle -= leaving
        vault.idle -= leaving
        vault.withdrawn += leaving
        return .applied
    }

    /// What a restaker may delegate or withdraw now: what is idle, what has unbonded, and what never came to count.
    func available(to index: RestakerIndex) -> Lamports {
        let account = restakers[Int(index.number)]
        var sum = account.idle
        for claim in account.claims where hasUnbonded(claim.epoch) { sum += value(of: claim) }
        for record in account.delegations {
            guard let joining = record.joining,
                stakes[Int(record.signer.number)].state(of: joining) == .returned
            else { continue }
            sum += joining.amount
        }
        return sum
    }

    /// Makes all that is available idle, and settles what has come to count.
    mutating func gather(_ index: RestakerIndex) {
        var account = restakers[Int(index.number)]
        for place in account.claims.indices where hasUnbonded(account.claims[place].epoch) {
            let claim = account.claims[place]
            account.idle += redeem(value(of: claim), of: &account.claims[place])
            account.claims[place].holding = SharePool.Holding()
        }
        for place in account.delegations.indices {
            let signer = Int(account.delegations[place].signer.number)
            account.idle += account.delegations[place].settle(with: &stakes[signer])
        }
        account.tidy()
        vault.idle += account.idle - restakers[Int(index.number)].idle
        restakers[Int(index.number)] = account
    }

    /// Stake undelegated in an epoch leaves once no offence of that epoch can be slashed any more.
    func hasUnbonded(_ left: Epoch) -> Bool { epoch >= left.advanced(by: 1 + parameters.unbondingEpochs) }

    func value(of claim: RestakerAccount.UnbondingClaim) -> Lamports {
        stakes[Int(claim.signer.number)].bucket(of: claim.epoch)?.value(of: claim.holding) ?? .zero
    }

    /// Takes `amount` of a claim out of its bucket; what that leaves to nobody is booked as residue.
    private mutating func redeem(_ amount: Lamports, of claim: inout RestakerAccount.UnbondingClaim) -> Lamports {
        guard stakes[Int(claim.signer.number)].bucket(of: claim.epoch) != nil else { return .zero }
        vault.residue += stakes[Int(claim.signer.number)].takeUnbonding(
            amount, of: claim.epoch, from: &claim.holding)
        return amount
    }

    /// Takes a fee from all that a restaker has, as far as it carries: from what is idle, then from delegations, those
    /// still activating first, then from what is unbonding.
    ///
    /// - Returns: what was taken; it belongs to no account any more.
    mutating func collect(_ fee: Lamports, from index: RestakerIndex) -> Lamports {
        gather(index)
        var account = restakers[Int(index.number)]
        var left = fee
        let fromIdle = min(left, account.idle)
        account.idle -= fromIdle
        vault.idle -= fromIdle
        left -= fromIdle
        for place in account.delegations.indices where left > .zero {
            let signer = Int(account.delegations[place].signer.number)
            let activating = min(left, account.delegations[place].joining?.amount ?? .zero)
            account.delegations[place].takeBack(activating, from: &stakes[signer])
            left -= activating
            let active = min(left, stakes[signer].active.value(of: account.delegations[place].holding))
            guard active > .zero else { continue }
            vault.residue += stakes[signer].active.take(active, from: &account.delegations[place].holding)
            left -= active
        }
        for place in account.claims.indices where left > .zero {
            let part = min(left, value(of: account.claims[place]))
            guard part > .zero else { continue }
            left -= redeem(part, of: &account.claims[place])
        }
        account.tidy()
        restakers[Int(index.number)] = account
        return fee - left
    }
}
