import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

extension OutcomeList {
    private static let restaker = Role.restaker.key
    private static let authority = Role.authority.key
    private static let rate = ExchangeRate(1_262_500_000)!
    private static let jump = ExchangeRate(1_262_500_001)!

    /// Ten lamports that double in every epoch.
    private static func doubling(_ genesis: inout Genesis) {
        for place in genesis.restakers.indices {
            genesis.restakers[place].deposits = []
            genesis.restakers[place].delegations = []
        }
        genesis.restakers[0].deposits = [Genesis.Deposit(asset: .native, amount: 10)]
        genesis.nativePool.validators = [BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole))]
        genesis.parameters.protocolFee = .zero
    }

    /// As much mSOL as fits at its rate, and no more than doubles it.
    private static func brimming(_ genesis: inout Genesis) {
        genesis.restakers[0].deposits[1].amount = Units(1 << 62)
        genesis.assets[1].rateBound = .whole
    }

    static let staking =
        [
            OutcomeList("advance", by: .clock, rows: clock),
            OutcomeList("deposit", by: .restaker, rows: deposits),
            OutcomeList(
                "withdraw", by: .restaker,
                rows: [
                    OutcomeRow(.notAuthorized, "the clock", by: Role.clock.key, .withdraw(Fixture.nowhere, 0)),
                    OutcomeRow(.zeroAmount, "nothing, of no asset", by: restaker, .withdraw(Fixture.nowhere, 0)),
                    OutcomeRow(.unknownAsset, "of no asset", by: restaker, .withdraw(Fixture.nowhere, 1)),
                    OutcomeRow(
                        .insufficientStake, "all is delegated", by: Fixture.restakerKeys[0], .withdraw(.native, 1)),
                    OutcomeRow(.applied, "more than there is: all", by: restaker, .withdraw(.native, Units(.max))),
                ]),
            OutcomeList("updateRate", by: .authority, rows: rates),
            OutcomeList(
                "updateYield", by: .authority,
                rows: [
                    OutcomeRow(
                        .notAuthorized, "an operator, of no validator", by: Role.operator.key,
                        .updateYield(ValidatorIndex(0), BaseYield(staking: 1))),
                    OutcomeRow(
                        .unknownValidator, "of no validator", by: authority,
                        .updateYield(ValidatorIndex(0), BaseYield(staking: 1))),
                    OutcomeRow(
                        .applied, "of one that there is", by: authority, with: doubling,
                        .updateYield(ValidatorIndex(0), BaseYield(staking: 1))),
                ]),
        ] + governance

    private static let clock = [
        OutcomeRow(.notAuthorized, "an operator, to the present slot", by: Role.operator.key, .advance(to: Slot(0))),
        OutcomeRow(.clockNotForward, "to the present slot", by: Role.clock.key, .advance(to: Slot(0))),
        OutcomeRow(.clockNotForward, "beyond what can be counted", by: Role.clock.key, .advance(to: Slot(.max))),
        OutcomeRow(.clockTooFar, "an epoch too far", by: Role.clock.key, .advance(to: Slot(40_970))),
        OutcomeRow(.applied, "over 4,096 epochs", by: Role.clock.key, .advance(to: Slot(40_969))),
    ]

    private static let deposits = [
        OutcomeRow(.notAuthorized, "the clock", by: Role.clock.key, .deposit(Fixture.nowhere, 0)),
        OutcomeRow(.zeroAmount, "nothing, of no asset", by: restaker, .deposit(Fixture.nowhere, 0)),
        OutcomeRow(.unknownAsset, "too much, of no asset", by: restaker, .deposit(Fixture.nowhere, Units(.max))),
        OutcomeRow(.assetClosed, "too much, of a paused asset", by: restaker) {
            #expect($0.decide(.setStatus(Fixture.mSOL, .paused)) == .applied)
            return .deposit(Fixture.mSOL, Units(.max))
        },
        OutcomeRow(.assetClosed, "too much, of a retired asset", by: restaker) {
            #expect($0.decide(.setStatus(Fixture.mSOL, .retired)) == .applied)
            return .deposit(Fixture.mSOL, Units(.max))
        },
        OutcomeRow(
            .amountTooLarge, "more than fits, and than the cap", by: restaker, with: { $0.assets[0].depositCap = 1 },
            .deposit(.native, Units(.max))),
        OutcomeRow(
            .amountTooLarge, "more units than fit, though they are worth little", by: restaker,
            with: { $0.assets[1].rate = ExchangeRate(1)! }, .deposit(Fixture.mSOL, Units(1 << 63))),
        OutcomeRow(
            .capExceeded, "dust, beyond the vault's cap", by: Fixture.restakerKeys[0],
            with: {
                doubling(&$0)
                $0.assets[0].depositCap = 1
            }
        ) {
            $0.open(epoch: 14)
            return .deposit(.native, 163)
        },
        OutcomeRow(
            .capExceeded, "beyond the cap of this stage", by: restaker,
            with: { $0.parameters.release.caps = [.init(from: Epoch(0), value: 1)] }, .deposit(.native, 1)),
        OutcomeRow(.dust, "less than a share's price", by: Fixture.restakerKeys[0], with: doubling) {
            $0.open(epoch: 14)
            return .deposit(.native, 163)
        },
        OutcomeRow(.applied, "one lamport", by: restaker, .deposit(.native, 1)),
    ]

    private static let rates = [
        OutcomeRow(
            .notAuthorized, "an operator, of no asset", by: Role.operator.key, .updateRate(Fixture.nowhere, jump)),
        OutcomeRow(.notAuthorized, "SOL has none to be told", by: authority, .updateRate(.native, jump)),
        OutcomeRow(.unknownAsset, "of no asset", by: authority, .updateRate(Fixture.nowhere, jump)),
        OutcomeRow(.assetClosed, "of a retired asset, a second time", by: authority) {
            #expect($0.apply(.updateRate(Fixture.mSOL, rate), by: authority) == .applied)
            #expect($0.decide(.setStatus(Fixture.mSOL, .retired)) == .applied)
            return .updateRate(Fixture.mSOL, jump)
        },
        OutcomeRow(.rateAlreadyTold, "a jump, a second time", by: authority) {
            #expect($0.apply(.updateRate(Fixture.mSOL, rate), by: authority) == .applied)
            return .updateRate(Fixture.mSOL, ExchangeRate(1)!)
        },
        OutcomeRow(
            .rateJump, "a jump, to what would not fit", by: authority, with: brimming,
            .updateRate(Fixture.mSOL, ExchangeRate(2_500_000_001)!)),
        OutcomeRow(
            .amountTooLarge, "to what would not fit", by: authority, with: brimming,
            .updateRate(Fixture.mSOL, ExchangeRate(2_500_000_000)!)),
        OutcomeRow(.applied, "the whole bound", by: authority, .updateRate(Fixture.mSOL, rate)),
    ]
}
