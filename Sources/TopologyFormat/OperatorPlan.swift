import Primitives

package struct OperatorPlan: Hashable, Sendable {
    package var name: String
    /// Its self-delegation.
    package var stake: Lamports

    package init(name: String, stake: Lamports) {
        self.name = name
        self.stake = stake
    }
}

package struct RestakerPlan: Hashable, Sendable {
    package var name: String
    package var deposit: Lamports
    /// One for each operator at most; together no more than the deposit.
    package var delegations: [DelegationPlan]

    package init(name: String, deposit: Lamports, delegations: [DelegationPlan]) {
        self.name = name
        self.deposit = deposit
        self.delegations = delegations
    }
}

package struct DelegationPlan: Hashable, Sendable {
    package var signer: OperatorIndex
    package var amount: Lamports

    package init(signer: OperatorIndex, amount: Lamports) {
        self.signer = signer
        self.amount = amount
    }
}
