import Messages
import Primitives
import Testing

@testable import Node

@Suite struct PeerPlanTests {
    private let parties: [Party] =
        (0..<3).map { Fixture.signer($0) } + (0..<2).map { .coordinator(ServiceID($0)) } + [.ledger]

    private func dials(_ one: Party, _ other: Party) -> Bool {
        switch other {
        case .ledger: one != .ledger
        case .coordinator: false
        case .signer(let signer): PeerPlan(own: one, genesis: Fixture.genesis).dials(signer)
        }
    }

    @Test func whoeverNeedsTheOtherIsDialledFromExactlyOneSide() {
        for one in parties where one != .ledger {
            let needed = PeerPlan(own: one, genesis: Fixture.genesis).needed
            for other in parties where other != one {
                let count = (dials(one, other) ? 1 : 0) + (dials(other, one) ? 1 : 0)
                #expect(count == (needed.contains(other) ? 1 : 0), "\(one), \(other)")
            }
        }
    }

    @Test func aStarConnectsNoOperators() {
        var genesis = Fixture.genesis
        genesis.services[0].dissemination = .star
        #expect(
            PeerPlan(own: Fixture.signer(0), genesis: genesis).needed == [
                .coordinator(ServiceID(0)), .coordinator(ServiceID(1)), .ledger,
            ])
        #expect(!PeerPlan(own: Fixture.signer(0), genesis: genesis).dials(OperatorIndex(1)))
    }

    @Test func setsBringMembersThatGenesisDoesNotName() throws {
        var genesis = Fixture.genesis
        genesis.services[0].optedIn = [OperatorIndex(0), OperatorIndex(1)]
        var plan = PeerPlan(own: .coordinator(ServiceID(0)), genesis: genesis)
        #expect(!plan.dials(OperatorIndex(2)) && !plan.hasSets)
        plan.learn(
            try OperatorSet(
                network: genesis.network, service: ServiceID(0), epoch: Epoch(1), revision: Revision(0),
                threshold: .one,
                members: [.init(signer: OperatorIndex(2), key: genesis.signers[2].key, weight: Lamports(1))]))
        #expect(plan.dials(OperatorIndex(2)) && plan.hasSets)
        #expect(!plan.needed.contains(Fixture.signer(2)))
    }
}
