import Testing

@testable import LedgerModel

@Suite struct ShrinkerTests {
    @Test(arguments: [[0], [499], [3, 17], [100, 101, 102], [7, 250, 251, 498]])
    func `Only what it takes to fail is left`(_ needed: [Int]) {
        var shrinker = Shrinker { steps in needed.allSatisfy(steps.contains) }
        #expect(shrinker.shrink(Array(0..<500)) == needed)
        #expect(shrinker.tried < 500)
    }

    @Test func `Steps that are of use in pairs alone are left where no single one can go`() {
        // Whoever leaves out one of a pair must leave out the other.
        var shrinker = Shrinker { steps in
            steps.contains(40) && steps.contains(10) == steps.contains(11)
        }
        #expect(shrinker.shrink(Array(0..<64)).count <= 3)
    }

    @Test func `It ends after so many trials`() {
        var shrinker = Shrinker(limit: 5) { $0.contains(3) }
        #expect(shrinker.shrink(Array(0..<500)).contains(3))
        #expect(shrinker.tried == 5)
    }

    @Test func `A command repeats all of a seed's steps, or those that are left`() {
        #expect(Episode(seed: 4).command == "Scripts/soak --seed 4 --instructions 500 --length 500")
        #expect(Episode(seed: 4, steps: [2, 9]).command == "Scripts/soak --seed 4 --only 2,9")
    }
}
