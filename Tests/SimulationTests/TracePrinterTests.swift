import Attesting
import Links
import Messages
import Primitives
import Records
import TestSupport
import Testing

@testable import Simulation

/// What is told of which event, and what is left out.
@Suite(.computing) struct TracePrinterTests {
    private static let beginning = Instant(nanoseconds: 2_000_000_000)
    private static let coordinator = Party.coordinator(ServiceID(0))

    private static func op(_ number: UInt32) -> Party { .signer(OperatorIndex(number - 1)) }

    private final class Page { var lines: [String] = [] }

    /// What is told of these events, each so long after the beginning.
    private static func told(_ events: [(Duration, SimulationEvent)], _ filter: TraceFilter = TraceFilter()) throws
        -> [String]
    {
        let page = Page()
        var printer = TracePrinter(try Scene.plan(), filter) { page.lines.append($0) }
        printer.observe(.began, at: beginning)
        for (time, event) in events { printer.observe(event, at: beginning + time) }
        printer.observe(.ended(.completed), at: beginning + .seconds(60))
        return page.lines.filter { !$0.hasSuffix("the run begins") && !$0.hasSuffix("the run ends") }
    }

    private static func sent(_ from: Party, _ to: Party, _ frame: Frame, _ arrivals: Link.Arrivals?) -> SimulationEvent
    {
        .sent(frame, from: from, to: to, arrivals)
    }

    private static func arrives(_ time: Duration, again: Duration? = nil, losses: Int = 0) -> Link.Arrivals {
        Link.Arrivals(first: beginning + time, again: again.map { beginning + $0 }, losses: losses)
    }

    private static func question(_ number: UInt64) -> Frame {
        .certificateRequest(
            VoteKey(network: .zero, service: ServiceID(0), subject: Subject(number: number)), statement: .zero)
    }

    private static func expired(_ number: UInt64, by party: Party = coordinator) -> SimulationEvent {
        .handled(party, .woke, effects: [.note(.taskExpired(ServiceID(0), TaskSequence(number)))])
    }

