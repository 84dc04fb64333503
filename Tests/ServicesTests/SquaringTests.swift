import Primitives
import Services
import Testing

@Suite struct SquaringTests {
    @Test(
        "number, square in 128 bits",
        arguments: [
            (0, "0"), (1, "1"), (12, "144"), (4_294_967_296, "18446744073709551616"),
            (UInt64.max, "340282366920938463426481119284349108225"),
        ])
    func squares(number: UInt64, square: String) {
        let payload = Squaring.bytes(number)
        guard case .result(let result) = Squaring.execute(payload) else {
            Issue.record("\(number) is refused")
            return
        }
        #expect(result == Squaring.bytes(UInt128(square)!))
        #expect(result.count == 16)
    }

    @Test(arguments: [0, 12, UInt64.max])
    func anAlteredResultIsTheNextNumber(number: UInt64) {
        let square = UInt128(number) * UInt128(number)
        #expect(Squaring().altered(Squaring.bytes(square)) == Squaring.bytes(square + 1))
    }

    @Test func peopleWriteAndReadDecimalNumbers() throws {
        #expect(try Squaring().payload(fromText: "18446744073709551615") == Squaring.bytes(UInt64.max))
        #expect(Squaring().text(ofPayload: Squaring.bytes(UInt64(12))) == "12")
        #expect(Squaring().text(ofResult: Squaring.bytes(UInt128.max)) == "340282366920938463463374607431768211455")
        #expect(Squaring().text(ofPayload: [1, 255]) == "01ff" && Squaring().text(ofResult: [1, 255]) == "01ff")
    }

    @Test(arguments: ["", "-1", "+1", "12a", "1.5", "18446744073709551616"])
    func otherTextIsNoPayload(text: String) {
        #expect(throws: PayloadMistake("squaring takes a whole number below 2^64: 12")) {
            try Squaring().payload(fromText: text)
        }
    }

    @Test(arguments: [0, 7, 9, 16])
    func refusesPayloadsOfAnyOtherLength(count: Int) {
        let outcome = Squaring.execute([UInt8](repeating: 1, count: count))
        #expect(outcome == .refused(reason: "a squaring payload has 8 bytes, this one \(count)"))
    }

    @Test func workloadDependsOnSeedAndNumberAlone() {
        func payload(_ sequence: UInt64, seed: UInt64) -> [UInt8] {
            Squaring().payload(for: TaskSequence(sequence), seed: seed, templates: [])
        }
        #expect(payload(7, seed: 42) == Squaring.bytes(UInt64(0x36ca_9362_eacb_95f7)))
        #expect(payload(8, seed: 42) != payload(7, seed: 42))
        #expect(payload(7, seed: 43) != payload(7, seed: 42))
    }

    @Test func catalogueKnowsItsNames() {
        for name in ModuleCatalogue.names {
            #expect(ModuleCatalogue.module(named: name).map { type(of: $0).name } == name)
        }
        #expect(ModuleCatalogue.module(named: "squarin") == nil)
    }
}
