import Primitives
import Testing

@Suite struct SignerSetTests {
    /// Against the obvious model: a set of numbers.
    @Test(arguments: [1, 7, 8, 9, 16, 100])
    func behavesAsASetOfPlaces(size: Int) {
        var random = SeededRandom(seed: 7, purpose: "signers \(size)")
        var signers = SignerSet(size: size)
        var model: Set<Int> = []
        #expect(signers.isEmpty)
        for _ in 0..<2 * size {
            let place = Int.random(in: 0..<size, using: &random)
            #expect(signers.insert(MemberIndex(place)) == model.insert(place).inserted)
            #expect(signers.count == model.count)
        }
        #expect(signers.members.map(\.place) == model.sorted())
        #expect((0..<size + 9).allSatisfy { signers.contains(MemberIndex($0)) == model.contains($0) })
        #expect(!signers.isEmpty)
        #expect(SignerSet(size: size, bits: signers.bits) == signers)
    }

    @Test func firstMemberIsTheLowestBitOfTheFirstByte() {
        var signers = SignerSet(size: 10)
        signers.insert(MemberIndex(0))
        signers.insert(MemberIndex(9))
        #expect(signers.bits == [0b0000_0001, 0b0000_0010])
    }

    @Test(
        "bits that are not a set of that many",
        arguments: [(0, [0]), (8, []), (8, [1, 0]), (9, [1]), (9, [0, 0b10]), (1, [0b10]), (-1, [])])
    func refusesStrayBits(size: Int, bits: [UInt8]) {
        #expect(SignerSet(size: size, bits: bits) == nil)
    }

    @Test func takesTheLastBitThatCounts() {
        #expect(SignerSet(size: 9, bits: [0, 1])?.members.map(\.place) == [8])
        #expect(SignerSet(size: 8, bits: [0x80])?.members.map(\.place) == [7])
        #expect(SignerSet(size: 0, bits: [])?.isEmpty == true)
    }

    @Test func supersetsRangeOverTheSameMembers() {
        let some = SignerSet(size: 9, bits: [0b0101, 0])!
        let more = SignerSet(size: 9, bits: [0b0111, 1])!
        #expect(more.isSuperset(of: some) && some.isSuperset(of: some))
        #expect(!some.isSuperset(of: more))
        #expect(!more.isSuperset(of: SignerSet(size: 10, bits: [0b0001, 0])!))
    }
}