    @Test func oneFrameToManyIsOneLine() throws {
        let lines = try Self.told(
            [2, 3, 4].map { number in
                (
                    .milliseconds(1),
                    Self.sent(Self.op(1), Self.op(number), Self.question(7), Self.arrives(.milliseconds(3)))
                )
            })
        #expect(
            lines == [
                "+0.001000 s  op-1 -> op-2..op-4: a request for the certificate of squares 7; arrives +0.003000 s"
            ])
    }

    @Test func whatBefallsAFrameIsTold() throws {
        let fates: [Link.Arrivals?] = [
            Self.arrives(.milliseconds(203), losses: 1), Self.arrives(.milliseconds(3), again: .milliseconds(4)), nil,
        ]
        let lines = try Self.told(
            zip([2, 3, 4] as [UInt32], fates).map { number, arrivals in
                (.milliseconds(1), Self.sent(Self.op(1), Self.op(number), Self.question(7), arrivals))
            })
        #expect(
            lines == [
                "+0.001000 s  op-1 -> op-2..op-4: a request for the certificate of squares 7; "
                    + "arrives at op-3 +0.003000 s; at op-2 +0.203000 s, after it was lost once; "
                    + "and once more at op-3 +0.004000 s; held up on its way to op-4"
            ])
    }

    @Test func linesStandInTheOrderOfTheirTimes() throws {
        let lines = try Self.told([
            (.milliseconds(5), Self.expired(1)), (.milliseconds(3), Self.expired(0)),
            (.milliseconds(2), .started(Self.op(1), incarnation: 2)), (.milliseconds(4), Self.expired(2)),
        ])
        #expect(lines.map { $0.prefix(9) } == ["+0.003000", "+0.004000", "+0.005000"])
    }

    /// Its turn was thought out to the end before it died in the middle of it.
    @Test func theDeadDoNothing() throws {
        let lines = try Self.told([
            (.milliseconds(2), Self.expired(0)), (.milliseconds(4), Self.expired(1)),
            (.milliseconds(3), .died(Self.coordinator, lostEntries: 1)),
            (.milliseconds(5), .started(Self.coordinator, incarnation: 2)),
            (.milliseconds(5), .handled(Self.coordinator, .started(recorded: []), effects: [])),
            (.milliseconds(6), Self.expired(1)),
        ])
        #expect(
            lines == [
                "+0.002000 s  coordinator-squares gives squares 0 up: no certificate in time",
                "+0.003000 s  coordinator-squares dies, and loses an entry of its guard",
                "+0.005000 s  coordinator-squares starts again, as its process 2, with 0 entries in its guard",
                "+0.006000 s  coordinator-squares gives squares 1 up: no certificate in time",
            ])
    }

    @Test func connectionsWithOneCauseAreOneLine() throws {
        let (one, two, three) = (Self.op(1), Self.op(2), Self.op(3))
        let lines = try Self.told([
            (.milliseconds(1), .disconnected(one, two, reason: "its process has ended")),
            (.milliseconds(1), .disconnected(one, .ledger, reason: "its process has ended")),
            (.milliseconds(1), .disconnected(two, three, reason: "nothing gets through")),
            (.milliseconds(2), .connected(one, two)),
        ])
        #expect(
            lines == [
                "+0.001000 s  connections of op-1 with ledger, op-2 are lost: its process has ended",
                "+0.001000 s  connection of op-2 with op-3 is lost: nothing gets through",
                "+0.002000 s  connection of op-1 with op-2 is there",
            ])
    }

    @Test func onlyWhatIsAskedForIsTold() throws {
        let events: [(Duration, SimulationEvent)] = [
            (.milliseconds(1), Self.expired(1)), (.milliseconds(2), Self.expired(2, by: Self.op(2))),
            (.milliseconds(3), Self.sent(Self.op(1), Self.op(2), Self.question(2), Self.arrives(.milliseconds(4)))),
            (.milliseconds(3), Self.sent(Self.op(1), Self.op(3), Self.question(2), Self.arrives(.milliseconds(4)))),
            (.milliseconds(4), .healed(between: [Self.op(1)], and: [Self.op(2)])),
        ]
        func starts(_ filter: TraceFilter) throws -> [String] {
            try Self.told(events, filter).map { String($0.dropFirst("+0.001000 s  ".count).prefix(15)) }
        }
        let (expiry, second) = ("coordinator-squa", "op-2 gives squa")
        #expect(try starts(TraceFilter()) == [String(expiry.prefix(15)), second, "op-1 -> op-2, o", "the network is "])
        #expect(try starts(TraceFilter(parties: [Self.op(2)])) == [second, "op-1 -> op-2: a", "the network is "])
        #expect(
            try starts(TraceFilter(tasks: TaskSequence(2)...TaskSequence(9)))
                == [second, "op-1 -> op-2, o", "the network is "])
        #expect(try starts(TraceFilter(from: .milliseconds(2), until: .milliseconds(2))) == [second])
        #expect(
            try Self.told(events, TraceFilter(isEverything: true)).contains {
                $0.hasSuffix("coordinator-squares: woke")
            })
    }

    /// Greetings and what everybody knows of itself are for those who ask for everything.
    @Test func noiseIsLeftOut() throws {
        let events: [(Duration, SimulationEvent)] = [
            (
                .milliseconds(1),
                Self.sent(.ledger, Self.op(1), .notice(.account(nextNonce: 0)), Self.arrives(.milliseconds(1)))
            ),
            (.milliseconds(1), .handled(Self.op(1), .connected(.ledger), effects: [.wake(at: Self.beginning)])),
        ]
        #expect(try Self.told(events).isEmpty)
        #expect(try Self.told(events, TraceFilter(isEverything: true)).count == 3)
    }

    @Test func memoryIsOfTheLatest() {
        var map = RecentMap<Int, Int>(capacity: 10)
        for number in 0..<1000 { map[number] = number }
        #expect((990..<1000).allSatisfy { map[$0] == $0 } && map[970] == nil)
    }
}
