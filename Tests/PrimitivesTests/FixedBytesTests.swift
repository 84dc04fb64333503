import Primitives
import Testing

@Suite struct FixedBytesTests {
    @Test func keepsItsBytesInOrder() {
        let bytes = Array(UInt8(0)..<32)
        #expect(FixedBytes32(bytes)?.bytes == bytes)
        #expect(FixedBytes32(bytes.dropLast()) == nil)
        #expect(FixedBytes32(bytes + [32]) == nil)
        #expect(FixedBytes32().bytes == Array(repeating: 0, count: 32))
    }

    @Test(arguments: [0, 7, 8, 15, 16, 23, 24, 31])
    func firstByteThatDiffersDecidesTheOrder(place: Int) {
        var low = [UInt8](repeating: 5, count: 32)
        var high = low
        high[place] = 6
        for index in low.indices.suffix(from: place + 1) { low[index] = 255 }
        let (left, right) = (FixedBytes32(low)!, FixedBytes32(high)!)
        #expect(left < right && !(right < left))
        #expect(low.lexicographicallyPrecedes(high))
    }

    @Test func digestsPrintInLowerCase() {
        let digest = Digest([0xAB, 0xCD, 0xEF, 0x01] + [UInt8](repeating: 0, count: 28))!
        #expect(digest.description == "abcdef01" + String(repeating: "0", count: 56))
        #expect(digest.short == "abcdef01")
    }

    @Test func hexadecimalRoundTripAndBadText() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(Hexadecimal.decode(Hexadecimal.encode(all)) == all)
        #expect(Hexadecimal.decode("AbCd") == [0xab, 0xcd])
        #expect(Hexadecimal.decode("") == [])
        for bad in ["a", "abc", "0x", "g0", "0g", " 0", "é"] { #expect(Hexadecimal.decode(bad) == nil, "\(bad)") }
    }
}
