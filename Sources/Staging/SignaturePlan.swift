import Cryptography
import Messages
import Primitives

/// What stands as a signature in a simulated run.
package enum SignaturePlan: String, CaseIterable, Hashable, Sendable {
    /// Real ones.
    case ed25519
    /// A keyed hash: see ``SignatureScheme``.
    case modelled

    /// - Parameter seed: decides the secret of a modelled run, which is none to whoever knows the seed.
    package func scheme(seed: UInt64) -> SignatureScheme {
        switch self {
        case .ed25519: return .ed25519
        case .modelled:
            var encoder = BorshEncoder()
            encoder.encode(seed)
            return .modelled(secret: Domain.simulatedSecret.digest(encoder.bytes).storage)
        }
    }
}
