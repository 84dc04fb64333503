import Staging
import Testing
import TopologyFormat

@Suite struct RunPatienceTests {
    /// A closed loop has no length; an open one has no use for progress.
    @Test func patienceIsWithProgressWhereTheLoadHasNoEndOfItsOwn() throws {
        let open = try Fixture.parsed()
        #expect(RunPatience(of: open).progress == nil)
        #expect(RunPatience(of: open).timeLimit == .milliseconds(500 + 2_000 + 15_000))
        let closed = RunPatience(of: try open.overridden(by: .init(tasks: 1_000_000, inFlight: 1)))
        #expect(closed.progress == .seconds(2 + 15))
        #expect(closed.timeLimit == .seconds(2 + 15))
    }
}
