import Cryptography
import Primitives

/// How votes travel.
package enum Dissemination: UInt8, Hashable, Sendable {
    /// To every peer and the coordinator; each operator forms its own certificate.
    case mesh = 0
    /// To the coordinator, which certifies and tells the others.
    case star = 1
}

extension Dissemination: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(rawValue) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let known = Dissemination(rawValue: value) else {
            throw .unknownCase(type: "Dissemination", value: value)
        }
        self = known
    }
}
