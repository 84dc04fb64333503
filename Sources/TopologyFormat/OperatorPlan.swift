import Primitives

package struct OperatorPlan: Hashable, Sendable {
    package var name: String
    /// Its self-delegation.
    package var stake: Lamports
}

package struct RestakerPlan: Hashable, Sendable {
    package var name: String
    package var deposit: Lamports
    /// One for each operator at most; together no more than the deposit.
    package var delegations: [DelegationPlan]
}

package struct DelegationPlan: Hashable, Sendable {
    package var signer: OperatorIndex
    package var amount: Lamports
}
