import Attesting
import Messages
import Primitives

/// Which machine a node runs, and all that it is made from besides genesis. A run's records carry it, so that a
/// replay builds the same machine.
package enum NodeRole: Hashable, Sendable {
    case signer(OperatorIndex, faults: [FaultPlan], seed: UInt64)
    case coordinator(ServiceID, TaskLoad, faults: [FaultPlan], seed: UInt64)

    package var party: Party {
        switch self {
        case .signer(let index, _, _): .signer(index)
        case .coordinator(let service, _, _, _): .coordinator(service)
        }
    }

    /// - Returns: nil when genesis has no such party, or this build no such service module.
    package func makeMachine(genesis: Genesis) -> (any NodeMachine)? {
        switch self {
        case .signer(let index, let faults, let seed):
            guard Int(index.number) < genesis.signers.count else { return nil }
            let honest = OperatorMachine(genesis: genesis, signer: index)
            guard !faults.isEmpty else { return honest }
            return FaultyOperator(honest, genesis: genesis, signer: index, plans: faults, seed: seed)
        case .coordinator(let service, let load, let faults, let seed):
            guard Int(service.number) < genesis.services.count,
                let honest = CoordinatorMachine(genesis: genesis, service: service, load: load)
            else { return nil }
            guard !faults.isEmpty else { return honest }
            return FaultyCoordinator(honest, genesis: genesis, service: service, plans: faults, seed: seed)
        }
    }
}

extension NodeRole: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .signer(let index, let faults, let seed):
            encoder.encode(UInt8(0))
            encoder.encode(index)
            encoder.encode(faults)
            encoder.encode(seed)
        case .coordinator(let service, let load, let faults, let seed):
            encoder.encode(UInt8(1))
            encoder.encode(service)
            encoder.encode(load)
            encoder.encode(faults)
            encoder.encode(seed)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0:
            self = .signer(
                try decoder.decode(), faults: try decoder.decode(limit: 10_000), seed: try decoder.decode())
        case 1:
            self = .coordinator(
                try decoder.decode(), try decoder.decode(), faults: try decoder.decode(limit: 10_000),
                seed: try decoder.decode())
        default: throw .unknownCase(type: "NodeRole", value: value)
        }
    }
}
