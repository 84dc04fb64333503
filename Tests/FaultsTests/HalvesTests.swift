import Cryptography
import Messages
import Primitives
import Testing

@testable import Faults

@Suite struct HalvesTests {
    private static func genesis(_ stakes: [UInt64]) -> Genesis {
        let keys = stakes.indices.map { SigningKey(seed: FixedBytes32(Array(repeating: UInt8($0 + 1), count: 32))!) }
        return Genesis(
            runID: .zero,
            parameters: LedgerParameters(slotDuration: .seconds(1), slotsPerEpoch: 10, unbondingEpochs: 1),
            clock: keys[0].publicKey,
            signers: keys.enumerated().map { Genesis.Signer(name: "op-\($0)", key: $1.publicKey) },
            restakers: keys.enumerated().map { number, key in
                Genesis.Restaker(
                    name: "r-\(number)", key: key.publicKey, deposit: Lamports(stakes[number]),
                    delegations: [
                        Genesis.Delegation(signer: OperatorIndex(UInt32(number)), amount: Lamports(stakes[number]))
                    ])
            },
            services: [
                Genesis.Service(
                    name: "squares", module: "squaring", coordinator: keys[0].publicKey, threshold: .twoThirds,
                    dissemination: .mesh, deadline: .seconds(1),
                    evidenceWindow: .seconds(2), optedIn: stakes.indices.map { OperatorIndex(UInt32($0)) },
                    slash: SlashTerms(equivocation: .basisPoints(500)))
            ])
    }

    private static let low = Digest(FixedBytes32(Array(repeating: 1, count: 32))!)
    private static let high = Digest(FixedBytes32(Array(repeating: 2, count: 32))!)

    /// Who is shown the lower and the higher of two tasks.
    private static func shares(_ stakes: [UInt64], accomplices: [UInt32]) -> (low: [Int], high: [Int]) {
        let halves = Halves(of: ServiceID(0), in: genesis(stakes), accomplices: accomplices.map(OperatorIndex.init))
        func shown(_ task: Digest, _ other: Digest) -> [Int] {
            stakes.indices.filter { halves.isShown(task, insteadOf: other, .signer(OperatorIndex(UInt32($0)))) }
        }
        return (shown(low, high), shown(high, low))
    }

    @Test(arguments: [
        ([90, 90, 80, 80, 80, 70, 70, 70] as [UInt64], [] as [UInt32], [310, 320] as [UInt64]),
        ([500, 90, 80, 10], [0], [90, 90]), ([1, 1, 1, 1], [], [2, 2]), ([0, 0, 0, 0], [], [0, 0]),
    ])
    func weighAsMuchAlikeAsHandingOutByStakeMakesThem(
        _ stakes: [UInt64], _ accomplices: [UInt32], _ weights: [UInt64]
    ) {
        let (low, high) = Self.shares(stakes, accomplices: accomplices)
        let others = stakes.indices.filter { !accomplices.contains(UInt32($0)) }
        #expect(Set(low).isDisjoint(with: high) && Set(low).union(high) == Set(others))
        #expect([low, high].map { $0.reduce(0) { $0 + stakes[$1] } }.sorted() == weights)
        #expect(!low.isEmpty && !high.isEmpty)
    }

    @Test func accomplicesAreInNeitherAndNoCoordinatorIsShownAnything() {
        let halves = Halves(of: ServiceID(0), in: Self.genesis([1, 1]), accomplices: [OperatorIndex(0)])
        #expect(halves.isAccomplice(.signer(OperatorIndex(0))) && !halves.isAccomplice(.signer(OperatorIndex(1))))
        for party in [Party.signer(OperatorIndex(0)), .coordinator(ServiceID(0)), .ledger] {
            #expect(!halves.isShown(Self.low, insteadOf: Self.high, party))
            #expect(!halves.isShown(Self.high, insteadOf: Self.low, party))
        }
    }
}
