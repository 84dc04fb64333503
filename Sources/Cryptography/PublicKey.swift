import Primitives

/// An Ed25519 public key: an identity. Prints as base58, as Solana identities do.
package struct PublicKey: Hashable, Comparable, Sendable {
    package var storage: FixedBytes32

    package init(_ storage: FixedBytes32) { self.storage = storage }

    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard let storage = FixedBytes32(bytes) else { return nil }
        self.storage = storage
    }

    /// - Returns: nil unless the text is base58 of exactly 32 bytes.
    package init?(base58 text: String) {
        guard let bytes = Base58.decode(text, limit: FixedBytes32.count) else { return nil }
        self.init(bytes)
    }

    package static func < (left: Self, right: Self) -> Bool { left.storage < right.storage }
}

extension PublicKey: CustomStringConvertible {
    package var description: String { Base58.encode(storage.bytes) }
}
