import Cluster
import Messages
import Primitives
import Records
import SystemPackage
import Testing
import Verdicts

@testable import Benchmarking

@Suite struct BenchRunTests {
    private let cost = CryptographyCost(sign: .microseconds(20), verify: .microseconds(50))
    private let run = BenchRun(
        bench: Fixture.bench, times: Fixture.times, directory: RunDirectory(path: "nowhere"),
        executables: Executables(node: "nowhere", ledger: "nowhere"))

    /// Asked at 1 s and 2 s and at the end; each used so many milliseconds until then.
    private func usage(_ name: String, _ party: Party, _ cpu: [Int64], mebibytes: UInt64 = 10) -> NodeUsage {
        NodeUsage(
            name: name, party: party, incarnation: 1,
            readings: zip([1_000, 2_000, 9_000] as [UInt64], cpu).map { at, cpu in
                ProcessUsage(
                    at: Fixture.instant(at), cpu: .milliseconds(cpu), residentBytes: mebibytes << 20,
                    peakResidentBytes: 0)
            })
    }

    /// One task every 10 ms from 0 to 3 s, certified after 5 ms.
    private var tasks: [RunHistory.IssuedTask] {
        (0..<300).map { Fixture.task($0, issued: 10 * $0, certified: 10 * $0 + 5) }
    }

    private var usages: [NodeUsage] {
        [
            usage("ledger", .ledger, [0, 1, 600]), usage("c", .coordinator(ServiceID(0)), [100, 300, 400]),
            usage("op-1", .signer(OperatorIndex(0)), [50, 150, 250], mebibytes: 12),
            usage("op-2", .signer(OperatorIndex(1)), [50, 150, 250], mebibytes: 14),
        ]
    }

    @Test func figuresAreThoseOfTheMeasuredTime() throws {
        let measurement = try run.figures(tasks, usages, cost)
        var figures = measurement.figures
        figures.take(measurement.samples)
        #expect(figures[.p50] == 5_000 && figures[.p90] == 5_000 && figures[.p99] == nil)
        #expect(figures[.tasks] == 100 && figures[.tasksPerSecond] == 100 && figures[.expired] == 0)
        // 200 + 2 x 100 ms for 100 tasks; the ledger's 600 ms and all 1,500 ms are for all 300.
        #expect(figures[.cpu] == 4_000 && figures[.ledger] == 2_000 && figures[.all] == 5_000)
        #expect(figures[.resident] == 13 && figures[.cryptography] == 1_690)
    }

    /// What one run's tasks are too few for, those of ten runs carry.
    @Test func percentilesAreThoseOfAllTasksTogether() throws {
        let runs = try (0..<10).map { _ in try run.figures(tasks, usages, cost).samples }
        var figures = Figures([:])
        figures.take(LatencySamples(pooling: runs))
        #expect(figures[.p99] == 5_000)
        let slow = (0..<300).map { Fixture.task($0, issued: 10 * $0, certified: 10 * $0 + 9) }
        figures.take(LatencySamples(pooling: Array(runs.prefix(4)) + [try run.figures(slow, usages, cost).samples]))
        #expect(figures[.p50] == 5_000 && figures[.p90] == 9_000 && figures[.p99] == nil)
    }

    @Test func whereTheTasksRunOutTheTimeEndsWithTheLast() throws {
        let figures = try run.figures(Array(tasks.prefix(150)), usages, cost).figures
        #expect(figures[.tasks] == 50)
        #expect(abs(figures[.tasksPerSecond]! - 50 / 0.495) < 0.001)
    }

    @Test func whatCannotBeMeasuredIsAnError() {
        #expect(throws: BenchError.self) { try run.figures(Array(tasks.prefix(100)), usages, cost) }
        #expect(throws: BenchError.self) { try run.figures(tasks, Array(usages.prefix(1)), cost) }
        var silent = usages
        silent[2].readings.removeLast()
        #expect(throws: BenchError.self) { try run.figures(tasks, silent, cost) }
    }
}
