import Cryptography
import Primitives
import Testing

@Suite struct SigningKeyTests {
    /// The seed's bytes stand out in any dump: nothing else here is 201, 202, 203 in a row.
    private let key = SigningKey(seed: FixedBytes32(Array(UInt8(200)..<232))!)

    @Test func showsItsPublicHalfOnly() {
        struct Holder { let key: SigningKey }
        var dumped = ""
        dump(Holder(key: key), to: &dumped)
        let shown = [
            "\(key)", String(reflecting: key), "\(Holder(key: key))", String(reflecting: [key]), "\(key as Any?)",
            dumped,
        ]
        for text in shown {
            #expect(text.contains(key.publicKey.description))
            #expect(!text.contains("secret"))
            #expect(!text.contains("201"))
            #expect(!text.lowercased().contains("c9cacb"))
        }
        #expect(Mirror(reflecting: key).children.compactMap(\.label) == ["publicKey"])
    }

    @Test func keypairsMustBelongTogether() {
        let seed = Array(UInt8(200)..<232)
        let publicBytes = key.publicKey.storage.bytes
        #expect(SigningKey(keypair: seed + publicBytes)?.publicKey == key.publicKey)
        #expect(SigningKey(keypair: seed + publicBytes.reversed()) == nil)
        #expect(SigningKey(keypair: seed) == nil)
        #expect(SigningKey(keypair: seed + publicBytes + [0]) == nil)
    }

    @Test func freshKeysDiffer() {
        #expect(SigningKey.generate().publicKey != SigningKey.generate().publicKey)
        #expect(FixedBytes32.random() != FixedBytes32.random())
    }
}
