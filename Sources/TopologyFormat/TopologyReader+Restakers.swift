import Primitives

extension TopologyReader {
    /// `{r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}}`
    static func restakerPlans(_ field: Field, roster: OperatorRoster?) -> [RestakerPlan] {
        let fields = field.namedFields(example: "{r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}}") ?? []
        guard fields.count <= maximumOperators else {
            field.report("\(fields.count) restakers; at most \(maximumOperators)")
            return []
        }
        return fields.map { restakerPlan($0, roster: roster) }
    }

    private static func restakerPlan(_ entry: Field.NamedField, roster: OperatorRoster?) -> RestakerPlan {
        entry.checkName()
        var plan = RestakerPlan(name: entry.name, deposit: .zero, delegations: [])
        guard var keys = entry.value.mapping(example: "{deposit: 100 SOL, delegate: {op-1: 60 SOL}}") else {
            return plan
        }
        let deposit = keys.require("deposit", .stake(atLeast: Lamports(1)))
        let delegateField = keys.field("delegate")
        keys.reportUnknownKeys()
        plan.deposit = deposit ?? .zero
        var delegated: Lamports? = .zero
        for target in delegateField?.namedFields(example: "{op-1: 60 SOL}") ?? [] {
            let signer = roster.flatMap { target.nameField.read($0.member) }
            guard let amount = target.value.read(.stake(atLeast: Lamports(1))) else { continue }
            delegated = delegated?.adding(amount)
            if let signer { plan.delegations.append(DelegationPlan(signer: signer, amount: amount)) }
        }
        if let deposit, let delegateField, delegated.map({ $0 > deposit }) ?? true {
            let sum = delegated?.description ?? "more than 64 bits hold"
            delegateField.report("\(sum) delegated of a deposit of \(deposit)")
        }
        return plan
    }

    /// All that is deposited must fit 64 bits.
    static func checkTotalStake(roster: OperatorRoster?, restakers: [RestakerPlan], operatorsField: Field?) {
        guard let roster, let operatorsField else { return }
        let deposits = roster.operators.map(\.stake) + restakers.map(\.deposit)
        let total = deposits.reduce(UInt128(0)) { $0 + UInt128($1.number) }
        if total > UInt128(maximumStake.number) {
            operatorsField.report(
                "the stake of all operators and restakers exceeds \(maximumStake), the most that a ledger takes")
        }
    }

    /// Those whom nobody has given any stake.
    static func stakeless(_ roster: OperatorRoster?, _ restakers: [RestakerPlan]) -> Set<OperatorIndex> {
        guard let roster, roster.stakesAreKnown else { return [] }
        let backed = Set(restakers.flatMap(\.delegations).filter { $0.amount > .zero }.map(\.signer))
        let indices = roster.operators.indices.filter { roster.operators[$0].stake == .zero }
        return Set(indices.map { OperatorIndex(UInt32($0)) }).subtracting(backed)
    }
}
