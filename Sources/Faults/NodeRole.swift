import Attesting
import Messages
import Primitives

/// Which machine a node runs, and all that it is made from besides genesis. A run's records carry it, so that a
/// replay builds the same machine.
package enum NodeRole: Hashable, Sendable {
    /// - Parameter isLive: whether more can be asked of it while it runs: every machine of a live cluster is wrapped, be
    ///   it honest so far, and coordinators stay open for submissions.
    case signer(OperatorIndex, faults: [FaultPlan], seed: UInt64, isLive: Bool = false)
    /// - Parameter hasRunBefore: whether an earlier process has had this key.
    case coordinator(
        ServiceID, TaskLoad, faults: [FaultPlan], seed: UInt64, isLive: Bool = false, hasRunBefore: Bool = false)

    package var party: Party {
        switch self {
        case .signer(let index, _, _, _): .signer(index)
        case .coordinator(let service, _, _, _, _, _): .coordinator(service)
        }
    }

    package var isLive: Bool {
        switch self {
        case .signer(_, _, _, let isLive), .coordinator(_, _, _, _, let isLive, _): isLive
        }
    }

    /// - Returns: nil when genesis has no such party, or this build no such service module.
    package func makeMachine(genesis: Genesis) -> (any NodeMachine)? {
        switch self {
        case .signer(let index, let faults, let seed, let isLive):
            guard Int(index.number) < genesis.signers.count else { return nil }
            let honest = OperatorMachine(genesis: genesis, signer: index)
            guard isLive || !faults.isEmpty else { return honest }
            return FaultyOperator(honest, genesis: genesis, signer: index, plans: faults, seed: seed)
        case .coordinator(let service, let load, let faults, let seed, let isLive, let hasRunBefore):
            guard Int(service.number) < genesis.services.count,
                let honest = CoordinatorMachine(
                    genesis: genesis, service: service, load: load, isLive: isLive, hasRunBefore: hasRunBefore)
            else { return nil }
            guard isLive || !faults.isEmpty else { return honest }
            return FaultyCoordinator(honest, genesis: genesis, service: service, plans: faults, seed: seed)
        }
    }
}

extension NodeRole: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .signer(let index, let faults, let seed, let isLive):
            encoder.encode(UInt8(0))
            encoder.encode(index)
            encoder.encode(faults)
            encoder.encode(seed)
            encoder.encode(isLive)
        case .coordinator(let service, let load, let faults, let seed, let isLive, let hasRunBefore):
            encoder.encode(UInt8(1))
            encoder.encode(service)
            encoder.encode(load)
            encoder.encode(faults)
            encoder.encode(seed)
            encoder.encode(isLive)
            encoder.encode(hasRunBefore)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0:
            self = .signer(
                try decoder.decode(), faults: try decoder.decode(limit: 10_000), seed: try decoder.decode(),
                isLive: try decoder.decode())
        case 1:
            self = .coordinator(
                try decoder.decode(), try decoder.decode(), faults: try decoder.decode(limit: 10_000),
                seed: try decoder.decode(), isLive: try decoder.decode(), hasRunBefore: try decoder.decode())
        default: throw .unknownCase(type: "NodeRole", value: value)
        }
    }
}
