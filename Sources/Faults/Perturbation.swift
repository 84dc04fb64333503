import Messages

/// What is done to a node's adversary while it runs.
package enum Perturbation: Hashable, Sendable {
    /// One more fault. Its beginning counts from when the node hears of it: `.start` is at once.
    case inject(FaultPlan)
    /// Every fault that is on or still to come is over.
    case clear
}

extension Perturbation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .inject(let plan):
            encoder.encode(UInt8(0))
            encoder.encode(plan)
        case .clear: encoder.encode(UInt8(1))
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .inject(try decoder.decode())
        case 1: self = .clear
        default: throw .unknownCase(type: "Perturbation", value: value)
        }
    }
}
