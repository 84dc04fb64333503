import Cryptography
import Messages
import Primitives

/// Why nothing can start from a genesis.
package enum GenesisError: Error, Hashable, Sendable {
    case badParameter(name: String, reason: String)
    case sharedKey(PublicKey, first: String, second: String)
    case unknownOperator(OperatorIndex, where: String)
    case duplicateOptIn(OperatorIndex, service: String)
    case unknownAsset(AssetID, where: String)
    case unknownService(ServiceID, where: String)
    case delegatedBeyondDeposit(restaker: String, asset: String, deposit: Units)
    case depositsTooLarge
    case budgetsTooLarge
}

extension GenesisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badParameter(let name, let reason): "genesis: \(name) \(reason)"
        case .sharedKey(let key, let first, let second): "genesis: \(first) and \(second) have one key, \(key)"
        case .unknownOperator(let index, let place): "genesis: \(place) names operator \(index), which does not exist"
        case .duplicateOptIn(let index, let service): "genesis: operator \(index) is opted in to \(service) twice"
        case .unknownAsset(let asset, let place): "genesis: \(place) names asset \(asset), which does not exist"
        case .unknownService(let service, let place): "genesis: \(place) names AVS \(service), which does not exist"
        case .delegatedBeyondDeposit(let restaker, let asset, let deposit):
            "genesis: \(restaker) delegates more \(asset) than its deposit of \(Lamports(deposit.number).inSOL)"
        case .depositsTooLarge: "genesis: the deposits together exceed \(Lamports(PoolLimit.number))"
        case .budgetsTooLarge: "genesis: deposits and budgets together exceed \(Lamports(PoolLimit.number))"
        }
    }
}

extension Genesis {
    /// Epochs of unbonding are kept snapshots and open loops: more than this is a mistake.
    static let unbondingLimit: UInt64 = 1_024

    /// Checks all that the ledger relies on.
    func validate() throws(GenesisError) {
        try validateParameters()
        try validateGovernance()
        try validateAssets()
        try validateKeys()
        try validateStake()
        for service in services { try validate(service) }
        try validateAllocations()
    }

    private func validateParameters() throws(GenesisError) {
        guard parameters.slotDuration > .zero else {
            throw .badParameter(name: "the slot duration", reason: "must be longer than 0")
        }
        guard parameters.slotsPerEpoch > 0 else {
            throw .badParameter(name: "the number of slots per epoch", reason: "must be at least 1")
        }
        guard (1...Self.unbondingLimit).contains(parameters.unbondingEpochs) else {
            throw .badParameter(
                name: "the unbonding of \(parameters.unbondingEpochs) epochs",
                reason: "must be between 1 and \(Self.unbondingLimit)")
        }
        // Slots are counted to 2^62; a veto window must end before the stake that it holds could have left.
        let (unbonding, overflows) = parameters.slotsPerEpoch.multipliedReportingOverflow(
            by: parameters.unbondingEpochs)
        guard parameters.vetoSlots <= (overflows ? Ledger.slotLimit.number : min(unbonding, Ledger.slotLimit.number))
        else {
            throw .badParameter(
                name: "the veto window of \(parameters.vetoSlots) slots", reason: "must not be longer than unbonding")
        }
        guard parameters.reporterReward <= .one else {
            throw .badParameter(name: "the reporter's reward", reason: "must be at most the whole slash")
        }
        guard signers.count <= OperatorSet.memberLimit else {
            throw .badParameter(
                name: "the number of operators, \(signers.count),", reason: "must be at most \(OperatorSet.memberLimit)"
            )
        }
    }

    /// Every key has one bearer; only a restaker may be an operator at once: that is its self-delegation.
    private func validateKeys() throws(GenesisError) {
        var bearers: [PublicKey: String] = [:]
        func bear(_ key: PublicKey, _ bearer: String) throws(GenesisError) {
            if let first = bearers.updateValue(bearer, forKey: key) {
                throw .sharedKey(key, first: first, second: bearer)
            }
        }
        try bear(clock, "the clock")
        for service in services { try bear(service.coordinator, "the coordinator of \(service.name)") }
        var exclusive = bearers
        for restaker in restakers { try bear(restaker.key, "restaker \(restaker.name)") }
        swap(&bearers, &exclusive)
        for signer in signers { try bear(signer.key, "operator \(signer.name)") }
    }

    private func validateGovernance() throws(GenesisError) {
        let governance = parameters.governance
        guard governance.council.isEmpty || (1...governance.council.count).contains(Int(governance.quorum)) else {
            throw .badParameter(
                name: "the council's quorum of \(governance.quorum)",
                reason: "must be between 1 and its \(governance.council.count) members")
        }
        guard Set(governance.council).count == governance.council.count else {
            throw .badParameter(name: "the council", reason: "has a key twice")
        }
        guard governance.acceptance <= .one else {
            throw .badParameter(name: "the share that accepts a proposal", reason: "must be at most 1")
        }
        for (name, epochs) in [("proposals", governance.votingEpochs), ("disputes", parameters.disputes.votingEpochs)] {
            guard epochs <= parameters.unbondingEpochs else {
                throw .badParameter(
                    name: "voting on \(name) for \(epochs) epochs", reason: "must not be longer than unbonding")
            }
        }
        let caps = parameters.release.caps.map(\.from)
        guard zip(caps, caps.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .badParameter(name: "the deposit caps", reason: "must be in ascending order of epochs")
        }
    }

