import Cryptography
import Foundation
import Primitives
import Testing

@Suite struct SignatureSchemeTests {
    private let seed = FixedBytes32()
    private let message = Array("quorate".utf8)
    private let modelled = SignatureScheme.modelled(secret: Domain.simulatedSecret.digest([1]).storage)

    @Test func aModelledSignatureIsValidForItsMessageAndKeyAlone() {
        modelled.scoped {
            let key = SigningKey(seed: seed)
            let other = SigningKey(seed: Domain.simulatedKey.digest([2]).storage)
            let signature = key.sign(message)
            #expect(signature.isValid(for: message, by: key.publicKey))
            #expect(!signature.isValid(for: message + [0], by: key.publicKey))
            #expect(!signature.isValid(for: message, by: other.publicKey))
            #expect(other.sign(message) != signature)
            #expect(key.sign(message) == signature, "one key and one message give one signature")
        }
    }

    @Test func everyBitOfAModelledSignatureCounts() throws {
        try modelled.scoped {
            let key = SigningKey(seed: seed)
            let bytes = key.sign(message).bytes
            for bit in 0..<512 {
                var changed = bytes
                changed[bit / 8] ^= 1 << (bit % 8)
                let altered = try #require(Signature(changed))
                #expect(!altered.isValid(for: message, by: key.publicKey))
            }
        }
    }

    /// Without the secret nobody makes one, whatever else he knows; the key's seed is enough for nothing.
    @Test func aSignatureUnderAnotherSecretIsWorthNothing() {
        let other = SignatureScheme.modelled(secret: Domain.simulatedSecret.digest([2]).storage)
        let (key, signature) = other.scoped {
            let key = SigningKey(seed: seed)
            return (key.publicKey, key.sign(message))
        }
        modelled.scoped {
            #expect(SigningKey(seed: seed).publicKey == key, "the secret decides signatures, not keys")
            #expect(!signature.isValid(for: message, by: key))
        }
        #expect(other.scoped { signature.isValid(for: message, by: key) })
    }

    @Test func neitherSchemeTakesTheOthersSignatures() {
        let real = SigningKey(seed: seed)
        let (key, signature) = modelled.scoped {
            let key = SigningKey(seed: seed)
            #expect(!real.sign(message).isValid(for: message, by: real.publicKey))
            return (key, key.sign(message))
        }
        #expect(key.publicKey != real.publicKey)
        #expect(!signature.isValid(for: message, by: key.publicKey))
        #expect(!signature.isValid(for: message, by: real.publicKey))
        #expect(key.sign(message) == signature, "a key goes on as it was made")
    }

    private struct Ending: Error {}

    @Test func aScopeEndsHoweverItsBodyDoes() {
        #expect(SignatureScheme.current == .ed25519)
        modelled.scoped {
            #expect(SignatureScheme.current == modelled)
            SignatureScheme.ed25519.scoped { #expect(SignatureScheme.current == .ed25519) }
            #expect(SignatureScheme.current == modelled)
        }
        #expect(throws: Ending.self) { try modelled.scoped { () throws(Ending) in throw Ending() } }
        #expect(SignatureScheme.current == .ed25519)
    }

    @Test func aThreadOfItsOwnHasASchemeOfItsOwn() async {
        let modelled = modelled
        let seen = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let inside = modelled.scoped { SignatureScheme.current }
                continuation.resume(returning: [inside, SignatureScheme.current])
            }
        }
        #expect(seen == [modelled, .ed25519])
        await modelled.scoped {
            #expect(SignatureScheme.current == modelled)
            return Task { #expect(SignatureScheme.current == modelled) }
        }.value
    }

    @Test func aModelledKeyIsAKeypairOfItsScheme() {
        let bytes = modelled.scoped {
            let bytes = seed.bytes + SigningKey(seed: seed).publicKey.storage.bytes
            #expect(SigningKey(keypair: bytes)?.publicKey == SigningKey(seed: seed).publicKey)
            return bytes
        }
        #expect(SigningKey(keypair: bytes) == nil, "its second half is no Ed25519 key of the first")
    }
}
