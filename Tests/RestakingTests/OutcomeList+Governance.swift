import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

extension LedgerFixture {
    /// Two proposals, which restaker 0 has accepted; voting is over.
    mutating func acceptProposals() {
        for number in 0..<2 as Range<UInt32> {
            #expect(
                restaker(1, .propose(AssetTerms(name: "t-\(number)", authority: Self.rateKey.publicKey))) == .applied)
            #expect(restaker(0, .vote(ProposalID(number), accepts: true)) == .applied)
        }
        open(epoch: 2)
    }

    mutating func fillMotions() {
        for number in 0..<UInt64(Governance.openLimit) {
            let motion = Motion.setRate(Self.mSOL, ExchangeRate(1_000_000_000 + number)!)
            #expect(apply(.approve(motion), by: Self.councilKeys[0]) == .applied)
        }
    }
}

extension OutcomeList {
    private static let member = Role.council.key
    private static let first = ProposalID(0)
    private static let terms = AssetTerms(name: "bSOL", authority: Fixture.rateKey.publicKey)

    private static func assets(_ count: Int) -> @Sendable (inout Genesis) -> Void {
        { genesis in
            while genesis.assets.count < count {
                genesis.assets.append(
                    AssetTerms(name: "a-\(genesis.assets.count)", authority: Fixture.rateKey.publicKey))
            }
        }
    }

    private static func fill(_ fixture: inout Fixture) {
        for number in 0..<Governance.openLimit {
            var terms = terms
            terms.name = "t-\(number)"
            #expect(fixture.restaker(1, .propose(terms)) == .applied)
        }
    }

    static let governance = [
        OutcomeList(
            "propose", by: .restaker, .operator,
            rows: [
                OutcomeRow(
                    .notAuthorized, "the clock", by: Role.clock.key, .propose(.native(authority: member.publicKey))),
                OutcomeRow(.alreadyListed, "SOL, when there is no room", by: Role.restaker.key) {
                    fill(&$0)
                    return .propose(.native(authority: member.publicKey))
                },
                OutcomeRow(.full, "when there is no room", by: Role.restaker.key) {
                    fill(&$0)
                    return .propose(terms)
                },
                OutcomeRow(.applied, "a new asset", by: Role.restaker.key, .propose(terms)),
            ]),
        OutcomeList(
            "vote", by: .restaker,
            rows: [
                OutcomeRow(.notAuthorized, "the clock, on nothing", by: Role.clock.key, .vote(first, accepts: true)),
                OutcomeRow(.unknownProposal, "on nothing", by: Role.restaker.key, .vote(first, accepts: true)),
                OutcomeRow(.votingOver, "a second time, too late", by: Fixture.restakerKeys[0]) {
                    $0.acceptProposals()
                    return .vote(first, accepts: false)
                },
                OutcomeRow(.alreadyVoted, "a second time, without stake", by: Fixture.restakerKeys[2]) {
                    #expect($0.restaker(1, .propose(terms)) == .applied)
                    #expect($0.restaker(2, .vote(first, accepts: true)) == .applied)
                    #expect($0.restaker(2, .undelegate(.native, 50, from: OperatorIndex(3))) == .applied)
                    return .vote(first, accepts: false)
                },
                OutcomeRow(.insufficientStake, "all is idle", by: Role.restaker.key) {
                    #expect($0.restaker(1, .propose(terms)) == .applied)
                    return .vote(first, accepts: true)
                },
                OutcomeRow(.applied, "with delegated stake", by: Fixture.restakerKeys[0]) {
                    #expect($0.restaker(1, .propose(terms)) == .applied)
                    return .vote(first, accepts: true)
                },
            ]),
        OutcomeList("approve", by: .council, rows: motions),
    ]

    private static let motions = [
        OutcomeRow(.notAuthorized, "an operator, of nothing", by: Role.operator.key, .approve(.list(first))),
        OutcomeRow(.unknownAsset, "a status of no asset", by: member, .approve(.setStatus(Fixture.nowhere, .paused))),
        OutcomeRow(.unknownAsset, "SOL has no rate", by: member, .approve(.setRate(.native, .one))),
        OutcomeRow(.unknownService, "the end of no AVS", by: member, .approve(.markDefunct(Fixture.noService))),
        OutcomeRow(.unknownProposal, "to list nothing", by: member, .approve(.list(first))),
        OutcomeRow(.defunct, "the end of an AVS that is no more", by: member) {
            $0.end(0)
            return .approve(.markDefunct(ServiceID(0)))
        },
        OutcomeRow(.alreadyListed, "to list it again", by: member) {
            $0.acceptProposals()
            #expect($0.decide(.list(first)) == .applied)
            return .approve(.list(first))
        },
        OutcomeRow(.votingOpen, "to list what nobody has accepted yet", by: member) {
            #expect($0.restaker(1, .propose(terms)) == .applied)
            return .approve(.list(first))
        },
        OutcomeRow(.alreadyVoted, "again, when there is no room any more", by: member, with: assets(63)) {
            $0.acceptProposals()
            #expect($0.apply(.approve(.list(first)), by: member) == .applied)
            #expect($0.decide(.list(ProposalID(1))) == .applied)
            return .approve(.list(first))
        },
        OutcomeRow(
            .notAccepted, "to list what nobody has accepted, when there is no room", by: member, with: assets(64)
        ) {
            #expect($0.restaker(1, .propose(terms)) == .applied)
            $0.open(epoch: 2)
            return .approve(.list(first))
        },
        OutcomeRow(.full, "to list one more asset than there may be", by: member, with: assets(64)) {
            $0.acceptProposals()
            return .approve(.list(first))
        },
        OutcomeRow(.full, "one more motion than may be open", by: member) {
            $0.fillMotions()
            return .approve(.setStatus(Fixture.mSOL, .paused))
        },
        OutcomeRow(
            .amountTooLarge, "the third, of a rate that would not fit", by: Fixture.councilKeys[2],
            with: { $0.restakers[0].deposits[1].amount = Units(1 << 62) }
        ) {
            let motion = Motion.setRate(Fixture.mSOL, ExchangeRate(2_500_000_000)!)
            for key in Fixture.councilKeys.prefix(2) { #expect($0.apply(.approve(motion), by: key) == .applied) }
            return .approve(motion)
        },
        OutcomeRow(.applied, "of a pause", by: member, .approve(.setStatus(Fixture.mSOL, .paused))),
    ]
}
