import Messages
import Primitives
import Testing

@testable import Restaking

/// Stake that secures nothing any more leaves without the unbonding delay.
@Suite struct EmergencyExitTests {
    typealias Fixture = LedgerFixture

    @Test func `Stake leaves at once when no living AVS has used it within the horizon`() {
        var fixture = Fixture.wide { $0.services[1].optedIn = [OperatorIndex(1)] }
        let exit = Instruction.emergencyExit(.native, from: OperatorIndex(0))
        #expect(fixture.restaker(1, exit) == .insufficientStake)
        #expect(fixture.restaker(0, exit) == .stillHeld)
        #expect(fixture.decide(.markDefunct(ServiceID(0))) == .applied)
        #expect(fixture.restaker(0, .undelegate(.native, 150, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0).isEmpty)
        #expect(fixture.restaker(0, exit) == .applied, "both what is active and what unbonds")
        #expect(fixture.restaker(0, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.books.withdrawn == 400)
        #expect(
            fixture.restaker(0, .emergencyExit(.native, from: OperatorIndex(1))) == .stillHeld,
            "operator 1 is in the other AVS")
    }

    @Test func `In the epoch in which the AVS dies, what is about to leave and what is activating goes too`() {
        var fixture = Fixture.wide { $0.services[1].optedIn = [OperatorIndex(1)] }
        #expect(fixture.restaker(1, .delegate(Fixture.mSOL, 70, to: OperatorIndex(0))) == .applied)
        #expect(fixture.restaker(0, .undelegate(.native, 150, from: OperatorIndex(0))) == .applied)
        #expect(fixture.decide(.markDefunct(ServiceID(0))) == .applied)
        #expect(fixture.decide(.markDefunct(ServiceID(0))) == .defunct)
        #expect(fixture.signer(2, .optIn(ServiceID(0))) == .defunct)
        #expect(fixture.restaker(0, .emergencyExit(.native, from: OperatorIndex(0))) == .applied)
        #expect(fixture.restaker(1, .emergencyExit(Fixture.mSOL, from: OperatorIndex(0))) == .applied)
        #expect(fixture.stake(0).active.assets == 0 && fixture.stake(0).leaving == 0)
        #expect(fixture.restaker(0, .withdraw(.native, 5_000)) == .applied)
        #expect(fixture.books.withdrawn == 400)
        #expect(fixture.restaker(0, .emergencyExit(.native, from: OperatorIndex(9))) == .unknownSigner)
        #expect(fixture.restaker(0, .emergencyExit(AssetID(9 as UInt32), from: OperatorIndex(0))) == .unknownAsset)
    }

    @Test func `What came back from an operator that it never counted for is not there, settled or not`() {
        var fixture = LedgerFixture.wide()
        #expect(fixture.restaker(1, .delegate(.native, 10, to: OperatorIndex(0))) == .applied)
        #expect(fixture.signer(0, .exit) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.restaker(1, .emergencyExit(.native, from: OperatorIndex(0))) == .insufficientStake)
        #expect(fixture.restaker(1, .withdraw(.native, 1_000)) == .applied)
        #expect(fixture.restaker(1, .emergencyExit(.native, from: OperatorIndex(0))) == .insufficientStake)
    }
}
