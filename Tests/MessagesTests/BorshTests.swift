import Messages
import Primitives
import Testing

@Suite struct BorshTests {
    @Test func followsTheBorshSpecification() {
        var encoder = BorshEncoder()
        encoder.encode(UInt16(0x0102))
        encoder.encode(UInt128(1))
        encoder.encode(true)
        encoder.encode([7, 8] as [UInt8])
        encoder.encode("é")
        encoder.encode([Slot(1), Slot(2)])
        encoder.encode(Epoch?.none)
        encoder.encode(Revision?.some(Revision(5)))
        #expect(
            Hexadecimal.encode(encoder.bytes)
                == "0201" + "01000000000000000000000000000000" + "01" + "020000000708" + "02000000c3a9"
                + "0200000001000000000000000200000000000000" + "00" + "0105000000")
    }

    @Test func readsInOrderAndKnowsWhatIsLeft() throws {
        var decoder = BorshDecoder([1, 0, 0, 0, 9, 1, 1])
        #expect(try decoder.decode(UInt32.self) == 1)
        #expect(decoder.remaining == 3)
        #expect(throws: BorshError.trailingBytes(count: 3)) { try decoder.finish() }
        #expect(try decoder.decode(UInt8.self) == 9)
        #expect(try decoder.decode(Bool.self))
        #expect(throws: BorshError.truncated(position: 7, needed: 3)) { try decoder.decode(UInt32.self) }
        #expect(decoder.remaining == 1, "what could not be read is still there")
    }

    @Test func everyPrefixOfAValueIsTruncated() {
        let bytes = Fixed.statement().borsh
        for count in 0..<bytes.count {
            let error = #expect(throws: BorshError.self) { try Statement(borsh: Array(bytes.prefix(count))) }
            guard case .truncated(count, let needed) = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
            #expect(needed > 0 && count + needed <= bytes.count)
        }
    }

    @Test("bytes that are no value", arguments: BadInput.all)
    func refuses(input: BadInput) {
        #expect(throws: input.error) { try input.decode() }
    }

    @Test(
        "errors read as sentences",
        arguments: [
            (BorshError.truncated(position: 7, needed: 3), "ends at byte 7, where 3 more are needed"),
            (.trailingBytes(count: 1), "1 bytes follow the value"),
            (.unknownCase(type: "Party", value: 3), "Party has no case 3"),
            (.tooLong(type: "list", count: 17, limit: 16), "list of length 17, at most 16 allowed"),
            (.invalid(type: "Fraction", reason: "denominator 0"), "Fraction: denominator 0"),
        ])
    func description(error: BorshError, text: String) { #expect(error.description == text) }
}
