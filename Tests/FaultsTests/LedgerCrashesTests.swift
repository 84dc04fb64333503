import Messages
import Primitives
import Testing

import Faults

@Suite struct LedgerCrashesTests {
    private let began = Instant(nanoseconds: 1_000_000_000)

    private func plan(_ begins: FaultPlan.Beginning, _ point: KillPoint? = nil) -> FaultPlan {
        FaultPlan(
            party: .ledger, behaviour: .ledgerCrash, begins: begins, lasts: .duration(.milliseconds(500)), point: point)
    }

    @Test func itDiesAtItsPointFromItsTimeOn() {
        let fault = plan(.after(.seconds(2)), .persist)
        var crashes = LedgerCrashes([fault])
        #expect(crashes.due(at: .persist, began + .seconds(3)) == nil, "time counts from the beginning")
        crashes.began(began)
        #expect(crashes.nextTime == nil, "no time has it die anywhere else")
        #expect(crashes.due(at: .persist, began + .milliseconds(1_999)) == nil)
        #expect(crashes.due(at: .persist, began + .seconds(2)) == fault)
        #expect(crashes.due(at: .receive, began + .seconds(2)) == nil)
        #expect(crashes.due(at: nil, began + .seconds(2)) == nil)
    }

    @Test func withoutAPointItDiesAtItsTime() {
        var crashes = LedgerCrashes([plan(.after(.seconds(2))), plan(.start)])
        crashes.began(began)
        #expect(crashes.nextTime == began)
        #expect(crashes.due(at: nil, began) == plan(.start))
    }

    @Test func whatIsInjectedCountsFromThenUntilItIsCleared() {
        var crashes = LedgerCrashes()
        crashes.inject(plan(.after(.seconds(1))), at: began + .seconds(5))
        #expect(crashes.nextTime == began + .seconds(6))
        crashes.clear()
        #expect(crashes.nextTime == nil)
    }

    @Test func otherFaultsAreNobodysHere() {
        var crashes = LedgerCrashes([
            FaultPlan(party: .ledger, behaviour: .crash, begins: .start, lasts: .untilTheEnd)
        ])
        crashes.began(began)
        #expect(crashes.nextTime == nil)
    }
}
