import Cryptography
import Primitives
import Testing

@Suite struct VerificationMemoTests {
    private let key = SigningKey(seed: FixedBytes32())

    @Test func answersAsWithoutIt() throws {
        let memo = VerificationMemo()
        let message: [UInt8] = [1, 2, 3]
        let signature = key.sign(message)
        let altered = try #require(Signature(signature.bytes.dropLast() + [signature.bytes.last! ^ 1]))
        let other = SigningKey(seed: Domain.simulatedKey.digest([2]).storage)
        SignatureScheme.ed25519.scoped(memo: memo) {
            for _ in 0..<3 {
                #expect(signature.isValid(for: message, by: key.publicKey))
                #expect(!altered.isValid(for: message, by: key.publicKey))
                #expect(!signature.isValid(for: message, by: other.publicKey))
                #expect(!signature.isValid(for: [1, 2], by: key.publicKey))
                #expect(!signature.isValid(for: message + [0], by: key.publicKey))
            }
        }
        #expect(memo.figures.asked == 15)
        #expect(memo.figures.known == 10, "each was checked once")
        _ = signature.isValid(for: message, by: key.publicKey)
        #expect(memo.figures.asked == 15, "nobody asks it outside its scope")
    }

    @Test func forgetsTheOldestAndNeverHoldsMoreThanTwoGenerations() {
        let memo = VerificationMemo(capacity: 4)
        let messages = (UInt8(0)..<20).map { [$0] }
        SignatureScheme.ed25519.scoped(memo: memo) {
            for message in messages {
                #expect(key.sign(message).isValid(for: message, by: key.publicKey))
                // Asked for again and again, it stays.
                #expect(key.sign([0]).isValid(for: [0], by: key.publicKey))
                #expect(memo.count <= 8)
            }
            #expect(memo.figures.known == 20)
            #expect(key.sign([1]).isValid(for: [1], by: key.publicKey))
        }
        #expect(memo.figures.known == 20, "it has been forgotten, and is checked once more")
    }

    @Test func modelledSignaturesAreNotRemembered() {
        let memo = VerificationMemo()
        SignatureScheme.modelled(secret: FixedBytes32()).scoped(memo: memo) {
            let key = SigningKey(seed: FixedBytes32())
            #expect(key.sign([1]).isValid(for: [1], by: key.publicKey))
        }
        #expect(memo.count == 0)
    }
}
