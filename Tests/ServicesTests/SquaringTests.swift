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
        guard case .result(let result) = Squaring(version: 1)!.execute(payload) else {
            Issue.record("\(number) is refused")
            return
        }
        #expect(result == Squaring.bytes(UInt128(square)!))
        #expect(result.count == 16)
    }

    @Test(arguments: [0, 12, UInt64.max])
    func versionTwoIsOffByOne(number: UInt64) {
        let square = UInt128(number) * UInt128(number)
        #expect(Squaring(version: 2)!.execute(Squaring.bytes(number)) == .result(Squaring.bytes(square + 1)))
    }

    @Test(arguments: [0, 7, 9, 16])
    func refusesPayloadsOfAnyOtherLength(count: Int) {
        let outcome = Squaring(version: 1)!.execute([UInt8](repeating: 1, count: count))
        #expect(outcome == .refused(reason: "a squaring payload has 8 bytes, this one \(count)"))
    }

    @Test func workloadDependsOnSeedAndNumberAlone() throws {
        let module = try #require(Squaring(version: 1))
        #expect(module.payload(for: TaskSequence(7), seed: 42) == Squaring.bytes(UInt64(0x36ca_9362_eacb_95f7)))
        #expect(module.payload(for: TaskSequence(8), seed: 42) != module.payload(for: TaskSequence(7), seed: 42))
        #expect(module.payload(for: TaskSequence(7), seed: 43) != module.payload(for: TaskSequence(7), seed: 42))
    }

    @Test func catalogueKnowsNamesAndVersions() {
        for name in ModuleCatalogue.names {
            #expect(ModuleCatalogue.module(named: name) != nil)
            #expect(ModuleCatalogue.module(named: name, version: ModuleCatalogue.faultyVersion) != nil)
            #expect(ModuleCatalogue.module(named: name, version: 0) == nil)
        }
        #expect(ModuleCatalogue.module(named: "squarin") == nil)
    }
}
