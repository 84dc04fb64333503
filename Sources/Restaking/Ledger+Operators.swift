import Messages
import Primitives

/// The operator registry: where operators are reached, which AVSs they serve, what they weigh.
extension Ledger {
    mutating func register(_ endpoint: Endpoint, changes: inout [Change]) -> Outcome {
        operators[Int(endpoint.signer.number)].endpoint = endpoint
        changes.append(.endpointRegistered(endpoint))
        return .applied
    }

    mutating func optIn(_ signer: OperatorIndex, to service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        guard !operators[Int(signer.number)].isTombstoned else { return .tombstoned }
        guard !services[Int(service.number)].isOptedIn(signer) else { return .alreadyOptedIn }
        services[Int(service.number)].admit(signer, from: epoch.next)
        return .applied
    }

    mutating func optOut(_ signer: OperatorIndex, of service: ServiceID) -> Outcome {
        guard Int(service.number) < services.count else { return .unknownService }
        guard !operators[Int(signer.number)].isTombstoned else { return .tombstoned }
        guard services[Int(service.number)].isOptedIn(signer) else { return .notOptedIn }
        services[Int(service.number)].dismiss(signer, from: epoch.next)
        return .applied
    }

    /// What an operator's vote weighs in an AVS: the product of what it has in each vault with the factors of that
    /// AVS, multiplied and rounded down factor by factor. With native SOL alone, every factor is 1.
    func weight(of signer: OperatorIndex, in service: ServiceID) -> Lamports {
        stakes[Int(signer.number)].active.assets
    }

    func members(of service: ServiceID, in epoch: Epoch) -> [OperatorSet.Member] {
        let record = services[Int(service.number)]
        return operators.indices.compactMap { place in
            let index = OperatorIndex(UInt32(place))
            let weight = weight(of: index, in: service)
            guard !operators[place].isTombstoned, weight > .zero, record.counts(index, in: epoch) else { return nil }
            return OperatorSet.Member(signer: index, key: operators[place].key, weight: weight)
        }
    }
}
