internal import CSodium
import Primitives

/// An Ed25519 signature, or what stands in for one in its ``SignatureScheme``; 64 bytes.
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
        switch SignatureScheme.current {
        case .modelled(let secret): return self == .modelled(of: message, by: signer, secret: secret)
        case .ed25519:
            guard let memo = VerificationMemo.current else { return isEd25519(of: message, by: signer) }
            return memo.verdict(on: self, for: message, by: signer) { isEd25519(of: message, by: signer) }
        }
    }

    private func isEd25519(of message: [UInt8], by signer: PublicKey) -> Bool {
        Sodium.start()
        return withUnsafeBytes(of: self) { signature in
            signer.storage.withUnsafeBytes { key in
                crypto_sign_verify_detached(
                    signature.baseAddress!.assumingMemoryBound(to: UInt8.self), message, UInt64(message.count),
                    key.baseAddress!.assumingMemoryBound(to: UInt8.self)) == 0
            }
        }
    }

    /// What stands in for a signature under this secret.
    static func modelled(of message: [UInt8], by signer: PublicKey, secret: FixedBytes32) -> Signature {
        var result = Signature(pointR: FixedBytes32(), scalarS: FixedBytes32())
        withUnsafeMutableBytes(of: &result) {
            Blake2b.fill($0, key: secret) { hash in
                signer.storage.withUnsafeBytes { hash.update($0) }
                message.withUnsafeBytes { hash.update($0) }
            }
        }
        return result
    }
}

extension Signature: CustomStringConvertible {
    package var description: String { Base58.encode(bytes) }
}
