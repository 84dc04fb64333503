internal import CSodium
import Primitives

/// An Ed25519 signature, 64 bytes.
package struct Signature: Hashable, Sendable {
    package static let count = 64

    package var pointR: FixedBytes32
    package var scalarS: FixedBytes32

    package init(pointR: FixedBytes32, scalarS: FixedBytes32) {
        self.pointR = pointR
        self.scalarS = scalarS
    }

    /// - Returns: nil unless there are exactly 64 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count, let pointR = FixedBytes32(bytes.prefix(32)),
            let scalarS = FixedBytes32(bytes.suffix(32))
        else { return nil }
        self.init(pointR: pointR, scalarS: scalarS)
    }

    package var bytes: [UInt8] { pointR.bytes + scalarS.bytes }

    /// Whether this is `signer`'s signature of exactly these bytes.
    ///
    /// Strict: refuses non-canonical scalars and points of small order, so that nobody can turn a signature into
    /// another valid one.
    package func isValid(for message: [UInt8], by signer: PublicKey) -> Bool {
        Sodium.start()
        return withUnsafeBytes(of: self) { signature in
            signer.storage.withUnsafeBytes { key in
                crypto_sign_verify_detached(
                    signature.baseAddress!.assumingMemoryBound(to: UInt8.self), message, UInt64(message.count),
                    key.baseAddress!.assumingMemoryBound(to: UInt8.self)) == 0
            }
        }
    }
}

extension Signature: CustomStringConvertible {
    package var description: String { Base58.encode(bytes) }
}
