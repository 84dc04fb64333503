import Cryptography
import Primitives
import Testing

/// A vector of RFC 8032, section 7.1.
struct SigningVector: Sendable, CustomTestStringConvertible {
    let seed, publicKey, message, signature: String
    var testDescription: String { message.isEmpty ? "empty message" : "message \(message)" }

    static let all = [
        SigningVector(
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature:
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"),
        SigningVector(
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature:
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"),
        SigningVector(
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature:
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"),
    ]
}

@Suite struct SignatureTests {
    @Test(arguments: SigningVector.all)
    func standardVectors(vector: SigningVector) throws {
        let seed = try #require(FixedBytes32(bytes(vector.seed)))
        let key = SigningKey(seed: seed)
        #expect(key.publicKey.storage.bytes == bytes(vector.publicKey))
        let signature = key.sign(bytes(vector.message))
        #expect(signature.bytes == bytes(vector.signature))
        #expect(signature.isValid(for: bytes(vector.message), by: key.publicKey))
    }

    @Test func everyBitOfMessageKeyAndSignatureCounts() throws {
        let key = SigningKey(seed: FixedBytes32())
        let message = Array("quorate".utf8)
        let signature = key.sign(message)
        for bit in 0..<message.count * 8 {
            #expect(!signature.isValid(for: flipping(bit, of: message), by: key.publicKey))
        }
        for bit in 0..<512 {
            let altered = try #require(Signature(flipping(bit, of: signature.bytes)))
            #expect(!altered.isValid(for: message, by: key.publicKey))
        }
        for bit in 0..<256 {
            let other = try #require(PublicKey(flipping(bit, of: key.publicKey.storage.bytes)))
            #expect(!signature.isValid(for: message, by: other))
        }
        #expect(!signature.isValid(for: message + [0], by: key.publicKey))
    }

    /// S + L is the same scalar: a lax verifier takes it, and one vote has two signatures.
    @Test func refusesASecondFormOfTheSameSignature() throws {
        let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let key = SigningKey(seed: FixedBytes32())
        let signature = key.sign([1])
        var carry = 0
        let sum = zip(signature.scalarS.bytes, order).map { left, right in
            let total = Int(left) + Int(right) + carry
            carry = total >> 8
            return UInt8(total & 255)
        }
        try #require(carry == 0)
        let malleated = Signature(pointR: signature.pointR, scalarS: try #require(FixedBytes32(sum)))
        #expect(!malleated.isValid(for: [1], by: key.publicKey))
    }

    /// With the neutral element as key and as R, and S = 0, the equation holds for every message.
    @Test(arguments: [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ])
    func refusesKeysOfSmallOrder(point: String) throws {
        let storage = try #require(FixedBytes32(bytes(point)))
        let neutral = try #require(FixedBytes32([1] + [UInt8](repeating: 0, count: 31)))
        for pointR in [storage, neutral] {
            let signature = Signature(pointR: pointR, scalarS: FixedBytes32())
            #expect(!signature.isValid(for: [1], by: PublicKey(storage)))
        }
    }

    /// Satisfies the equation under the key of the first standard vector: S is the hash times that key's scalar.
    @Test func refusesAnRPointOfSmallOrder() throws {
        let signature = try #require(
            Signature(
                [1] + [UInt8](repeating: 0, count: 31)
                    + bytes("b2e1c48905cf9bc5d6b8a62c052f734f999f14322d04a5e9ef3e516b2241800a")))
        let signer = try #require(PublicKey(bytes(SigningVector.all[0].publicKey)))
        #expect(!signature.isValid(for: Array("quorate".utf8), by: signer))
    }

    @Test func hasExactly64Bytes() {
        #expect(Signature([UInt8](repeating: 0, count: 63)) == nil)
        #expect(Signature([UInt8](repeating: 0, count: 65)) == nil)
        let all = Array(UInt8(0)..<64)
        #expect(Signature(all)?.bytes == all)
        #expect(Base58.decode(Signature(all)!.description, limit: 64) == all)
    }

    private func bytes(_ text: String) -> [UInt8] { Hexadecimal.decode(text)! }

    private func flipping(_ bit: Int, of bytes: [UInt8]) -> [UInt8] {
        var altered = bytes
        altered[bit / 8] ^= 1 << (bit % 8)
        return altered
    }
}
