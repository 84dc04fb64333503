import Messages
import Primitives

extension TopologyReader {
    private static let example = "{r-1: {deposit: 100 SOL, delegate: {op-1: 60 SOL}}}"

    /// `{r-1: {deposit: [100 SOL, 50 mSOL], delegate: {op-1: [60 SOL, 20 mSOL]}}}`
    static func restakerPlans(_ field: Field, roster: OperatorRoster?, assets: AssetRoster) -> [RestakerPlan] {
        let fields = field.namedFields(example: example) ?? []
        guard fields.count <= maximumOperators else {
            field.report("\(fields.count) restakers; at most \(maximumOperators)")
            return []
        }
        return fields.map { restakerPlan($0, roster: roster, assets: assets) }
    }

    private static func restakerPlan(
        _ entry: Field.NamedField, roster: OperatorRoster?, assets: AssetRoster
    ) -> RestakerPlan {
        entry.checkName()
        if roster?.isName(entry.name) == true {
            entry.nameField.report("\(entry.name) is an operator; what it restakes itself is its stake")
        }
        var plan = RestakerPlan(name: entry.name, deposits: [], delegations: [])
        guard var keys = entry.value.mapping(example: "{deposit: 100 SOL, delegate: {op-1: 60 SOL}}") else {
            return plan
        }
        let earlier = entry.value.mistakes.count
        let depositField = keys.requiredField("deposit", example: "300 SOL")
        let delegateField = keys.field("delegate")
        keys.reportUnknownKeys()
        plan.deposits = depositField.map(assets.amounts) ?? []
        for target in delegateField?.namedFields(example: "{op-1: 60 SOL}") ?? [] {
            let signer = roster.flatMap { target.nameField.read($0.member) }
            for amount in assets.amounts(target.value) {
                if let signer {
                    plan.delegations.append(
                        DelegationPlan(asset: amount.asset, signer: signer, amount: amount.amount))
                }
            }
        }
        plan.delegations.sort { ($0.signer, $0.asset) < ($1.signer, $1.asset) }
        if let delegateField, entry.value.mistakes.count == earlier { check(plan, assets, delegateField) }
        return plan
    }

    /// No more may be delegated of an asset than was deposited.
    private static func check(_ plan: RestakerPlan, _ assets: AssetRoster, _ field: Field) {
        for place in assets.names.indices {
            let asset = AssetID(place)
            let delegated = plan.delegations.filter { $0.asset == asset }
                .reduce(UInt128(0)) { $0 + UInt128($1.amount.number) }
            let deposit = plan.deposited(asset)
            guard delegated > UInt128(deposit.number) else { continue }
            let sum =
                UInt64(exactly: delegated).map { text(of: $0, assets.names[place]) } ?? "more than 64 bits hold"
            field.report("\(sum) delegated of a deposit of \(text(of: deposit.number, assets.names[place]))")
        }
    }

    /// `12.5 mSOL`
    private static func text(of units: UInt64, _ name: String) -> String {
        String(Lamports(units).description.dropLast("SOL".count)) + name
    }

    /// All that is deposited must fit 63 bits, in every asset and in lamports altogether.
    static func checkTotalStake(
        roster: OperatorRoster?, restakers: [RestakerPlan], assets: AssetRoster, operatorsField: Field?
    ) {
        guard let roster, let operatorsField else { return }
        let total = totalStake(roster, restakers, assets)
        var units: [AssetID: UInt128] = [:]
        for deposit in restakers.flatMap(\.deposits) {
            units[deposit.asset, default: 0] += UInt128(deposit.amount.number)
        }
        if total > UInt128(maximumStake.number) || units.values.contains(where: { $0 > UInt128(maximumStake.number) }) {
            operatorsField.report(
                "the stake of all operators and restakers exceeds \(maximumStake), the most that a ledger takes")
        }
    }

    /// What the ledger holds for AVSs lies in the same vaults.
    static func checkBudgets(
        _ services: [ServicePlan], roster: OperatorRoster?, restakers: [RestakerPlan], assets: AssetRoster,
        servicesField: Field?
    ) {
        guard let roster, let servicesField else { return }
        let stake = totalStake(roster, restakers, assets)
        let budgets = services.reduce(UInt128(0)) { $0 + UInt128($1.reward.budget.number) }
        if stake <= UInt128(maximumStake.number), stake + budgets > UInt128(maximumStake.number) {
            servicesField.report(
                "all budgets and all stake together exceed \(maximumStake), the most that a ledger takes")
        }
    }

    /// In lamports, without haircuts: the vaults hold all of it.
    private static func totalStake(
        _ roster: OperatorRoster, _ restakers: [RestakerPlan], _ assets: AssetRoster
    ) -> UInt128 {
        restakers.flatMap(\.deposits).reduce(
            roster.operators.reduce(UInt128(0)) { $0 + UInt128($1.stake.number) }
        ) { total, deposit in
            let rate = deposit.asset == .native ? 1_000_000_000 : assets.assets[deposit.asset.place - 1].rate.number
            return total + UInt128(deposit.amount.number) * UInt128(rate) / 1_000_000_000
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