    private func validateAssets() throws(GenesisError) {
        guard assets.count <= AssetTerms.countLimit else {
            throw .badParameter(
                name: "the number of assets, \(assets.count),", reason: "must be at most \(AssetTerms.countLimit)")
        }
        guard let native = assets.first, native.rate == .one, native.weight == .whole else {
            throw .badParameter(name: "the first asset", reason: "must be SOL, at a rate of 1 and without a haircut")
        }
        guard Set(assets.map(\.name)).count == assets.count else {
            throw .badParameter(name: "the assets", reason: "have a name twice")
        }
        guard nativePool.validators.count <= BaseValidatorTerms.countLimit,
            nativePool.validators.allSatisfy(\.yield.isPlausible)
        else {
            throw .badParameter(
                name: "the base validators",
                reason: "must be at most \(BaseValidatorTerms.countLimit), each yielding at most 100 % in an epoch")
        }
    }

    private func validateStake() throws(GenesisError) {
        var totals = Array(repeating: UInt128(0), count: assets.count)
        for restaker in restakers {
            var left = Array(repeating: Units.zero, count: assets.count)
            for deposit in restaker.deposits {
                guard deposit.asset.place < assets.count else {
                    throw .unknownAsset(deposit.asset, where: "a deposit of \(restaker.name)")
                }
                totals[deposit.asset.place] += UInt128(deposit.amount.number)
                guard let sum = left[deposit.asset.place].adding(deposit.amount) else { throw .depositsTooLarge }
                left[deposit.asset.place] = sum
            }
            let deposits = left
            for delegation in restaker.delegations {
                let asset = delegation.asset.place
                guard asset < assets.count else {
                    throw .unknownAsset(delegation.asset, where: "a delegation of \(restaker.name)")
                }
                guard Int(delegation.signer.number) < signers.count else {
                    throw .unknownOperator(delegation.signer, where: "a delegation of \(restaker.name)")
                }
                guard let rest = left[asset].subtracting(delegation.amount) else {
                    throw .delegatedBeyondDeposit(
                        restaker: restaker.name, asset: assets[asset].name, deposit: deposits[asset])
                }
                left[asset] = rest
            }
        }
        var value = UInt128(0)
        for (asset, total) in totals.enumerated() {
            guard total <= UInt128(PoolLimit.number), let worth = assets[asset].rate.value(of: Units(UInt64(total)))
            else { throw .depositsTooLarge }
            value += UInt128(worth.number)
        }
        guard value <= UInt128(PoolLimit.number) else { throw .depositsTooLarge }
        let budgets = services.reduce(UInt128(0)) { $0 + UInt128($1.reward.budget.number) }
        guard value + budgets <= UInt128(PoolLimit.number) else { throw .budgetsTooLarge }
    }

    private func validateAllocations() throws(GenesisError) {
        for signer in signers {
            // Elastic parts of many AVSs do not fit 64 bits.
            var sum = UInt128(0)
            for part in signer.allocations {
                guard Int(part.service.number) < services.count else {
                    throw .unknownService(part.service, where: "an allocation of \(signer.name)")
                }
                sum += UInt128(part.magnitude.number)
            }
            guard Set(signer.allocations.map(\.service)).count == signer.allocations.count else {
                throw .badParameter(name: "the allocations of \(signer.name)", reason: "name an AVS twice")
            }
            guard parameters.allocation != .unique || sum <= UInt128(Magnitude.whole.number) else {
                throw .badParameter(
                    name: "the allocations of \(signer.name)", reason: "are together more than its whole stake")
            }
        }
    }

    private func validate(_ service: Service) throws(GenesisError) {
        guard service.threshold < .one else {
            throw .badParameter(
                name: "the threshold \(service.threshold) of \(service.name)",
                reason: "can never be exceeded; it must be below 1")
        }
        for share in [service.slash.equivocation, service.slash.wrongResult, service.slash.cap] {
            guard share <= .one else {
                throw .badParameter(name: "the slash \(share) of \(service.name)", reason: "must be at most 1")
            }
        }
        guard service.jail.window <= JailTerms.windowLimit, service.jail.least <= .one else {
            throw .badParameter(
                name: "the window for absences of \(service.name)",
                reason: "must be at most \(JailTerms.windowLimit) tasks, with a share of at most 1")
        }
        if case .list(let admitted) = service.admission {
            for index in admitted where Int(index.number) >= signers.count {
                throw .unknownOperator(index, where: "the list of \(service.name)")
            }
        }
        var seen: Set<OperatorIndex> = []
        for index in service.optedIn {
            guard Int(index.number) < signers.count else {
                throw .unknownOperator(index, where: "the opt-in list of \(service.name)")
            }
            guard seen.insert(index).inserted else { throw .duplicateOptIn(index, service: service.name) }
        }
    }
}
