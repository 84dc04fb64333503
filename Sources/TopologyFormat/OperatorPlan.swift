import Messages
import Primitives

package struct OperatorPlan: Hashable, Sendable {
    package var name: String
    /// Its self-delegation, of native SOL.
    package var stake: Lamports
    package var commission: BasisPoints
    /// Where the ledger allocates stake in parts: what it gives to each AVS. Those that are not named share what is left
    /// alike where parts are unique, and get all of it where they are elastic.
    package var allocations: [AllocationPlan]

    package init(
        name: String, stake: Lamports, commission: BasisPoints = .zero, allocations: [AllocationPlan] = []
    ) {
        self.name = name
        self.stake = stake
        self.commission = commission
        self.allocations = allocations
    }
}

package struct AllocationPlan: Hashable, Sendable {
    package var service: ServiceID
    package var share: Fraction

    package init(service: ServiceID, share: Fraction) {
        self.service = service
        self.share = share
    }

    /// Rounded down.
    package var magnitude: Magnitude {
        Magnitude(
            Arithmetic.multiplyDivide(
                Magnitude.whole.number, share.numerator, by: share.denominator, rounding: .down))!
    }
}

package struct RestakerPlan: Hashable, Sendable {
    package var name: String
    /// One for each asset at most.
    package var deposits: [AmountPlan]
    /// One for each asset and operator at most; together no more than the deposits.
    package var delegations: [DelegationPlan]

    package init(name: String, deposits: [AmountPlan], delegations: [DelegationPlan]) {
        self.name = name
        self.deposits = deposits
        self.delegations = delegations
    }

    /// Of native SOL alone.
    package init(name: String, deposit: Lamports, delegations: [DelegationPlan]) {
        self.init(
            name: name, deposits: [AmountPlan(.native, Units(deposit.number))], delegations: delegations)
    }

    func deposited(_ asset: AssetID) -> Units { deposits.first { $0.asset == asset }?.amount ?? .zero }
}

package struct DelegationPlan: Hashable, Sendable {
    package var asset: AssetID
    package var signer: OperatorIndex
    package var amount: Units

    package init(asset: AssetID, signer: OperatorIndex, amount: Units) {
        self.asset = asset
        self.signer = signer
        self.amount = amount
    }

    /// Of native SOL.
    package init(signer: OperatorIndex, amount: Lamports) {
        self.init(asset: .native, signer: signer, amount: Units(amount.number))
    }
}
