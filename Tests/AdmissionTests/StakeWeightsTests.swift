import Cryptography
import Messages
import Primitives
import Testing

@testable import Admission

@Suite struct StakeWeightsTests {
    private let first = Party.signer(OperatorIndex(1))
    private let second = Party.signer(OperatorIndex(2))

    private func set(_ service: UInt32, _ members: [(UInt32, UInt64)]) throws -> OperatorSet {
        try OperatorSet(
            network: .zero, service: ServiceID(service), epoch: Epoch(0), revision: Revision(0), threshold: .twoThirds,
            members: members.map { signer, weight in
                let seed = FixedBytes32(Array(repeating: UInt8(signer), count: 32))!
                return OperatorSet.Member(
                    signer: OperatorIndex(signer), key: SigningKey(seed: seed).publicKey, weight: Lamports(weight))
            })
    }

    private func learned(_ weights: inout StakeWeights, _ set: OperatorSet) -> [Party: UInt64] {
        Dictionary(uniqueKeysWithValues: weights.learn(set).map { ($0.party, $0.weight.parts) })
    }

    @Test func anOperatorCountsForItsShareAndACoordinatorForAll() throws {
        var weights = StakeWeights()
        let learned = learned(&weights, try set(0, [(1, 30), (2, 70)]))
        #expect(learned == [first: 300_000, second: 700_000, .coordinator(ServiceID(0)): 1_000_000])
    }

    @Test func ofSeveralSharesTheGreatestCountsUntilItIsGone() throws {
        var weights = StakeWeights()
        _ = weights.learn(try set(0, [(1, 90), (2, 10)]))
        #expect(learned(&weights, try set(1, [(1, 20), (2, 80)]))[first] == 900_000)
        let left = learned(&weights, try set(0, [(2, 10)]))
        #expect(left[first] == 200_000 && left[second] == 1_000_000)
        #expect(learned(&weights, try set(1, [(2, 80)]))[first] == Weight.least.parts, "it serves nothing any more")
    }
}
