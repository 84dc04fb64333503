import Cryptography
import Primitives

/// How votes travel.
package enum Dissemination: UInt8, Hashable, Sendable {
    /// To every peer and the coordinator; each operator forms its own certificate.
    case mesh = 0
    /// To the coordinator, which certifies and tells the others.
    case star = 1
}

extension Dissemination: BorshCodable {}
