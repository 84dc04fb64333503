import Links
import Primitives
import Testing
import TopologyFormat
import Verdicts

@testable import Benchmarking

@Suite struct FiguresTests {
    @Test func mediansAreTakenColumnByColumn() {
        let runs = [
            Figures([.p50: 3, .cpu: 1]), Figures([.p50: 100, .cpu: 2]), Figures([.p50: 1, .p99: 7]),
        ]
        #expect(Figures.medians(of: runs).values == [.p50: 3, .cpu: 1.5, .p99: 7])
        #expect(Figures.medians(of: []).values.isEmpty)
    }

    @Test func ratiosAreOursToTheReferencesWhereBothAreThere() {
        let ours = Figures([.p50: 3, .p90: 4, .tasksPerSecond: 50, .resident: 9])
        let ratios = ours.ratios(to: Figures([.p50: 2, .p99: 1, .tasksPerSecond: 100, .resident: 1, .p90: 0]))
        #expect(ratios.values == [.p50: 1.5, .tasksPerSecond: 0.5])
    }

    /// The reference formula, worked out by hand: 19 + 16 x 75 + 11 x 56, in a mesh 16 x 10 x 56 more.
    @Test func theCostOfCryptographyIsTheClosedForm() {
        let cost = CryptographyCost(sign: .microseconds(19), verify: .microseconds(56))
        #expect(cost.perTask(of: Fixture.bench) == .microseconds(1_835))
        var mesh = Fixture.bench
        mesh.dissemination = .mesh
        #expect(cost.perTask(of: mesh) == .microseconds(1_835 + 8_960))
    }

    @Test(arguments: [(1, 1), (3, 3), (4, 3), (6, 5), (9, 7), (100, 67)])
    func aQuorumIsMoreThanTwoThirds(operators: Int, quorum: Int) {
        var bench = Fixture.bench
        bench.operators = operators
        #expect(bench.quorum == quorum)
    }

    @Test func theCostIsMeasured() {
        var ticks: UInt64 = 0
        let cost = CryptographyCost.measure(rounds: 3) {
            ticks += 1
            return Instant(nanoseconds: ticks * 100_000)
        }
        #expect(cost == CryptographyCost(sign: .microseconds(2), verify: .microseconds(2)))
    }

    @Test(arguments: BenchCase.Load.allCases)
    func aCaseIsATopologyWhoseWindowsOutlastItsLoad(_ load: BenchCase.Load) throws {
        var bench = Fixture.bench
        bench.load = load
        let topology = try bench.topology(Fixture.times)
        let service = topology.services[0]
        #expect(topology.operators.count == 16 && topology.guardMode == .written)
        #expect(topology.network.dissemination == .star && topology.network.link.latency == .zero)
        #expect(
            service.load
                == LoadPlan(tasks: 1_000, pacing: .closed(inFlight: load.inFlight, lasting: .milliseconds(3_500))))
        #expect(service.evidenceWindow > Fixture.times.load && service.deadline == service.evidenceWindow)
    }

    @Test func samplesAreWhatWasIssuedInTheMeasuredTime() {
        let tasks =
            (0..<100).map { Fixture.task($0, issued: 100 + $0, certified: 100 + $0 + $0 / 10 + 1) }
            + [Fixture.task(100, issued: 150, certified: nil), Fixture.task(101, issued: 150, certified: 1_200)]
        let samples = LatencySamples(tasks, from: Fixture.instant(140), to: Fixture.instant(190))
        #expect(samples.count == 52 && samples.expired == 2)
        // Tasks 40 to 89: ten each of 5, 6, 7, 8 and 9 ms.
        #expect(samples.reading(.p50) == .milliseconds(7))
        #expect(samples.reading(.p90) == nil, "too few to carry it")
        let most = LatencySamples(
            Array(tasks.prefix(40)) + tasks.suffix(2), from: Fixture.instant(0), to: Fixture.instant(200))
        #expect(most.reading(.p50) == .milliseconds(3))
    }

    @Test func decimalsAreRoundedAndNeverLost() {
        #expect(BenchTable.decimal(0.05, places: 1) == "0.1" && BenchTable.decimal(12.344, places: 2) == "12.34")
        #expect(BenchTable.decimal(7.5, places: 0) == "8" && BenchTable.decimal(1e30, places: 1) == "1e+30")
    }

    /// Every line has a word for each column that the header names.
    @Test func linesStandUnderTheirHeader() throws {
        let result = BenchResult(
            bench: Fixture.bench, ours: Figures([.p50: 1.26, .tasks: 700]), reference: Figures([.p50: 1]))
        let lines = BenchTable.lines(of: result).split(separator: "\n")
        #expect(lines.map { $0.split(separator: " ").count } == [16, 16, 16])
        #expect(lines.map { $0.split(separator: " ")[0] } == ["quorate", "reference", "ratio"])
        #expect(lines[2].split(separator: " ")[5] == "1.26" && lines[0].split(separator: " ")[6] == "-")
    }
}
