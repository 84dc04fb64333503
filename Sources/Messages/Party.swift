import Cryptography
import Primitives

/// Who stands at one end of a connection.
package enum Party: Hashable, Comparable, Sendable {
    case signer(OperatorIndex)
    case coordinator(ServiceID)
    case ledger

    package var isSigner: Bool { if case .signer = self { true } else { false } }
    package var isCoordinator: Bool { if case .coordinator = self { true } else { false } }
}

extension Party: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .signer(let index):
            encoder.encode(UInt8(0))
            encoder.encode(index)
        case .coordinator(let service):
            encoder.encode(UInt8(1))
            encoder.encode(service)
        case .ledger: encoder.encode(UInt8(2))
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .signer(try decoder.decode())
        case 1: self = .coordinator(try decoder.decode())
        case 2: self = .ledger
        default: throw .unknownCase(type: "Party", value: value)
        }
    }
}
