import Primitives
import Testing

@testable import Node

/// Of one event at a time it is known how long it waits.
@Suite struct BacklogTests {
    private static func instant(_ milliseconds: UInt64) -> Instant { Instant(nanoseconds: milliseconds * 1_000_000) }

    @Test func `Whoever is taken up in time has not waited`() {
        var backlog = Backlog()
        for time in 0..<10 as Range<UInt64> {
            backlog.came(at: Self.instant(time * 100), waiting: 1)
            #expect(backlog.taken(at: Self.instant(time * 100 + 49)) == nil)
        }
    }

    @Test func `The wait ends when all that were before it are taken up`() {
        var backlog = Backlog()
        backlog.came(at: Self.instant(0), waiting: 3)
        backlog.came(at: Self.instant(50), waiting: 4)
        #expect(backlog.taken(at: Self.instant(900)) == nil)
        #expect(backlog.taken(at: Self.instant(950)) == nil)
        #expect(backlog.taken(at: Self.instant(1_000)) == .seconds(1))
        #expect(backlog.taken(at: Self.instant(2_000)) == nil, "nobody had looked when the fourth came")
        backlog.came(at: Self.instant(2_000), waiting: 1)
        #expect(backlog.taken(at: Self.instant(2_050)) == .milliseconds(50))
    }
}
