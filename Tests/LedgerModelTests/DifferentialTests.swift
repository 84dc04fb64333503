import LedgerModel
import Messages
import Primitives
import TestSupport
import Testing

@testable import Restaking

/// The ledger beside its model: a hundred thousand random instructions here, millions by `Scripts/soak`.
@Suite(.computing) struct DifferentialTests {
    static let count: UInt64 = 200
    static let countEach: UInt64 = 10
    /// Of the first ones it is also looked at what they have met.
    static let countMeeting: UInt64 = 80

    @Test(arguments: (countMeeting / countEach..<count / countEach).map { 1 + $0 * countEach })
    func `Ledger and model agree to the dust, after every instruction`(from first: UInt64) {
        for seed in first..<first + Self.countEach { _ = Self.check(seed) }
    }

    @Test func `A hundred thousand instructions are of every kind, and meet every outcome`() {
        #expect(Int(Self.count) * Episode.standardLength == 100_000)
        var outcomes: Set<Outcome> = []
        var kinds: Set<String> = []
        for seed in 1...Self.countMeeting {
            let trial = Self.check(seed)
            outcomes.formUnion(trial.outcomes.keys)
            kinds.formUnion(trial.applied)
        }
        let missed = Set(Outcome.allCases).subtracting(outcomes)
        // These take longer: too much that is open at a time, and haste in jail.
        #expect(missed.isSubset(of: [.full, .termNotOver]), "\(missed)")
        #expect(kinds.count == 31, "\(kinds.sorted())")
    }

    /// Once they did not: rounding has emptied a pool in the ledger and not here, or moved a lamport between base validators
    /// where exact numbers move nothing; and what is taken for two offences of an AVS was more than its unique part.
    @Test(arguments: [6_002_957, 7_000_531, 7_000_610, 9_001_128, 20_261_414] as [UInt64])
    func `Ledger and model agree where they did not`(seed: UInt64) { _ = Self.check(seed) }

    private static func check(_ seed: UInt64) -> Trial {
        let episode = Episode(seed: seed)
        let (failure, trial) = episode.agrees()
        if failure != nil { Issue.record("\(Disagreement(shrinking: episode))") }
        return trial
    }
}
