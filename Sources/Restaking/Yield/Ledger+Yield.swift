import Messages
import Primitives

/// What stake earns: three streams, kept apart to the end. Base yield makes the native vault's shares worth more (that of
/// an LST is in its rate); protocol points and the AVSs' rewards are earned by name and claimed.
///
/// Each is booked at the close of an epoch, before what leaves and what joins in it: so it goes to the stake that
/// counted. An operator's commission is taken first; then a pool's shares earn alike.
extension Ledger {
    mutating func bookYield(of closing: Epoch, changes: inout [Change], witness: LedgerWitness?) {
        awardPoints(in: closing)
        witness?(.points(closing), self)
        for place in services.indices {
            let service = ServiceID(UInt32(place))
            payRewards(of: service, in: closing, changes: &changes)
            witness?(.rewards(closing, service), self)
        }
        bookBaseYield(of: closing, changes: &changes)
        witness?(.baseYield(closing), self)
    }

    // MARK: Points

    /// For each lamport that is active, its asset's number.
    private mutating func awardPoints(in epoch: Epoch) {
        for asset in vaults.indices where vaults[asset].terms.points > 0 {
            for signer in operators.indices where stakes[asset][signer].active.assets > .zero {
                let value = vaults[asset].value(of: stakes[asset][signer].active.assets)
                let points = UInt128(value.number) * UInt128(vaults[asset].terms.points)
                let rate = UInt128(operators[signer].commission(in: epoch).number)
                let commission = (points * rate + 9_999) / 10_000
                accounts[operatorPlaces[signer]].points += commission
                stakes[asset][signer].award(points: points - commission)
            }
        }
    }

    // MARK: What AVSs pay

    /// A fee for each settled task and for the epoch, as far as the budget carries, split by weight and participation.
    private mutating func payRewards(of service: ServiceID, in epoch: Epoch, changes: inout [Change]) {
        let place = Int(service.number)
        let record = services[place]
        defer { services[place].clearCredits() }
        let all = record.credits.reduce(UInt128(0), +)
        guard record.tasksSettled > 0, all > 0 else { return }
        let fee =
            UInt128(record.terms.reward.perTask.number) * UInt128(record.tasksSettled)
            + UInt128(record.terms.reward.perEpoch.number)
        let pot = min(fee, UInt128(record.budget.number))
        guard pot > 0 else { return }
        var paid = Lamports.zero
        for signer in operators.indices where record.credits[signer] > 0 {
            let part = Arithmetic.multiplyDivide(pot, record.credits[signer], by: all)
            paid += pay(Lamports(UInt64(part)), to: OperatorIndex(UInt32(signer)), of: service, in: epoch)
        }
        services[place].budget -= paid
        vaults[0].spendBudget(Units(paid.number))
        if paid > .zero { changes.append(.event(.rewardsPaid(epoch, service, paid))) }
    }

    /// To an operator, its commission; the rest to its pools, by what each contributes to its weight.
    ///
    /// - Returns: what was paid; what rounding leaves stays in the budget, and so does what has nobody to go to.
    private mutating func pay(
        _ reward: Lamports, to signer: OperatorIndex, of service: ServiceID, in epoch: Epoch
    ) -> Lamports {
        let weights = weights(of: signer, in: service)
        let all = weights.reduce(.zero, +)
        guard all > .zero else { return .zero }
        let commission = reward.scaled(by: operators[Int(signer.number)].commission(in: epoch), rounding: .up)
        accounts[operatorPlaces[Int(signer.number)]].earn(Units(commission.number), of: .native)
        var paid = commission
        for asset in vaults.indices where weights[asset] > .zero {
            let part = (reward - commission).scaled(by: weights[asset].number, over: all.number)
            paid += stakes[asset][Int(signer.number)].pay(part)
        }
        return paid
    }

    // MARK: Base yield

    /// Of what the validators yield the protocol takes its fee; the rest stays in the vault. An operator's commission is
    /// taken in shares of its own pool, so that nobody else pays it.
    private mutating func bookBaseYield(of epoch: Epoch, changes: inout [Change]) {
        let balance = vaults[0].pool.assets
        let earned = nativePool.close(balance: balance)
        // What the books cannot carry is not booked.
        guard earned > 0, UInt128(balance.number) + earned < UInt128(PoolLimit.number),
            vaults[0].entered.adding(Units(UInt64(earned))) != nil
        else { return }
        let gross = Units(UInt64(earned))
        let fee = gross.scaled(by: parameters.protocolFee, rounding: .up)
        let shares = vaults[0].shares
        vaults[0].book(yield: gross, fee: fee)
        var commissions = Units.zero
        for signer in operators.indices where operators[signer].commission(in: epoch) > .zero {
            let active = stakes[0][signer].active.assets
            guard active > .zero else { continue }
            let part = (gross - fee).scaled(by: active.number, over: shares.number)
            let due = part.scaled(by: operators[signer].commission(in: epoch))
            // The most shares that are not worth more.
            guard let worth = vaults[0].shares(worth: due), worth > .zero else { continue }
            let taken = vaults[0].units(of: worth) > due ? worth - VaultShares(1) : worth
            guard taken > .zero, taken < active else { continue }
            change(OperatorIndex(UInt32(signer)), .native) { $0.loseActive(taken) }
            let units = vaults[0].take(taken)
            earn(units, of: .native, by: operatorPlaces[signer])
            commissions += units
        }
        changes.append(.event(.yieldBooked(epoch, gross: gross, fee: fee, commissions: commissions)))
    }

    // MARK: Claims

    /// Books what a restaker has earned under its name.
    mutating func credit(_ earned: Earnings, to place: Int) {
        // It has been in a pool's pot, and so among what is earned, before.
        accounts[place].earn(Units(earned.lamports.number), of: .native)
        accounts[place].points += earned.points
    }

    mutating func fund(_ service: ServiceID, _ amount: Lamports) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard Int(service.number) < services.count else { return .unknownService }
        guard services[Int(service.number)].defunct == nil else { return .defunct }
        guard let budget = services[Int(service.number)].budget.adding(amount),
            budget.number <= PoolLimit.number, vaults[0].fundBudget(Units(amount.number))
        else { return .amountTooLarge }
        services[Int(service.number)].budget = budget
        return .applied
    }

    mutating func claimRewards(by place: Int) -> Outcome {
        guard hasEarned(place) else { return .nothingEarned }
        if let index = accounts[place].restaker { gather(index) }
        for (asset, amount) in accounts[place].takeEarned().enumerated() { vaults[asset].payEarned(amount) }
        return .applied
    }

    private func hasEarned(_ place: Int) -> Bool {
        if accounts[place].earned.contains(where: { $0 > .zero }) { return true }
        guard let index = accounts[place].restaker else { return false }
        return unclaimed(by: index).lamports > .zero
    }

    /// What a restaker has earned since it last acted.
    func unclaimed(by index: RestakerIndex) -> Earnings {
        let account = restakers[Int(index.number)]
        var earned = Earnings()
        for var record in account.delegations {
            var stake = stakes[record.asset.place][Int(record.signer.number)]
            earned += record.settle(with: &stake).earned
        }
        for claim in account.claims {
            var stake = stakes[claim.asset.place][Int(claim.signer.number)]
            earned += stake.takeRewards(of: claim, in: epoch)
        }
        return earned
    }
}
