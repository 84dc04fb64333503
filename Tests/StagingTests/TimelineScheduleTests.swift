import Messages
import Primitives
import Testing

@testable import Staging
@testable import TopologyFormat

@Suite struct TimelineScheduleTests {
    /// 40 tasks; an epoch takes 1.6 s.
    private static func topology(_ timeline: String, ledger: String = "{preset: fast}") throws -> Topology {
        try Topology.parse(
            """
            version: 1
            name: lab
            ledger: \(ledger)
            operators: {op-1: {stake: 100 SOL}, op-2: {stake: 100 SOL}}
            restakers: {r-1: {deposit: 10 SOL}}
            services: {squares: {module: squaring, load: {tasks: 40, rate: 100/s}}}
            timeline: [\(timeline)]
            """, file: "lab.yaml")
    }

    private static func entries(_ orders: [TimelineSchedule.Order]) -> [Int] { orders.map(\.entry) }

    @Test func everythingIsDueOnceAtItsMomentAndInTheFilesOrder() throws {
        var schedule = TimelineSchedule(
            of: try Self.topology(
                """
                {at: task 3, restaker: r-1, deposit: 1 SOL}, {at: start, restaker: r-1, deposit: 2 SOL},
                {at: epoch 2, restaker: r-1, deposit: 3 SOL}, {at: 2s, restaker: r-1, deposit: 4 SOL},
                {at: start, restaker: r-1, deposit: 5 SOL}
                """))
        #expect(Self.entries(schedule.issued(4, of: ServiceID(0))) == [], "not before the run has begun")
        #expect(Self.entries(schedule.passed(.zero)) == [0, 1, 4])
        #expect(schedule.nextDelay == .seconds(2))
        #expect(Self.entries(schedule.opened(Epoch(1))) == [])
        #expect(Self.entries(schedule.opened(Epoch(3))) == [2], "an epoch that was skipped is over")
        #expect(!schedule.isDone)
        #expect(Self.entries(schedule.passed(.milliseconds(1_999))) == [])
        #expect(Self.entries(schedule.passed(.seconds(2))) == [3])
        #expect(schedule.isDone && schedule.nextDelay == nil)
        #expect(Self.entries(schedule.passed(.seconds(9))) == [] && Self.entries(schedule.opened(Epoch(9))) == [])
    }

    @Test func repetitionsComeInTheirUnit() throws {
        var schedule = TimelineSchedule(
            of: try Self.topology(
                """
                {at: task 10, every: 5 tasks, times: 3, restaker: r-1, deposit: 1 SOL},
                {at: 1s, every: 500ms, times: 2, restaker: r-1, claim: rewards},
                {at: epoch 1, every: 2 epochs, times: 2, restaker: r-1, claim: rewards}
                """))
        #expect(Self.entries(schedule.passed(.zero)) == [])
        #expect(Self.entries(schedule.issued(10, of: ServiceID(0))) == [], "task 10 is the eleventh")
        #expect(Self.entries(schedule.issued(11, of: ServiceID(0))) == [0])
        #expect(Self.entries(schedule.issued(21, of: ServiceID(0))) == [0, 0])
        #expect(schedule.nextDelay == .seconds(1))
        #expect(Self.entries(schedule.passed(.seconds(1))) == [1])
        #expect(schedule.nextDelay == .milliseconds(1_500))
        #expect(Self.entries(schedule.passed(.seconds(2))) == [1])
        #expect(Self.entries(schedule.opened(Epoch(2))) == [2])
        #expect(Self.entries(schedule.opened(Epoch(3))) == [2])
        #expect(schedule.isDone && schedule.unreachable.isEmpty)
    }

    @Test func whatALoadDoesNotComeToIsLeftOutAndNamed() throws {
        let whole = try Self.topology(
            """
            {at: task 30, restaker: r-1, deposit: 1 SOL}, {at: task 5, every: 10 tasks, times: 3, forward: 1 epoch},
            {at: 2s, restaker: r-1, deposit: 2 SOL}
            """)
        #expect(TimelineSchedule(of: whole).unreachable.isEmpty)
        var schedule = TimelineSchedule(of: try whole.overridden(by: .init(tasks: 20)))
        #expect(
            schedule.unreachable.map(\.description) == [
                "timeline[0]: never due: squares has 20 tasks",
                "timeline[1]: due 2 of 3 times: squares has 20 tasks",
            ])
        _ = schedule.passed(.seconds(2))
        #expect(Self.entries(schedule.issued(20, of: ServiceID(0))) == [1, 1])
        #expect(schedule.isDone)
        #expect(TimelineSchedule(whole.timeline).unreachable.isEmpty, "in a live network more tasks may come")
    }

    /// An epoch takes two days; two are skipped.
    @Test func epochsThatNobodyLivesToSeeAreNotWaitedFor() throws {
        let topology = try Self.topology(
            """
            {at: task 5, forward: 2 epochs}, {at: epoch 2, restaker: r-1, deposit: 1 SOL},
            {at: epoch 3, restaker: r-1, deposit: 2 SOL}
            """, ledger: "{preset: mainnet-like}")
        let schedule = TimelineSchedule(of: topology)
        #expect(schedule.unreachable.map(\.entry) == [2])
        #expect(RunPatience(of: topology).timeLimit < .seconds(60))
        let fast = try Self.topology("{at: epoch 20, restaker: r-1, deposit: 1 SOL}")
        #expect(TimelineSchedule(of: fast).unreachable.isEmpty)
        #expect(RunPatience(of: fast).timeLimit == .seconds(32 + 15))
    }
}
