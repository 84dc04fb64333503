import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

@testable import Reports

@Suite struct LatencyTimelineTests {
    private static func summary(_ builder: HistoryBuilder) -> RunSummary { ReportPageTests.summary(builder.records) }

    /// However they are drawn, all tasks are there.
    @Test func noTaskIsLeftOut() throws {
        var run = WideRun()
        run.tasks = 5000
        run.missedEvery = 7
        let summary = ReportPageTests.summary(run.records)
        let timeline = try #require(RunTimeline(summary))
        let detail = LatencyTimeline.Detail.each(of: [summary.history.tasks.count])[0]
        #expect(detail == .columns(240))
        guard case .columns(let columns) = LatencyTimeline(summary.history.tasks, on: timeline, detail).shape else {
            Issue.record("no columns")
            return
        }
        #expect(columns.reduce(0) { $0 + $1.count } == 5000)
        #expect(columns.reduce(0) { $0 + $1.withoutQuorum } == 5000 / 7)
        let latencies = summary.history.tasks.filter(\.certifiedInTime).compactMap { $0.quorumLatency?.nanoseconds }
        #expect(columns.compactMap(\.least).min() == latencies.min())
        #expect(columns.compactMap(\.greatest).max() == latencies.max())
        guard
            case .everyTask(let points) = LatencyTimeline(summary.history.tasks, on: timeline, .everyTask).shape
        else {
            Issue.record("no points")
            return
        }
        #expect(points.map(\.latency) == latencies)
    }

    @Test(
        arguments: [
            ([4000], [LatencyTimeline.Detail.everyTask]), ([100, 4001], [.columns(12), .columns(240)]),
            ([4000, 4000, 4000], [.everyTask, .everyTask, .everyTask]), ([], []),
            (Array(repeating: 200, count: 64), Array(repeating: .columns(25), count: 64)),
        ])
    func allServicesAreShownAlike(counts: [Int], details: [LatencyTimeline.Detail]) {
        #expect(LatencyTimeline.Detail.each(of: counts) == details)
    }

    /// A column's middle counts those without a quorum as the slowest, as the percentiles do.
    @Test func tasksWithoutAQuorumAreTheSlowestOfAColumn() throws {
        var builder = try HistoryBuilder()
        for number in 1...4 as ClosedRange<UInt64> { builder.issue(number) }
        builder.certify(1, after: 30)
        builder.certify(2, after: 50)
        func column() throws -> LatencyTimeline.Column? {
            let summary = Self.summary(builder)
            let timeline = try #require(RunTimeline(summary))
            let shape = LatencyTimeline(summary.history.tasks, on: timeline, .columns(1)).shape
            if case .columns(let columns) = shape { return columns.first } else { return nil }
        }
        let half = try #require(try column())
        #expect(half.count == 4 && half.withoutQuorum == 2)
        #expect(half.least == 30_000_000 && half.middle == 50_000_000 && half.greatest == 50_000_000)
        builder.issue(5)
        #expect(try column()?.middle == nil)
    }

    @Test func tasksWithoutAQuorumAndOpenOnesHaveRowsOfTheirOwn() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(4)
        builder.issue(200)
        builder.certify(200)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(2999))
        let summary = Self.summary(builder)
        let timeline = try #require(RunTimeline(summary))
        let tasks = LatencyTimeline(summary.history.tasks, on: timeline, .everyTask)
        #expect(tasks.withoutQuorum == [timeline.share(of: HistoryBuilder.instant(40))])
        #expect(tasks.open == [1])
    }

    /// An equivocator's fault lasts to the end of the run, but for everyone else only until it has no seat any more.
    @Test func aSlashEndsAFault() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(50)
        let summary = Self.summary(builder)
        let timeline = try #require(RunTimeline(summary))
        let (from, to) = (
            timeline.share(of: HistoryBuilder.instant(21)), timeline.share(of: HistoryBuilder.instant(76))
        )
        #expect(summary.history.faultIntervals.map(\.end) == [nil])
        #expect(timeline.faults(in: HistoryBuilder.service) == [from...to])
        let lane = try #require(timeline.lanes.first)
        #expect(timeline.lanes.count == 1 && lane.name == "op-4" && lane.behaviours == ["equivocate-split"])
        #expect(lane.faulty == [from...to] && lane.slashed == to && lane.injections == [from])
        #expect(timeline.marks.map(\.kind) == [.slash("op-4")])
    }

    @Test func overlappingTimesAreOne() {
        #expect(RunTimeline.merged([0.5...0.7, 0...0.2, 0.1...0.3, 0.7...0.8]) == [0...0.3, 0.5...0.8])
    }

    @Test func aCurveSaysWhatThePercentilesSay() throws {
        var run = WideRun()
        run.tasks = 1000
        let latency = ReportPageTests.summary(run.records).latency
        let curve = try #require(PercentileCurve(latency, of: "avs-1"))
        #expect(curve.end == 0.99 && curve.infiniteFrom == nil)
        for (percentile, share) in [(Percentile.p50, 0.5), (.p90, 0.9), (.p99, 0.99)] {
            let point = try #require(curve.named.first { $0.share == share })
            #expect(latency.reading(percentile) == .measured(.nanoseconds(point.latency)))
            #expect(curve.points.contains(point))
        }
        #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.latency <= $1.latency })
        #expect(curve.points.allSatisfy { $0.share <= 0.99 + 1e-9 }, "what the tasks do not carry is not drawn")
    }

    @Test func aCurveEndsWhereTasksHaveNoQuorum() throws {
        var run = WideRun()
        run.missedEvery = 4
        let curve = try #require(PercentileCurve(ReportPageTests.summary(run.records).latency, of: "avs-1"))
        #expect(curve.infiniteFrom == 0.75)
        #expect(curve.points.last?.share == 0.75, "and up to there it is drawn")
        run.missedEvery = 1
        #expect(PercentileCurve(ReportPageTests.summary(run.records).latency, of: "avs-1") == nil)
        run.missedEvery = 0
        run.tasks = 19
        #expect(PercentileCurve(ReportPageTests.summary(run.records).latency, of: "avs-1") == nil)
    }
}
