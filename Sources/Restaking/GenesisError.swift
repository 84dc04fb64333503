import Cryptography
import Messages
import Primitives

/// Why nothing can start from a genesis.
package enum GenesisError: Error, Hashable, Sendable {
    case badParameter(name: String, reason: String)
    case sharedKey(PublicKey, first: String, second: String)
    case unknownOperator(OperatorIndex, where: String)
    case duplicateOptIn(OperatorIndex, service: String)
    case delegatedBeyondDeposit(restaker: String, deposit: Lamports)
    case depositsTooLarge
}

extension GenesisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badParameter(let name, let reason): "genesis: \(name) \(reason)"
        case .sharedKey(let key, let first, let second): "genesis: \(first) and \(second) have one key, \(key)"
        case .unknownOperator(let index, let place): "genesis: \(place) names operator \(index), which does not exist"
        case .duplicateOptIn(let index, let service): "genesis: operator \(index) is opted in to \(service) twice"
        case .delegatedBeyondDeposit(let restaker, let deposit):
            "genesis: \(restaker) delegates more than its deposit of \(deposit)"
        case .depositsTooLarge: "genesis: the deposits together exceed \(Lamports(SharePool.limit))"
        }
    }
}

extension Genesis {
    /// Epochs of unbonding are kept snapshots and open loops: more than this is a mistake.
    static let unbondingLimit: UInt64 = 1_024

    /// Checks all that the ledger relies on.
    func validate() throws(GenesisError) {
        try validateParameters()
        try validateKeys()
        try validateStake()
        for service in services { try validate(service) }
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

    private func validateStake() throws(GenesisError) {
        var total = Lamports.zero
        for restaker in restakers {
            var delegated = Lamports.zero
            for delegation in restaker.delegations {
                guard Int(delegation.signer.number) < signers.count else {
                    throw .unknownOperator(delegation.signer, where: "a delegation of \(restaker.name)")
                }
                guard let sum = delegated.adding(delegation.amount), sum <= restaker.deposit else {
                    throw .delegatedBeyondDeposit(restaker: restaker.name, deposit: restaker.deposit)
                }
                delegated = sum
            }
            guard let sum = total.adding(restaker.deposit), sum.number <= SharePool.limit else {
                throw .depositsTooLarge
            }
            total = sum
        }
    }

    private func validate(_ service: Service) throws(GenesisError) {
        guard service.threshold < .one else {
            throw .badParameter(
                name: "the threshold \(service.threshold) of \(service.name)",
                reason: "can never be exceeded; it must be below 1")
        }
        guard service.equivocationSlash <= .one else {
            throw .badParameter(
                name: "the slash \(service.equivocationSlash) of \(service.name)", reason: "must be at most 1")
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
