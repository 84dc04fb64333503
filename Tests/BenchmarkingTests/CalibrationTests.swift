import Foundation
import Primitives
import Simulation
import SystemPackage
import TestSupport
import Testing
import TopologyFormat

@testable import Benchmarking

/// That everything is measured; not how long it takes, which no test can know. Waiting for other tests that compute counts
/// towards the limit.
@Suite(.timeLimit(.minutes(10))) struct CalibrationTests {
    /// A directory that is gone when the test is over.
    private final class Scratch {
        let path = FilePath(FileManager.default.temporaryDirectory.appending(path: "calibration-\(UUID())").path)

        init() throws {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        }
        deinit { try? FileManager.default.removeItem(atPath: path.string) }
    }

    @Test(.computing, arguments: [NetworkPlan.Dissemination.star, .mesh])
    func machinesOfASmallNetworkHandleItsWholeLoad(dissemination: NetworkPlan.Dissemination) throws {
        let scratch = try Scratch()
        let topology = try Topology.calibration(operators: 4, dissemination: dissemination, tasks: 10)
        var bench = try MachineBench(topology, directory: scratch.path)
        try bench.run()
        #expect(bench.applying.count == 10, "a certificate of each task")
        #expect(bench.events > 10 * 4 * 4 && bench.handling > .zero)
    }

    @Test func filesAreWrittenAndSynced() throws {
        let scratch = try Scratch()
        var samples = CostSamples()
        let bench = try DiskBench(directory: scratch.path)
        for _ in 0..<2 { try bench.measure(times: 3, into: &samples) }
        for item in [CostItem.guardWrite, .guardFlush, .guardSync, .commit] {
            #expect(samples.count(of: item) == 6, "\(item)")
        }
        #expect(samples.costs.guardWrite > .zero && samples.costs.commit > .zero)
    }

    @Test func connectionsAreMeasured() throws {
        let scratch = try Scratch()
        var samples = CostSamples()
        let bench = try TransportBench(directory: scratch.path)
        for _ in 0..<2 { try bench.measure(times: 10, into: &samples) }
        try bench.close()
        for item in [CostItem.turn, .receive, .send, .flush, .transit] {
            #expect(samples.count(of: item) == 2, "\(item)")
        }
        let costs = samples.costs
        #expect(costs.turn + costs.receive + costs.send + costs.flush > .zero)
    }

    @Test func processorsAreRoused() throws {
        var samples = CostSamples()
        let bench = try RouseBench()
        try bench.measure(times: 3, into: &samples)
        try bench.close()
        #expect(samples.count(of: .rouse) == 1)
    }

    /// What is left when other work is taken off, shared out among wakings.
    @Test func wakingIsWhatWorkDoesNotExplain() throws {
        let topology = try Topology.calibration(operators: 4, dissemination: .star, tasks: 10, rate: 50)
        var costs = CostModel.none
        costs.wake = .microseconds(70)
        let plan = SimulationPlan(topology: topology, seed: 1, costs: costs, cores: .shared(2))
        let work = try Simulator.run(plan).nodeWork
        let observation = NetworkBench.Observation(topology: topology, processorTime: work)
        #expect(try NetworkBench.wakes([observation], costs, cores: 2) == [.microseconds(70)])
        costs.handle = .seconds(1)
        #expect(try NetworkBench.wakes([observation], costs, cores: 2) == [.zero])
    }

    @Test func spreadsAreMediansAndQuartiles() {
        var samples = CostSamples()
        for number in [5, 1, 4, 2, 3] as [Int64] { samples.add(.microseconds(number), to: .sign) }
        #expect(
            samples.spread(of: .sign)
                == .init(median: .microseconds(3), lowerQuartile: .microseconds(2), upperQuartile: .microseconds(4)))
        #expect(samples.spread(of: .verify) == nil && samples.costs.sign == .microseconds(3))
    }
}
