internal import CSodium
import Primitives

/// An Ed25519 key pair, or one of the ``SignatureScheme`` in which it was made. Wiped from memory when it goes; prints
/// its public half only.
package final class SigningKey: Sendable {
    package let publicKey: PublicKey
    /// The seed, then the public key.
    private let secret: [UInt8]
    private let scheme: SignatureScheme

    /// A fresh key from the system's randomness.
    package static func generate() -> SigningKey {
        SigningKey(seed: FixedBytes32.random())
    }

    /// The key that this seed gives.
    package init(seed: FixedBytes32) {
        Sodium.start()
        scheme = .current
        guard case .ed25519 = scheme else {
            publicKey = PublicKey(Domain.modelledKey.digest(seed.bytes).storage)
            secret = seed.bytes + publicKey.storage.bytes
            return
        }
        var publicBytes = [UInt8](repeating: 0, count: Int(crypto_sign_PUBLICKEYBYTES))
        var secretBytes = [UInt8](repeating: 0, count: Int(crypto_sign_SECRETKEYBYTES))
        crypto_sign_seed_keypair(&publicBytes, &secretBytes, seed.bytes)
        publicKey = PublicKey(publicBytes)!
        secret = secretBytes
    }

    /// From the 64 bytes of a Solana keypair file: the seed, then the public key.
    ///
    /// - Returns: nil when there are not 64, or the second half is not the first half's public key.
    package convenience init?(keypair bytes: [UInt8]) {
        guard bytes.count == 64, let seed = FixedBytes32(bytes.prefix(32)) else { return nil }
        self.init(seed: seed)
        guard publicKey.storage.bytes == Array(bytes.suffix(32)) else { return nil }
    }

    deinit {
        // The array is uniquely held, so its own storage is what is wiped.
        secret.withUnsafeBytes { sodium_memzero(UnsafeMutableRawPointer(mutating: $0.baseAddress!), $0.count) }
    }

    /// Deterministic: one key and one message give one signature.
    package func sign(_ message: [UInt8]) -> Signature {
        if case .modelled(let secret) = scheme { return .modelled(of: message, by: publicKey, secret: secret) }
        var signature = [UInt8](repeating: 0, count: Signature.count)
        crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret)
        return Signature(signature)!
    }

    /// The 64 bytes of a Solana keypair file. A secret: for the file alone.
    var keypairBytes: [UInt8] { secret }
}

extension SigningKey: CustomStringConvertible {
    package var description: String { "SigningKey(\(publicKey))" }
}

extension SigningKey: CustomReflectable {
    /// Debuggers, `dump` and test failures look through a value's mirror: the secret is not in it.
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

extension FixedBytes32 {
    /// From the system's randomness.
    package static func random() -> FixedBytes32 {
        Sodium.start()
        var bytes = FixedBytes32()
        bytes.withUnsafeMutableBytes { randombytes_buf($0.baseAddress!, $0.count) }
        return bytes
    }
}
