import Primitives
import Testing

@Suite struct FractionTests {
    @Test("the least stake that exceeds two thirds", arguments: [(3, 3), (4, 3), (6, 5), (9, 7), (100, 67)])
    func leastQuorum(total: UInt64, least: UInt64) {
        let found = (0...total).first { Fraction.twoThirds.isExceeded(by: Lamports($0), of: Lamports(total)) }
        #expect(found == least)
    }

    @Test func leastQuorumAtTheScaleOfAllLamports() {
        let total = Lamports(.max)  // three times 6148914691236517205
        let twoThirds = UInt64.max / 3 * 2
        #expect(!Fraction.twoThirds.isExceeded(by: Lamports(twoThirds), of: total))
        #expect(Fraction.twoThirds.isExceeded(by: Lamports(twoThirds + 1), of: total))
        #expect(Fraction.twoThirds.isExceeded(by: total, of: total))

        let almostAll = Fraction(.max - 1, over: .max)!
        #expect(!almostAll.isExceeded(by: Lamports(.max - 1), of: total))
        #expect(almostAll.isExceeded(by: total, of: total))
    }

    @Test func percentagesRoundedDownAreAnotherPredicate() {
        let (signed, total): (UInt64, UInt64) = (2, 3)
        #expect(signed * 100 >= total * 66, "two of three pass when two thirds are called 66 %")
        #expect(!Fraction.twoThirds.isExceeded(by: Lamports(signed), of: Lamports(total)))
    }

    @Test func nothingIsAQuorumOfNothing() {
        #expect(!Fraction.twoThirds.isExceeded(by: .zero, of: .zero))
        #expect(!Fraction(0, over: 1)!.isExceeded(by: .zero, of: .zero))
        #expect(!Fraction.one.isExceeded(by: Lamports(7), of: Lamports(7)))
    }

    @Test func comparesAsAValueAndPrintsAsWritten() {
        let fourSixths = Fraction(4, over: 6)!
        #expect(!(fourSixths < .twoThirds) && !(.twoThirds < fourSixths))
        #expect(fourSixths <= .twoThirds && .twoThirds <= fourSixths)
        #expect(fourSixths.description == "4/6")
        #expect(Fraction.basisPoints(500) < Fraction(6, over: 100)!)
        #expect(Fraction(.max - 1, over: .max)! < Fraction(.max, over: .max)!)
        #expect(Fraction(1, over: 0) == nil)
    }
}
