import Faults
import Links
import Foundation
import Messages
import Primitives
import Testing

@testable import TopologyFormat

struct TopologyTests {
    private static let topologies = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Topologies/").standardizedFileURL

    @Test func quickstartIsWhatItSays() throws {
        let topology = try Topology.load(path: Self.topologies.appending(path: "quickstart.yaml").path)
        #expect(topology.name == "quickstart" && topology.seed == 42)
        #expect(topology.operators.map(\.stake.description).prefix(3) == ["300 SOL", "200 SOL", "150 SOL"])
        #expect(topology.totalDeposited.description == "1000 SOL")
        #expect(topology.network.dissemination == .mesh)
        #expect(topology.network.link == LinkTerms(latency: .milliseconds(2), jitter: .microseconds(500)))
        let fault = FaultPlan(
            party: .signer(OperatorIndex(2)), behaviour: .equivocateSplit, begins: .task(TaskSequence(500)),
            lasts: .tasks(1))
        #expect(topology.faults == [fault])
        #expect(topology.expect.slashed == [OperatorIndex(2)])
        #expect(topology.expect.certified.map { !($0 < .one) } == true)
        #expect(topology.expect.quorumLatency == [QuorumLatencyBound(percentile: .p99, atMost: .milliseconds(250))])
    }

    @Test func starIsWhatItSays() throws {
        let topology = try Topology.load(path: Self.topologies.appending(path: "star.yaml").path)
        #expect(topology.operators.count == 16 && topology.totalDeposited.description == "1600 SOL")
        #expect(topology.network.dissemination == .star)
        #expect(topology.services[0].load.rate?.perSecond == 100)
        #expect(topology.name(of: topology.expect.slashed[0]) == "op-5")
        #expect(topology.index(ofService: "squares") == ServiceID(0))
    }

    /// Ten mistakes of all parts, told in the order of the file.
    @Test func tellsEveryMistakeAtOnce() throws {
        let text = BadTopology.sound
            .replacingOccurrence("op-2: {stake: 200 SOL}", "op-1: {stake: -1 SOL}")
            .replacingOccurrence("300 SOL", "20000000000 SOL")
            .replacingOccurrence("60 SOL", "sixty")
            .replacingOccurrence("2/3", "0.67")
            .replacingOccurrence("operators: all", "operatrs: all")
            .replacingOccurrence("deadline: 1s", "deadline: 1s\n    deadline: 2s")
            .replacingOccurrence("operator: op-3", "operator: op-8")
            .replacingOccurrence("slashed: [op-3]", "slashed: [op-8]\nexpects: {}")
            .replacingOccurrence("version: 1", "version: 1\nseed: x")
        let refusal = try #require(throws: TopologyErrors.self) { try Topology.parse(text, file: "lab.yaml") }
        #expect(
            refusal.description == """
                lab.yaml:2:7: seed: x is not a whole number; write 42
                lab.yaml:5:17: operators.op-1.stake: 20000000000 SOL does not fit 64 bits; at most 18446744073.709551615 SOL
                lab.yaml:6:3: operators: op-1 is given twice, first at 5:3
                lab.yaml:9:44: restakers.r-1.delegate.op-1: sixty is not an amount; write 300 SOL
                lab.yaml:13:16: services.squares.threshold: 0.67 is not a fraction; write 2/3
                lab.yaml:14:5: services.squares: unknown key operatrs; did you mean operators?
                lab.yaml:17:5: services.squares: deadline is given twice, first at 16:5
                lab.yaml:20:16: faults[0].operator: op-8 is not an operator; the operators are op-1, op-3
                lab.yaml:22:13: expect.slashed[0]: op-8 is not an operator; the operators are op-1, op-3
                lab.yaml:23:1: unknown key expects; did you mean expect?
                """)
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "topology-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (latin, large) = (folder.appending(path: "latin.yaml").path, folder.appending(path: "large.yaml").path)
        try Data([0x6E, 0xE9]).write(to: URL(filePath: latin))
        try Data(repeating: 0x23, count: 1 << 20 | 1).write(to: URL(filePath: large))
        let reasons = [
            (folder.path + "/none.yaml", "cannot be read: No such file or directory"),
            (folder.path, "is a directory; a topology is one YAML file"), (latin, "is not UTF-8 text"),
            (large, "is larger than 1 MiB; a topology is not"),
        ]
        for (path, reason) in reasons {
            let refusal = try #require(throws: TopologyErrors.self) { try Topology.load(path: path) }
            #expect(refusal.description == "\(path): \(reason)")
        }
    }

    @Test func theCommandLineOverrides() throws {
        let topology = try Topology.parse(BadTopology.sound, file: "lab.yaml")
        let rate = Rate(count: 50, period: .seconds(1))
        let short = try topology.overridden(by: .init(seed: 7, rate: rate, duration: .seconds(12)))
        #expect(short.seed == 7 && short.services[0].load.tasks == 600 && short.services[0].load.rate == rate)
        #expect(throws: GrammarMistake("the load ends with task 499, before the fault of op-3 at task 500")) {
            try topology.overridden(by: .init(tasks: 500))
        }
        #expect(throws: GrammarMistake.self) { try topology.overridden(by: .init(tasks: 0)) }
        #expect(throws: GrammarMistake.self) { try topology.overridden(by: .init(rate: rate, inFlight: 1)) }
        #expect(throws: GrammarMistake.self) { try topology.overridden(by: .init(tasks: 600, duration: .seconds(1))) }
    }

    @Test func theCommandLineMakesALoopOpenOrClosed() throws {
        let open = try Topology.parse(BadTopology.sound, file: "lab.yaml")
        let closed = try open.overridden(by: .init(inFlight: 64))
        #expect(closed.services[0].load == LoadPlan(tasks: 1_000, pacing: .closed(inFlight: 64, lasting: nil)))
        let timed = try closed.overridden(by: .init(duration: .seconds(5)))
        #expect(timed.services[0].load.pacing == .closed(inFlight: 64, lasting: .seconds(5)))
        #expect(timed.services[0].load.account == "64 tasks in flight for 5s")
        let rate = Rate(count: 50, period: .seconds(1))
        let again = try closed.overridden(by: .init(rate: rate, duration: .seconds(20)))
        #expect(again.services[0].load == LoadPlan(tasks: 1_000, pacing: .open(rate, .fixed)))
    }
}
