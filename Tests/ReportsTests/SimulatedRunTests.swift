import Cryptography
import Foundation
import Messages
import Primitives
import Records
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// Nobody must take a simulation for a real run, nor what a modelled one leaves for proof.
@Suite struct SimulatedRunTests {
    private static let audit = Domain.audit.digest([1])

    private static func context(isModelled: Bool, keepsInputs: Bool = false, elapsed: Duration = .seconds(2))
        -> RunContext
    {
        var figures = SimulationFigures()
        figures.virtualTime = .seconds(10)
        (figures.events, figures.frames, figures.bytes) = (3_000_000, 1_234, 56_789)
        (figures.deepestQueue, figures.fullestLink, figures.longestAgenda) = (7, 1_500, 99)
        return RunContext(
            name: "lab", seed: 7,
            mode: .simulated(
                RunContext.Simulation(
                    costs: "standard", cores: "2", isModelled: isModelled, keepsInputs: keepsInputs,
                    account: SimulationAccount(audit: audit, figures: figures, elapsed: elapsed))),
            ending: .completed, runDirectory: "runs/lab",
            host: HostFacts(
                cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
                transport: "virtual"), repetition: ["quorate", "simulate", "lab.yaml", "--seed", "7"])
    }

    private static func summary(_ context: RunContext, slashed: [UInt32] = [3]) throws -> RunSummary {
        RunSummary(
            records: try HistoryBuilder.sound().records,
            expectations: RunExpectations(slashed: slashed.map(OperatorIndex.init)), context: context)
    }

    @Test(arguments: [false, true])
    func theSummarySaysWhatItIs(isModelled: Bool) throws {
        let text = TerminalSummary(try Self.summary(Self.context(isModelled: isModelled))).text
        let words = text.replacing(/\s+/, with: " ")
        #expect(words.contains("seed 7, simulated, guard synced, costs standard, 2 cores for all nodes"))
        #expect(words.contains("10.000 s of virtual time, 3,000,000 events, 1,234 frames with 56,789 bytes"))
        #expect(words.contains("at most 7 events waited at one node, 1,500 bytes on one link, 99 things to come"))
        #expect(words.contains("audit \(Self.audit)"))
        #expect(words.contains("took 2.000 s: 5.0 simulated seconds per second, 1,500,000 events/s"))
        #expect(words.contains("resources not measured"))
        #expect(words.contains("proves nothing outside it") == isModelled)
        #expect(words.contains("modelled signatures") == isModelled)
        #expect(!words.contains("see it again"), "it is as expected")
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= TerminalSummary.width })
    }

    /// One command, and that of the seed: a replay would need inputs.
    @Test func aFailureIsShownAgainByItsSeed() throws {
        let text = TerminalSummary(try Self.summary(Self.context(isModelled: false), slashed: [])).text
        #expect(text.contains("see it again    quorate simulate lab.yaml --seed 7\n"))
        #expect(!text.contains("quorate replay"))
    }

    @Test func resultsDependOnTheSeedAlone() throws {
        let fast = try Self.summary(Self.context(isModelled: true, elapsed: .seconds(1))).results.document
        #expect(try fast == Self.summary(Self.context(isModelled: true, elapsed: .seconds(9))).results.document)
        let results = try #require(try JSONSerialization.jsonObject(with: Data(fast.utf8)) as? [String: Any])
        #expect(results["mode"] as? String == "simulated")
        let simulation = try #require(results["simulation"] as? [String: Any])
        #expect(simulation["signatures"] as? String == "modelled")
        #expect(simulation["audit"] as? String == "\(Self.audit)")
        #expect(simulation["events"] as? Int == 3_000_000)
    }

    @Test(arguments: [false, true])
    func thePageSaysWhatItIs(isModelled: Bool) throws {
        let page = ReportPage(try Self.summary(Self.context(isModelled: isModelled))).document
        #expect(page.contains("Quorate run report: simulated"))
        #expect(page.contains("Simulated: the machines of real runs under virtual time."))
        #expect(page.contains("audit \(Self.audit)"))
        #expect(page.contains("Modelled signatures: ") == isModelled)
        #expect(page.contains("Nobody can check it: ") == isModelled)
        #expect(page.contains("quorate verify") == !isModelled)
        #expect(page.contains("quorate simulate lab.yaml --seed 7"))
        #expect(!page.contains("quorate replay"))
        let inputs = ReportPage(try Self.summary(Self.context(isModelled: isModelled, keepsInputs: true))).document
        #expect(inputs.contains("quorate replay runs/lab"))
    }

    @Test func whatAModelledRunLeavesAsProofSaysThatItIsNone() throws {
        let file = try #require(try Self.summary(Self.context(isModelled: true)).evidence.first)
        #expect(try ProofFile(borsh: file.bytes).isModelled)
        #expect(file.json.document.contains("\"worthless\": \"its signatures are modelled"))
        let real = try #require(try Self.summary(Self.context(isModelled: false)).evidence.first)
        #expect(try !ProofFile(borsh: real.bytes).isModelled)
        #expect(!real.json.document.contains("worthless"))
        let certificate = try CertificateFile.find(
            TaskSequence(1), service: nil, in: RunHistory(HistoryBuilder.sound().records), isModelled: true)
        #expect(try ProofFile(borsh: certificate.bytes).isModelled)
    }
}
