import Messages
import Primitives
import Testing

@testable import Restaking

/// Operator and Epochs: opting in and out, the passing of time, operator sets.
@Suite struct EpochTests {
    typealias Fixture = LedgerFixture

    @Test func `Opting out and in counts from the next epoch`() {
        var fixture = Fixture()
        let key = Fixture.operatorKeys[1]
        #expect(fixture.apply(.optOut(ServiceID(0)), by: key) == .applied)
        #expect(fixture.weights()[1] == 300)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[1] == nil)
        #expect(fixture.weights(1)[1] == 300, "the other AVS is not affected")
        #expect(fixture.apply(.optIn(ServiceID(0)), by: key) == .applied)
        #expect(fixture.weights(0)[1] == nil)
        fixture.open(epoch: 2)
        #expect(fixture.weights(0)[1] == 300)
    }

    @Test func `Who opts out cools down: it may ask again from the next epoch, and so misses one`() {
        var fixture = Fixture()
        let key = Fixture.operatorKeys[1]
        #expect(fixture.apply(.optOut(ServiceID(0)), by: key) == .applied)
        #expect(fixture.apply(.optIn(ServiceID(0)), by: key) == .coolingDown)
        fixture.open(epoch: 1)
        #expect(fixture.apply(.optIn(ServiceID(0)), by: key) == .applied)
        #expect(fixture.weights()[1] == nil)
        fixture.open(epoch: 2)
        #expect(fixture.weights()[1] == 300)
    }

    @Test func `Opting in twice, out twice, or with an unknown AVS is refused`() {
        var fixture = Fixture()
        let key = Fixture.operatorKeys[1]
        #expect(fixture.apply(.optIn(ServiceID(0)), by: key) == .alreadyOptedIn)
        #expect(fixture.apply(.optIn(ServiceID(2)), by: key) == .unknownService)
        #expect(fixture.apply(.optOut(ServiceID(2)), by: key) == .unknownService)
        #expect(fixture.apply(.optOut(ServiceID(0)), by: key) == .applied)
        #expect(fixture.apply(.optOut(ServiceID(0)), by: key) == .notOptedIn)
    }

    @Test func `An operator without stake is in no set`() {
        var fixture = Fixture()
        #expect(fixture.restaker(0, .undelegate(.native, 200, from: OperatorIndex(2))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights() == [0: 400, 1: 300, 3: 100])
    }

    @Test func `Time goes forward only`() {
        var fixture = Fixture()
        for (slot, outcome) in [
            (0, .clockNotForward), (1, .applied), (1, .clockNotForward), (UInt64.max, .clockNotForward),
        ] as [(UInt64, Outcome)] {
            #expect(fixture.apply(.advance(to: Slot(slot)), by: Fixture.clockKey) == outcome)
        }
        #expect(fixture.ledger.epoch == Epoch(0))
    }

    @Test func `A jump opens every crossed epoch that can still matter, in its order`() {
        var fixture = Fixture()
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0))) == .applied)
        var changes: [Ledger.Change] = []
        let jump = fixture.sign(.advance(to: Slot(35)), by: Fixture.clockKey)
        #expect(fixture.ledger.apply(jump, changes: &changes) == .applied)
        let epochs = changes.compactMap { if case .epochOpened(let epoch) = $0 { epoch.number } else { nil } }
        #expect(epochs == [1, 2, 3])
        #expect(fixture.ledger.operatorSets.map(\.epoch.number) == [1, 1, 2, 2, 3, 3], "two AVSs, horizon 2")
        #expect(fixture.set(epoch: 1).members[0].weight == 500, "the delegation counted from the first crossed epoch")
    }

    @Test func `A jump crosses so many epochs and no more: one instruction is one bounded step`() {
        var fixture = Fixture()
        let last = Slot(10 * Ledger.epochLimit + 9)
        #expect(fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0))) == .applied)
        #expect(fixture.ledger.farthestAdvance == last)
        #expect(fixture.apply(.advance(to: Slot(last.number + 1)), by: Fixture.clockKey) == .clockTooFar)
        #expect(fixture.apply(.advance(to: Ledger.slotLimit), by: Fixture.clockKey) == .clockTooFar)
        #expect(fixture.ledger.epoch == Epoch(0))
        #expect(fixture.apply(.advance(to: last), by: Fixture.clockKey) == .applied)
        #expect(fixture.ledger.epoch == Epoch(Ledger.epochLimit))
        #expect(fixture.weights()[0] == 500)
    }

    @Test func `One jump and many steps come to one state, but for the instructions counted`() {
        var jump = Fixture()
        var steps = Fixture()
        for place in [0, 1] {
            let instruction = [
                Instruction.undelegate(.native, 7, from: OperatorIndex(0)), .delegate(.native, 9, to: OperatorIndex(1)),
            ]
            #expect(jump.restaker(place, instruction[place]) == .applied)
            #expect(steps.restaker(place, instruction[place]) == .applied)
        }
        jump.open(epoch: 9)
        for epoch in 1...9 as ClosedRange<UInt64> { steps.open(epoch: epoch) }
        #expect(jump.ledger.operatorSets == steps.ledger.operatorSets)
        #expect(jump.ledger.stakes == steps.ledger.stakes)
    }
}
