import Messages
import Primitives
import Testing

@testable import Restaking

extension OutcomeList {
    private static let restaker = Role.restaker.key
    private static let place = OperatorIndex(0)

    static let delegator = [
        OutcomeList(
            "delegate", by: .restaker,
            rows: [
                OutcomeRow(
                    .notAuthorized, "the clock", by: Role.clock.key, .delegate(Fixture.nowhere, 0, to: Fixture.nobody)),
                OutcomeRow(
                    .zeroAmount, "nothing, of no asset", by: restaker,
                    .delegate(Fixture.nowhere, 0, to: Fixture.nobody)),
                OutcomeRow(
                    .unknownAsset, "of no asset, to nobody", by: restaker,
                    .delegate(Fixture.nowhere, 1, to: Fixture.nobody)),
                OutcomeRow(
                    .unknownSigner, "to nobody, too early", by: restaker,
                    with: { $0.parameters.release.operators = Epoch(1) },
                    .delegate(.native, Units(.max), to: Fixture.nobody)),
                OutcomeRow(
                    .notReleased, "too early, to who is tombstoned", by: restaker,
                    with: { $0.parameters.release.operators = Epoch(1) }
                ) {
                    $0.tombstone(0)
                    return .delegate(.native, Units(.max), to: place)
                },
                OutcomeRow(.tombstoned, "who has left, and then was tombstoned", by: restaker) {
                    $0.exit(0)
                    $0.tombstone(0)
                    return .delegate(.native, Units(.max), to: place)
                },
                OutcomeRow(.exited, "to who has left, of a retired asset", by: restaker) {
                    $0.exit(0)
                    #expect($0.decide(.setStatus(Fixture.mSOL, .retired)) == .applied)
                    return .delegate(Fixture.mSOL, Units(.max), to: place)
                },
                OutcomeRow(.assetClosed, "more than there is, of a retired asset", by: restaker) {
                    #expect($0.decide(.setStatus(Fixture.mSOL, .retired)) == .applied)
                    return .delegate(Fixture.mSOL, Units(.max), to: place)
                },
                OutcomeRow(
                    .insufficientStake, "one more than there is", by: restaker, .delegate(.native, 1_001, to: place)),
                OutcomeRow(
                    .insufficientStake, "more than can be counted", by: restaker,
                    .delegate(.native, Units(.max), to: place)),
                OutcomeRow(.applied, "all there is", by: restaker, .delegate(.native, 1_000, to: place)),
            ]),
        OutcomeList(
            "undelegate", by: .restaker,
            rows: [
                OutcomeRow(
                    .notAuthorized, "the clock", by: Role.clock.key,
                    .undelegate(Fixture.nowhere, 0, from: Fixture.nobody)),
                OutcomeRow(
                    .zeroAmount, "nothing, of no asset", by: restaker,
                    .undelegate(Fixture.nowhere, 0, from: Fixture.nobody)),
                OutcomeRow(
                    .unknownAsset, "of no asset, from nobody", by: restaker,
                    .undelegate(Fixture.nowhere, 1, from: Fixture.nobody)),
                OutcomeRow(
                    .unknownSigner, "from nobody", by: restaker, .undelegate(.native, Units(.max), from: Fixture.nobody)
                ),
                OutcomeRow(
                    .insufficientStake, "one more than is there", by: Fixture.restakerKeys[0],
                    .undelegate(.native, 401, from: place)),
                OutcomeRow(
                    .applied, "all that is there", by: Fixture.restakerKeys[0], .undelegate(.native, 400, from: place)),
            ]),
        OutcomeList(
            "emergencyExit", by: .restaker,
            rows: [
                OutcomeRow(
                    .notAuthorized, "the clock", by: Role.clock.key,
                    .emergencyExit(Fixture.nowhere, from: Fixture.nobody)),
                OutcomeRow(
                    .unknownAsset, "of no asset, from nobody", by: restaker,
                    .emergencyExit(Fixture.nowhere, from: Fixture.nobody)),
                OutcomeRow(.unknownSigner, "from nobody", by: restaker, .emergencyExit(.native, from: Fixture.nobody)),
                OutcomeRow(
                    .insufficientStake, "nothing, of who is used", by: restaker, .emergencyExit(.native, from: place)),
                OutcomeRow(
                    .stillHeld, "a living AVS uses it", by: Fixture.restakerKeys[0],
                    .emergencyExit(.native, from: place)),
                OutcomeRow(
                    .stillHeld, "a pending slash holds it", by: Fixture.restakerKeys[0],
                    with: {
                        $0.parameters.vetoSlots = 20
                        $0.services[1].optedIn = [OperatorIndex(1)]
                    }
                ) {
                    $0.tombstone(0)
                    $0.end(0)
                    $0.open(epoch: 1)
                    return .emergencyExit(.native, from: place)
                },
                OutcomeRow(
                    .applied, "nothing uses it any more", by: Fixture.restakerKeys[0],
                    with: { $0.services[1].optedIn = [OperatorIndex(1)] }
                ) {
                    $0.end(0)
                    return .emergencyExit(.native, from: place)
                },
            ]),
    ]
}
