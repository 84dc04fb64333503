import Messages
import Primitives
import Records
import TestSupport
import Testing
import Verdicts

/// Memory, queues and disks within their limits.
@Suite struct BoundsTests {
    private static func usage(
        memory: UInt64 = 1 << 20, queue: UInt64? = 5, durable: UInt64? = 500
    ) -> ProcessUsage {
        ProcessUsage(
            at: HistoryBuilder.instant(9000), cpu: .zero, residentBytes: 1 << 20, peakResidentBytes: memory,
            deepestQueue: queue, durableBytes: durable)
    }

    @Test(
        arguments: [
            (usage(memory: 400 << 20), "op-2 came to use 400.0 MiB; its limit is 256.1 MiB"),
            (usage(queue: 50_000), "op-2 let wait 50000 events; its limit is 20480 events"),
            (usage(durable: 100_000), "op-2 keeps on its disk 100000 bytes; its limit is 8702 bytes"),
        ])
    func `More than the limit violates it`(usage: ProcessUsage, account: String) throws {
        var builder = try HistoryBuilder.sound()
        builder.usages[HistoryBuilder.signer(2)] = usage
        let finding = builder.judge(.bounded)
        #expect(finding.verdict == .violated && finding.account == account, "\(finding.account)")
        #expect(finding.violations.first?.exhibits.first?.place == RecordPlace(file: "outcome.json", byte: nil))
    }

    @Test func `Without word of what was issued nobody has too much on its disk`() throws {
        var builder = try HistoryBuilder.sound()
        builder.usages[HistoryBuilder.signer(2)] = Self.usage(durable: 100_000)
        builder.endings[HistoryBuilder.coordinator] = .torn(at: 4711)
        #expect(builder.judge(.bounded).verdict == .unknown)
        builder.usages[HistoryBuilder.signer(2)] = Self.usage(memory: 400 << 20)
        #expect(builder.judge(.bounded).verdict == .violated)
    }

    /// An earlier version said of processor time and memory alone.
    @Test func `What was not measured is not judged`() throws {
        var builder = try HistoryBuilder.sound()
        for party in builder.genesis.parties { builder.usages[party] = Self.usage(queue: nil, durable: nil) }
        let finding = builder.judge(.bounded)
        #expect(
            finding.verdict == .holds
                && finding.account.hasPrefix("6 processes within their limits: 1.0 MiB at most ("), "\(finding.account)"
        )
        builder.isMeasured = false
        #expect(builder.judge(.bounded).verdict == .unknown)
    }

    @Test func `Whoever stopped in good order had a last word, and whoever was killed had none`() throws {
        var builder = try HistoryBuilder.sound()
        builder.intervene(HistoryBuilder.signer(2), at: 500, .killed)
        let finding = builder.judge(.bounded)
        #expect(finding.verdict == .holds && finding.account.hasSuffix("; 1 that were killed had no last word"))
        var records = builder.records
        records.usages.removeAll { $0.name == "op-3" }
        let silent = Oracle.bounded.judge(RunHistory(records))
        #expect(silent.verdict == .unknown && silent.account == "nobody has measured op-3")
    }

    @Test(
        arguments: [(20, 1 << 20, .holds), (90, 1 << 20, .violated), (20, 9 << 20, .violated)]
            as [(UInt64, Int, Verdict)])
    func `Of a simulation its guards and connections are judged`(
        entries: UInt64, link: Int, verdict: Verdict
    ) throws {
        var records = try HistoryBuilder.sound().records
        records.usages = []
        var figures = SimulationFigures()
        (figures.guardEntries, figures.fullestLink) = (entries, link)
        records.figures = figures
        let finding = Oracle.bounded.judge(RunHistory(records))
        #expect(finding.verdict == verdict, "\(finding.account)")
    }
}
