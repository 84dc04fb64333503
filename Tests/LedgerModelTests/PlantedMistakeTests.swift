import LedgerModel
import Messages
import Primitives
import TestSupport
import Testing

@testable import Restaking

/// The model must be able to say no: to each of these it does, and says in few steps what it has seen.
@Suite(.computing) struct PlantedMistakeTests {
    /// Done to a ledger behind the model's back, after each instruction; most of them leave the sums as they were.
    struct Mistake: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let meddle: Episode.Meddle

        init(_ description: String, _ meddle: @escaping Episode.Meddle) {
            testDescription = description
            self.meddle = meddle
        }
    }

    static let mistakes = [
        Mistake("a share goes from one restaker to another") { ledger in
            let idle = ledger.restakers.indices.filter { ledger.restakers[$0].idle(.native) > .zero }
            guard idle.count > 1 else { return }
            ledger.restakers[idle[0]].takeIdle(VaultShares(1), of: .native)
            ledger.restakers[idle[1]].addIdle(VaultShares(1), of: .native)
        },
        Mistake("who is idle is said to have delegated") { ledger in
            guard ledger.vaults[0].idle > .zero else { return }
            ledger.vaults[0].idle -= VaultShares(1)
            ledger.vaults[0].delegated += VaultShares(1)
        },
        Mistake("a lamport that nobody has paid is earned") { ledger in
            guard ledger.vaults[0].budgets > .zero else { return }
            ledger.vaults[0].spendBudget(Units(1))
            ledger.services[0].budget = ledger.services[0].budget.subtracting(Lamports(1)) ?? .zero
            ledger.accounts[0].earn(Units(1), of: .native)
        },
        Mistake("points come from nowhere") { $0.accounts[3].points += 100 },
        Mistake("a commission rises") { $0.operators[2].setCommission(.whole, in: Epoch(0)) },
        Mistake("a slash is forgotten as soon as it is pending") { $0.pendingSlashes = [] },
        Mistake("an operator is jailed for nothing") { $0.services[0].jail(OperatorIndex(1), from: Epoch(1)) },
        Mistake("base validators lose their stake") { $0.nativePool = NativePool($0.nativePool.terms) },
    ]

    @Test(arguments: mistakes)
    func `A mistake is found, whatever the sums say`(_ mistake: Mistake) throws {
        let found = (1...60 as ClosedRange<UInt64>).lazy.map { Episode(seed: $0, length: 120) }
            .first { $0.agrees(meddle: mistake.meddle).failure != nil }
        let episode = try #require(found)
        let disagreement = Disagreement(shrinking: episode, meddle: mistake.meddle)
        #expect(disagreement.episode.steps.count <= 12, "\(disagreement)")
        #expect(disagreement.episode.agrees(meddle: mistake.meddle).failure != nil)
        #expect("\(disagreement)".contains("Scripts/soak --seed \(episode.seed) "))
        #expect(disagreement.episode.agrees().failure == nil, "and only because of it")
    }

    #if DEBUG
        @Test(arguments: [PlantedBug.slashTwice, .invertedEvidenceCheck])
        func `A bug that is planted in the ledger's judgement of evidence is found`(_ bug: PlantedBug) {
            let found = PlantedBug.$current.withValue(bug) {
                (1...60 as ClosedRange<UInt64>).first { Episode(seed: $0).agrees().failure != nil }
            }
            #expect(found != nil)
        }
    #endif
}
