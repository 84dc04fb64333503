import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// The way of a new asset: proposal, vote by stake, execution by three of five.
@Suite struct GovernanceTests {
    typealias Fixture = LedgerFixture

    static let terms = AssetTerms(name: "bSOL", authority: Fixture.key(80).publicKey, weight: BasisPoints(8_000)!)
    static let bSOL = AssetID(2 as UInt32)
    static let proposal = ProposalID(0)

    private static func proposed() -> Fixture {
        var fixture = Fixture.wide()
        let outcome = fixture.restaker(1, .propose(terms))
        precondition(outcome == .applied)
        return fixture
    }

    @Test func `An asset is listed by a vote and three of the council, and active from the next epoch`() {
        var fixture = Self.proposed()
        #expect(fixture.restaker(0, .vote(Self.proposal, accepts: true)) == .applied)
        #expect(fixture.decide(.list(Self.proposal)) == .votingOpen)
        fixture.open(epoch: 2)
        #expect(fixture.decide(.list(Self.proposal)) == .applied)
        #expect(fixture.restaker(1, .deposit(Self.bSOL, 10)) == .assetClosed)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(1, .deposit(Self.bSOL, 10)) == .applied)
        #expect(fixture.restaker(1, .delegate(Self.bSOL, 10, to: OperatorIndex(1))) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.weights(0)[1] == 308, "with its haircut")
        // Its authority is known from then on.
        #expect(
            fixture.apply(.updateRate(Self.bSOL, ExchangeRate(1_001_000_000)!), by: Fixture.key(80)) == .applied)
    }

    @Test(arguments: [(70, 30, .applied), (69, 30, .notAccepted), (0, 0, .notAccepted)] as [(UInt64, UInt64, Outcome)])
    func `At least seven tenths of the votes cast accept`(_ yes: UInt64, _ no: UInt64, _ outcome: Outcome) {
        var fixture = Fixture.wide { genesis in
            genesis.restakers = [
                Genesis.Restaker(
                    name: "r-1", key: Fixture.restakerKeys[0].publicKey, deposit: 1_000,
                    delegations: [Genesis.Delegation(signer: OperatorIndex(0), amount: Lamports(yes))]),
                Genesis.Restaker(
                    name: "r-2", key: Fixture.restakerKeys[1].publicKey, deposit: 1_000,
                    delegations: [Genesis.Delegation(signer: OperatorIndex(1), amount: Lamports(no))]),
            ]
        }
        #expect(fixture.restaker(1, .propose(Self.terms)) == .applied)
        for (place, accepts, power) in [(0, true, yes), (1, false, no)] as [(Int, Bool, UInt64)] {
            let voted = fixture.restaker(place, .vote(Self.proposal, accepts: accepts))
            #expect(voted == (power > 0 ? .applied : .insufficientStake))
        }
        fixture.open(epoch: 2)
        #expect(fixture.decide(.list(Self.proposal)) == outcome)
    }

    @Test func `Only stake that counts votes, once, and while the vote is open`() {
        var fixture = Self.proposed()
        #expect(fixture.restaker(1, .vote(Self.proposal, accepts: true)) == .insufficientStake, "all of it is idle")
        #expect(fixture.restaker(0, .vote(ProposalID(1), accepts: true)) == .unknownProposal)
        #expect(fixture.restaker(0, .vote(Self.proposal, accepts: false)) == .applied)
        #expect(fixture.restaker(0, .vote(Self.proposal, accepts: true)) == .alreadyVoted)
        // 950 SOL, and 400 units of mSOL: 500, with the haircut 450.
        #expect(fixture.ledger.governance.proposals[0].no == 1_400)
        fixture.open(epoch: 2)
        #expect(fixture.restaker(2, .vote(Self.proposal, accepts: true)) == .votingOver)
    }

    @Test func `A motion needs three different seats, and carries once`() {
        var fixture = Fixture.wide()
        let motion = Motion.setStatus(Fixture.mSOL, .paused)
        let keys = Fixture.councilKeys
        #expect(fixture.apply(.approve(motion), by: Fixture.restakerKeys[0]) == .notAuthorized)
        #expect(fixture.apply(.approve(motion), by: keys[4]) == .applied)
        #expect(fixture.apply(.approve(motion), by: keys[4]) == .alreadyVoted)
        #expect(fixture.apply(.approve(motion), by: keys[0]) == .applied)
        #expect(fixture.ledger.vaults[1].status == .active)
        #expect(fixture.apply(.approve(motion), by: keys[2]) == .applied)
        #expect(fixture.ledger.vaults[1].status == .paused)
        #expect(fixture.apply(.approve(motion), by: keys[2]) == .applied, "a new motion, with one approval")
        #expect(fixture.ledger.governance.motions.map(\.approvals) == [[2]])
    }

    @Test func `A name is listed once`() {
        var fixture = Self.proposed()
        var taken = Self.terms
        taken.name = "mSOL"
        #expect(fixture.restaker(1, .propose(taken)) == .alreadyListed)
        #expect(fixture.restaker(1, .propose(Self.terms)) == .applied, "two may propose one")
        for proposal in [0, 1] as [UInt32] {
            #expect(fixture.restaker(0, .vote(ProposalID(proposal), accepts: true)) == .applied)
        }
        fixture.open(epoch: 2)
        #expect(fixture.decide(.list(ProposalID(0))) == .applied)
        #expect(fixture.decide(.list(ProposalID(0))) == .alreadyListed)
        #expect(fixture.decide(.list(ProposalID(1))) == .alreadyListed)
    }

    @Test func `What is open is bounded`() {
        var fixture = Fixture.wide()
        for number in 0..<Governance.openLimit {
            var terms = Self.terms
            terms.name = "t-\(number)"
            #expect(fixture.restaker(1, .propose(terms)) == .applied)
        }
        #expect(fixture.restaker(1, .propose(Self.terms)) == .full)
        fixture.open(epoch: 2)
        #expect(fixture.restaker(1, .propose(Self.terms)) == .applied, "votes that are over make room")
        for number in 0..<UInt64(Governance.openLimit) {
            let motion = Motion.setRate(Fixture.mSOL, ExchangeRate(1_000_000_000 + number)!)
            #expect(fixture.apply(.approve(motion), by: Fixture.councilKeys[0]) == .applied)
        }
        #expect(
            fixture.apply(.approve(.setStatus(Fixture.mSOL, .paused)), by: Fixture.councilKeys[0]) == .full)
    }
}
