import Primitives

/// What anyone can check offline, with nothing else at hand.
package enum Proof: Hashable, Sendable {
    case evidence(Evidence)
    /// With the operator set that its statement names, which its signers and their stake are counted by.
    case certificate(Certificate, of: OperatorSet)
}

extension Proof: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .evidence(let evidence):
            encoder.encode(UInt8(0))
            encoder.encode(evidence)
        case .certificate(let certificate, let set):
            encoder.encode(UInt8(1))
            encoder.encode(set)
            encoder.encode(certificate)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .evidence(try decoder.decode())
        case 1:
            let set: OperatorSet = try decoder.decode()
            self = .certificate(try decoder.decode(), of: set)
        default: throw .unknownCase(type: "Proof", value: value)
        }
    }
}
