import Messages
import Primitives
import Reports
import TestSupport
import Testing
import Verdicts

@Suite struct QuorumLatencyTests {
    /// Tasks with these latencies; nil: no certificate.
    private static func tasks(_ latencies: [Duration?]) throws -> [RunHistory.IssuedTask] {
        let builder = try HistoryBuilder()
        return latencies.enumerated().map { number, latency in
            let task = builder.task(UInt64(number), issued: 5000)
            return RunHistory.IssuedTask(
                task: task,
                certified: latency.map { Instant(nanoseconds: UInt64(Int64(task.issued.nanoseconds) + $0.nanoseconds)) }
            )
        }
    }

    @Test func percentilesAreNearestRanksToThreeDigits() throws {
        var random = SeededRandom(seed: 3, purpose: "latencies")
        let latencies = (0..<2000).map { _ in Duration.nanoseconds(Int64.random(in: 0...900_000_000, using: &random)) }
        let latency = QuorumLatency(try Self.tasks(latencies))
        let sorted = latencies.sorted()
        for (percentile, rank) in [(Percentile.p50, 1000), (.p90, 1800), (.p99, 1980)] {
            guard case .measured(let found) = latency.reading(percentile) else {
                Issue.record("\(percentile) was not measured")
                continue
            }
            let exact = sorted[rank - 1].nanoseconds
            #expect(abs(found.nanoseconds - exact) * 1000 <= exact, "\(percentile): \(found), exactly \(exact)")
        }
        #expect(latency.reading(.max) == .measured(try #require(sorted.last)))
    }

    @Test func aPercentileNeedsItsSamples() throws {
        for (percentile, needed) in [(Percentile.p50, 20), (.p90, 100), (.p99, 1000), (.p999, 10_000), (.max, 1)] {
            #expect(percentile.samplesNeeded == UInt64(needed))
        }
        let few = QuorumLatency(try Self.tasks(Array(repeating: .milliseconds(1), count: 200)))
        #expect(few.reading(.p90) == .measured(.milliseconds(1)))
        #expect(few.reading(.p99) == .notCarried(samples: 200))
        #expect(few.reasonForNone(.p99) == "200 samples, needs 1,000 (--tasks 1000)")
        #expect(few.reasonForNone(.p90) == nil)
    }

    @Test func expiredTasksRankAsInfinite() throws {
        let expired: [Duration?] = Array(repeating: nil, count: 19) + [.milliseconds(1001)]
        let latency = QuorumLatency(try Self.tasks(Array(repeating: .milliseconds(1), count: 980) + expired))
        #expect(latency.count == 1000 && latency.infinite == 20)
        #expect(latency.reading(.p90) == .measured(.milliseconds(1)))
        #expect(latency.reading(.p99) == .infinite)
        #expect(latency.reading(.max) == .infinite)
        #expect(latency.reasonForNone(.p99) == "20 of 1,000 tasks had no certificate by their deadline")
        let oneIn100 = QuorumLatency(
            try Self.tasks(Array(repeating: .milliseconds(1), count: 990) + expired.prefix(10)))
        #expect(oneIn100.reading(.p99) == .measured(.milliseconds(1)))
    }

    @Test func negativeDurationsAreCountedNotClamped() throws {
        let latency = QuorumLatency(
            try Self.tasks(
                Array(repeating: .milliseconds(-2), count: 15) + Array(repeating: .milliseconds(3), count: 5)))
        #expect(latency.negative.count == 15)
        #expect(latency.reading(.p50) == .measured(.milliseconds(-2)))
        #expect(latency.reading(.max) == .measured(.milliseconds(3)))
    }

    @Test func noTasksGiveNoFigures() throws {
        let latency = QuorumLatency([])
        #expect(Percentile.allCases.allSatisfy { latency.reading($0) == .notCarried(samples: 0) })
    }
}
