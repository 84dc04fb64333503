import Cryptography
import Primitives
import Testing

@Suite struct Base58Tests {
    @Test(
        "known pairs",
        arguments: [
            ("", ""),
            ("00", "1"),
            ("0000287fb4cd", "11233QC4"),
            ("48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U"),
            (
                "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z"
            ),
            // Solana's system program and token program
            (String(repeating: "00", count: 32), String(repeating: "1", count: 32)),
            (
                "06ddf6e1d765a193d9cbe146ceeb79ac1cb485ed5f5b37913a8cf5857eff00a9",
                "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
            ),
        ])
    func knownPairs(hexadecimal: String, text: String) throws {
        let bytes = try #require(Hexadecimal.decode(hexadecimal))
        #expect(Base58.encode(bytes) == text)
        #expect(Base58.decode(text, limit: bytes.count) == bytes)
        #expect(bytes.isEmpty || Base58.decode(text, limit: bytes.count - 1) == nil)
    }

    @Test func everyLengthRoundTripsAtItsOwnLimit() {
        for count in 0...70 {
            for byte in [UInt8(0), 1, 0x80, 0xff] {
                let bytes = [UInt8](repeating: byte, count: count)
                #expect(Base58.decode(Base58.encode(bytes), limit: count) == bytes)
            }
        }
    }

    @Test("characters that base58 leaves out", arguments: ["0", "O", "I", "l", " ", "1 1", "é", "2NEpo7TZRRrLZSi2U\n"])
    func refusesOtherCharacters(text: String) {
        #expect(Base58.decode(text, limit: 64) == nil)
    }

    @Test func refusesWhatIsTooLongWithoutReadingIt() {
        #expect(Base58.decode(String(repeating: "z", count: 10_000_000), limit: 32) == nil)
        #expect(Base58.decode(String(repeating: "1", count: 33), limit: 32) == nil)
        #expect(Base58.decode(String(repeating: "z", count: 44), limit: 32) == nil, "44 digits, but 33 bytes")
    }

    @Test func publicKeysHaveExactly32Bytes() {
        let text = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
        #expect(PublicKey(base58: text)?.description == text)
        #expect(PublicKey(base58: String(text.dropLast(2))) == nil)
        #expect(PublicKey(base58: "1" + text) == nil)
    }
}
