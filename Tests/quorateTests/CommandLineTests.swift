import ArgumentParser
import Benchmarking
import Cluster
import Node
import Primitives
import Testing
import TopologyFormat
import Verdicts

@testable import quorate

@Suite struct CommandLineTests {
    private func options(_ arguments: String...) throws -> LoadOptions { try LoadOptions.parse(arguments) }

    @Test func optionsBecomeOverridesOfTheTopology() throws {
        let tasks = try options("--tasks", "12", "--rate", "50/s", "--seed", "7")
        let topology = try Fixture.parsed().overridden(by: tasks.overrides)
        #expect(topology.services[0].load.tasks == 12)
        #expect(topology.services[0].load.rate?.perSecond == 50)
        #expect(topology.seed == 7)
        let duration = try Fixture.parsed().overridden(by: try options("--duration", "1500ms").overrides)
        #expect(duration.services[0].load.tasks == 300)
        let closed = try Fixture.parsed().overridden(by: try options("--in-flight", "8").overrides)
        #expect(closed.services[0].load.pacing == .closed(inFlight: 8, lasting: nil))
        let none = try Fixture.parsed().overridden(by: try options().overrides)
        #expect(try none == Fixture.parsed())
    }

    @Test(arguments: [
        (["--rate", "fast"], "fast is not a rate; write 200/s"),
        (["--duration", "30"], "30 has no unit; write 30ms"),
        (["--tasks", "0"], "0 is not within 1 to"),
        (["--seed", "1.5"], "1.5 is not a whole number; write 42"),
        (["--tasks", "5", "--duration", "1s"], "give one of them"),
        (["--in-flight", "0"], "0 is not within 1 to"),
        (["--in-flight", "5", "--rate", "5/s"], "give one of them"),
        (["--task", "5"], "Unknown option '--task'"),
    ])
    func wrongOptionsAreExplained(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try LoadOptions.parse(arguments) }
        #expect(error.map { LoadOptions.fullMessage(for: $0).contains(message) } == true)
    }

    @Test func aBenchMeasuresEveryCombination() throws {
        let bench = try NetworkBenchCommand.parse(["--operators", "4,16", "--load", "pipe"])
        #expect(bench.cases.count == 8 && bench.cases.allSatisfy { $0.load == .pipe })
        let usual = try NetworkBenchCommand.parse(["--guard", "written", "--load", "loop"])
        #expect(usual.cases.filter { $0.dissemination == .star }.map(\.operators) == [4, 7, 16, 32, 64])
        #expect(usual.cases.filter { $0.dissemination == .mesh }.map(\.operators) == [4, 7, 16, 32])
    }

    /// What `quorate bench` took before there was anything else to measure.
    @Test func withoutAWordABenchMeasuresNetworks() throws {
        let bench = try #require(
            try Quorate.parseAsRoot(["bench", "--operators", "4", "--repeat", "7", "--json"]) as? NetworkBenchCommand)
        #expect(bench.repeats == 7 && bench.json)
        let ledger = try #require(
            try Quorate.parseAsRoot(["bench", "ledger", "--section", "memory,slash", "--repeat", "7", "--json"])
                as? LedgerBenchCommand)
        #expect(ledger.section == [.memory, .slash] && ledger.repeats == 7 && ledger.json)
    }

    @Test(arguments: [
        (["--operators", "4,x"], "x is not a whole number"), (["--operators", "4,4"], "names one of them twice"),
        (["--operators", "201"], "201 is not within 1 to 200"), (["--operators", ""], "is not a whole number"),
        (["--load", "loops"], "did you mean loop?"), (["--seconds", "0"], "0 is not within 1 to 600"),
    ])
    func wrongOptionsOfABenchAreExplained(arguments: [String], message: String) {
        let error = #expect(throws: (any Error).self) { try NetworkBenchCommand.parse(arguments) }
        #expect(error.map { NetworkBenchCommand.fullMessage(for: $0).contains(message) } == true)
    }

    @Test func everyWordOfAnExpectationIsKnownToTheJudges() {
        #expect(Expectations.oracleNames == Oracle.allCases.map(\.rawValue))
        #expect(Expectations.verdictNames == Verdict.allCases.map(\.rawValue))
        #expect(Expectations.Percentile.allCases.map(\.rawValue) == Percentile.allCases.map(\.rawValue))
    }

    @Test func exitStatusNeverPraisesWhatDidNotRunToItsEnd() {
        func status(_ ending: RunOutcome.Ending, account: String? = nil, judged: Int32?) -> Int32 {
            let failure = ChildFailure(name: "op-1", stage: .running, kind: .ended(.exited(2)), account: account)
            let failures = ending == .aborted ? [failure] : []
            return ExitStatus.of(RunOutcome(ending: ending, failures: failures, startup: nil), judged: judged).rawValue
        }
        #expect(status(.completed, judged: 0) == 0)
        #expect(status(.completed, judged: 1) == 1)
        #expect(status(.timedOut(waitingFor: []), judged: 0) == 3)
        #expect(status(.timedOut(waitingFor: []), judged: 1) == 1)
        #expect(status(.aborted, judged: 0) == 3)
        #expect(status(.aborted, account: "no space", judged: 0) == 2)
        #expect(status(.aborted, account: "no space", judged: 1) == 1)
        #expect(status(.interrupted, judged: 0) == 130)
    }

    @Test func theBarIsAsLongAsWhatIsClosed() {
        let counts = [
            ProcessReport.TaskCount(issued: 60, certified: 40, expired: 10),
            ProcessReport.TaskCount(issued: 10, certified: 0, expired: 0),
        ]
        let text = " 70/100 tasks, 40 certified, 10 expired"
        #expect(ProgressDisplay.bar(counts, of: 100, width: 200) == "[\(bars(20, 20))]\(text)")
        #expect(ProgressDisplay.bar(counts, of: 100, width: text.count + 13) == "[\(bars(5, 5))]\(text)")
        #expect(ProgressDisplay.bar(counts, of: 100, width: 20).count <= 20)
    }

    private func bars(_ filled: Int, _ empty: Int) -> String {
        String(repeating: "#", count: filled) + String(repeating: "-", count: empty)
    }
}
