import Messages
import Primitives

/// Delegations: stake comes to count for an operator, and ceases to.
extension Ledger {
    /// Counts from the next epoch; until then no slash reaches it.
    mutating func delegate(_ amount: Lamports, to signer: OperatorIndex, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        guard !operators[Int(signer.number)].isTombstoned else { return .tombstoned }
        guard amount <= available(to: index) else { return .insufficientStake }
        gather(index)
        var account = restakers[Int(index.number)]
        account.idle -= amount
        vault.idle -= amount
        let place = account.openDelegation(to: signer)
        let joined = account.delegations[place].joining?.amount ?? .zero
        account.delegations[place].joining = .init(epoch: epoch, amount: joined + amount)
        stakes[Int(signer.number)].join(amount, in: epoch)
        restakers[Int(index.number)] = account
        return .applied
    }

    /// What is still activating has never counted and is idle again at once; the rest begins to unbond, and no longer
    /// counts from the next epoch.
    mutating func undelegate(_ amount: Lamports, from signer: OperatorIndex, by index: RestakerIndex) -> Outcome {
        guard amount > .zero else { return .zeroAmount }
        guard Int(signer.number) < operators.count else { return .unknownSigner }
        var account = restakers[Int(index.number)]
        guard let place = account.place(of: signer) else { return .insufficientStake }
        var stake = stakes[Int(signer.number)]
        var record = account.delegations[place]
        var released = record.settle(with: &stake)
        let activating = min(amount, record.joining?.amount ?? .zero)
        record.takeBack(activating, from: &stake)
        released += activating
        let leaving = amount - activating
        guard leaving <= stake.active.value(of: record.holding) else { return .insufficientStake }
        var residue = Lamports.zero
        if leaving > .zero {
            residue = stake.active.take(leaving, from: &record.holding)
            guard let holding = stake.unbond(leaving, in: epoch) else { return .amountTooLarge }
            account.claim(holding, of: stake.bucket(of: epoch)!, from: signer, in: epoch)
        }
        account.delegations[place] = record
        account.idle += released
        account.tidy()
        vault.idle += released
        vault.residue += residue
        stakes[Int(signer.number)] = stake
        restakers[Int(index.number)] = account
        return .applied
    }
}
