import Foundation
import Messages
import Primitives
import Records
import Restaking
import SystemPackage
import TestSupport
import Testing
import Verdicts

@testable import Reports

/// What came of each entry of the timeline, on the terminal, for programs and on the page.
@Suite struct TimelineAccountTests {
    private typealias Entry = RunContext.TimelineEntry

    private static func receipt(_ run: LedgerRun, _ place: Int, _ outcome: Outcome = .applied, slot: UInt64) -> Receipt
    {
        Receipt(instruction: run.instructions[place].digest, outcome: outcome, slot: Slot(slot))
    }

    /// Three instructions of bob's after the ledger's own.
    private static func run() -> LedgerRun {
        var run = LedgerRun()
        run.open(epoch: 1)
        #expect(run.bob(.deposit(.native, Units(5))) == .applied)
        run.open(epoch: 2)
        #expect(run.bob(.deposit(.native, Units(5))) == .applied)
        #expect(run.bob(.withdraw(LedgerRun.mSOL, Units(5))) == .insufficientStake)
        return run
    }

    private static func accounts(_ run: LedgerRun, _ entries: [Entry]) -> [TimelineAccount] {
        TimelineAccount.all(of: run.history(), entries)
    }

    @Test func anEntryIsFoundAgainInTheLog() {
        let run = Self.run()
        let applied = Self.receipt(run, 1, slot: 10)
        let refused = Self.receipt(run, 4, .insufficientStake, slot: 20)
        let accounts = Self.accounts(
            run,
            [
                Entry(plan: "{a}", times: 1, turns: [.carriedOut([applied])]),
                Entry(plan: "{b}", times: 1, turns: [.carriedOut([refused])]),
                Entry(plan: "{c}", times: 1, turns: [.carriedOut([applied, refused])]),
                Entry(plan: "{d}", times: 1, turns: [.carriedOut([])]),
                Entry(plan: "{e}", times: 1, turns: [.hindered("no SOL is idle")]),
                Entry(plan: "{f}", times: 1, limit: "never due: squares has 40 tasks"),
                Entry(plan: "{g}", times: 1),
            ])
        #expect(
            accounts.map(\.result) == [
                "applied by instruction 2 in epoch 1, slot 10",
                "refused (insufficientStake) by instruction 5 in epoch 2, slot 20",
                "1 applied, 1 refused (insufficientStake) by instructions 2 to 5 in epochs 1 to 2",
                "done", "not done: no SOL is idle", "never due: squares has 40 tasks", "not done before the run ended",
            ])
        #expect(accounts.map(\.isWanting) == [false, true, true, false, true, true, true])
    }

    @Test func aRepeatedEntryIsOneLineWithItsCounts() {
        let run = Self.run()
        let turns: [Entry.Turn] = [
            .carriedOut([Self.receipt(run, 1, slot: 10)]), .hindered("no SOL is free"), .hindered("no SOL is free"),
            .carriedOut([Self.receipt(run, 3, slot: 20)]),
        ]
        let accounts = Self.accounts(
            run,
            [
                Entry(plan: "{a}", times: 4, turns: turns), Entry(plan: "{b}", times: 9, turns: turns),
                Entry(plan: "{c}", times: 9, limit: "due 4 of 9 times: squares has 40 tasks", turns: turns),
                Entry(plan: "{d}", times: 2, turns: [.carriedOut([]), .carriedOut([])]),
            ])
        let done = "2 applied by instructions 2 to 4 in epochs 1 to 2; 2 times not done: no SOL is free"
        #expect(
            accounts.map(\.result) == [
                done, "\(done); done 4 of 9 times before the run ended",
                "\(done); due 4 of 9 times: squares has 40 tasks", "done 2 times",
            ])
    }

    private static func summary(_ entries: [Entry]) throws -> RunSummary {
        RunSummary(
            records: try HistoryBuilder.sound().records, expectations: RunExpectations(slashed: [OperatorIndex(3)]),
            context: RunContext(
                name: "lab", seed: 1, mode: .processes, ending: .completed, runDirectory: "runs/lab",
                host: HostFacts(
                    cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
                    transport: "tcp loopback"), timeline: entries))
    }

    private static let done = Entry(plan: "{done}", times: 1, turns: [.carriedOut([])])
    private static let undone = Entry(plan: "{undone}", times: 1, turns: [.hindered("no")])

    @Test func aShortTimelineIsShownWholeAndALongOneByWhatWasNotDone() throws {
        #expect(try Self.summary([]).timelineLines == [])
        #expect(
            try Self.summary([Self.done, Self.undone]).timelineLines
                == ["timeline[0] {done}: done", "timeline[1] {undone}: not done: no"])
        #expect(
            try Self.summary(Array(repeating: Self.done, count: 6)).timelineLines
                == ["all 6 entries done as written; see results.json"])
        let mixed = try Self.summary(Array(repeating: Self.done, count: 1_000) + [Self.undone])
        #expect(
            mixed.timelineLines
                == ["timeline[1000] {undone}: not done: no", "1,000 entries done as written; see results.json"])
        let many = try Self.summary([Self.done] + Array(repeating: Self.undone, count: 7))
        #expect(many.timelineLines.count == 7)
        #expect(
            many.timelineLines.suffix(2) == [
                "and 2 more of which not all was done; see results.json",
                "1 entry done as written; see results.json",
            ])
        let text = TerminalSummary(many).text
        #expect(text.contains("\ntimeline        timeline[1] {undone}: not done: no\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= TerminalSummary.width })
    }

    @Test func programsHaveEveryTurnAndThePageEveryEntry() throws {
        let receipt = Receipt(instruction: .zero, outcome: .capExceeded, slot: Slot(250))
        let summary = try Self.summary([
            Self.done, Entry(plan: "{<b>}", times: 2, turns: [.carriedOut([receipt]), .hindered("no")]),
        ])
        let document = summary.results.document
        let results = try #require(
            try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        let timeline = try #require(results["timeline"] as? [[String: Any]])
        #expect(timeline.map { $0["entry"] as? Int } == [0, 1] && timeline[1]["plan"] as? String == "{<b>}")
        let turns = try #require(timeline[1]["turns"] as? [[String: Any]])
        #expect(turns[1]["obstacle"] as? String == "no" && turns[0]["obstacle"] is NSNull)
        let instruction = try #require((turns[0]["instructions"] as? [[String: Any]])?.first)
        #expect(instruction["outcome"] as? String == "capExceeded" && instruction["slot"] as? Int == 250)
        #expect(instruction["epoch"] as? Int == 2, "of 100 slots")
        #expect(instruction["instruction"] is NSNull, "the log does not have it")
        let page = ReportPage(summary).document
        #expect(page.contains("id=\"stake-timeline\"") && page.contains("{&lt;b&gt;}") && page.contains("capExceeded"))
        #expect(!ReportPage(try Self.summary([])).document.contains("stake-timeline"))
    }
}
