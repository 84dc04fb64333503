import Cryptography
import Messages
import Primitives
import Records
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

@Suite struct ReportPageTests {
    static func summary(
        _ records: RunRecords, name: String = "lab", loads: [RunContext.Load] = [],
        ending: RunContext.Ending = .completed, repetition: [String] = [],
        expectations: RunExpectations = RunExpectations()
    ) -> RunSummary {
        RunSummary(
            records: records, expectations: expectations,
            context: RunContext(
                name: name, seed: 7, mode: .processes, ending: ending, runDirectory: FilePath("runs/lab"),
                host: HostFacts(
                    cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug",
                    guardMode: "synced", transport: "tcp loopback"),
                loads: loads, repetition: repetition))
    }

    private static func page(_ builder: HistoryBuilder) -> String { ReportPage(summary(builder.records)).document }

    /// Those of the texts that a page does not have.
    private static func missing(_ texts: [String], in page: String) -> [String] { texts.filter { !page.contains($0) } }

    @Test func thePageIsWrittenIntoTheRunDirectory() throws {
        let scratch = try Scratch()
        let builder = try HistoryBuilder.sound()
        var summary = Self.summary(builder.records)
        var context = summary.context
        context.runDirectory = scratch.path
        summary = RunSummary(records: builder.records, expectations: RunExpectations(), context: context)
        try summary.write()
        let written = try scratch.bytes(of: scratch.path.appending("report.html"))
        #expect(written == Array(ReportPage(summary).document.utf8))
    }

    @Test func theSameSummaryGivesTheSameBytes() throws {
        var run = WideRun()
        run.services = 3
        run.slashed = 2
        run.silent = 1
        let records = run.records
        #expect(ReportPage(Self.summary(records)).document == ReportPage(Self.summary(records)).document)
    }

    @Test func aSlashIsToldWithItsProofAndWhatItChanged() throws {
        var builder = try HistoryBuilder.sound()
        let without = try OperatorSet(
            network: builder.genesis.network, service: HistoryBuilder.service, epoch: Epoch(0), revision: Revision(1),
            threshold: .twoThirds, members: Array(builder.set.members.dropLast()))
        builder.note(.ledger, at: 76, .operatorSetOpened(without))
        let summary = Self.summary(builder.records)
        let page = ReportPage(summary).document
        let file = try #require(summary.slashes.first?.evidence)
        let results = [builder.statement(2), builder.statement(2, result: 2)].map { "<code>\($0.result)</code>" }
        let texts = [
            "signed two different results for task 2 of squares", "<strong>0.5 SOL</strong>, 5% of 10 SOL",
            "<dd>9.5 SOL</dd>", "0.025 SOL", "0.475 SOL", "41.000 ms", "55.000 ms",
            "quorate verify runs/lab/\(file.borshPath)",
            "sent to op-1, coordinator-squares", "sent to op-2, op-3", "100 SOL in 4 seats", "90 SOL in 3 seats",
            "at least 66.666666667 SOL", "at least 60.000000001 SOL", "<strong>no seat</strong>",
        ]
        #expect(Self.missing(results + texts, in: page) == [])
    }

    @Test func aRevokedCoordinatorAndConflictingCertificatesAreTold() throws {
        var builder = try HistoryBuilder.sound()
        builder.certify(3, result: 2, by: [1, 3, 4])
        let evidence = builder.taskEvidence(3)
        builder.note(HistoryBuilder.signer(1), at: 70, .evidenceFound(evidence))
        builder.note(
            .ledger, at: 80,
            .revoked(
                Revocation(
                    offence: evidence.offence, accused: evidence.accused, service: HistoryBuilder.service,
                    voteKey: evidence.voteKey, reporter: builder.keys[0].publicKey, slot: Slot(1))))
        let page = Self.page(builder)
        let texts = [
            "signed two tasks under number 3", "coordinator of squares revoked",
            "quorate verify runs/lab/evidence/squares-task-3-certificate-2.borsh",
            "All of them are signed by <strong>op-1, op-3</strong>, who have 60 SOL of 100 SOL together: 60%.",
        ]
        #expect(Self.missing(texts, in: page) == [])
    }

    @Test func whatWentWrongIsTold() throws {
        var builder = try HistoryBuilder.sound()
        builder.apply(.submitEvidence(builder.evidence(4, 2)), .pastHorizon, at: 90)
        let silence = RunExpectations.ScheduledFault(party: HistoryBuilder.signer(2), behaviour: "silent")
        let page = ReportPage(
            Self.summary(builder.records, expectations: RunExpectations(slashed: [], faults: [silence]))
        ).document
        let texts = [
            "op-4 was slashed, which was not expected", "the run is not as expected, exit status 1",
            "silent of op-2 is scheduled, and never happened", "<code>pastHorizon</code>", "nobody expects this",
        ]
        #expect(Self.missing(texts, in: page) == [])
        let part = ReportPage(Self.summary(builder.records, ending: .interrupted)).document
        #expect(Self.missing(["did not come to its end (interrupted)", "exit status"], in: part) == ["exit status"])
    }

    @Test func aClosedLoopIsNoQuorumLatency() throws {
        let load = RunContext.Load(service: "squares", inFlight: 8, account: "100 tasks, 8 in flight")
        let page = ReportPage(Self.summary(try HistoryBuilder.sound().records, loads: [load])).document
        let texts = [
            "squares is a closed loop (100 tasks, 8 in flight): it waits for the network.",
            "so they are no quorum latency.", "<h4>squares (closed loop)",
        ]
        #expect(Self.missing(texts, in: page) == [])
    }

    @Test func itSaysHowToSeeItAgain() throws {
        let words = ["quorate", "run", "runs/my lab/topology.yaml", "--seed", "7"]
        let page = ReportPage(Self.summary(try HistoryBuilder.sound().records, repetition: words)).document
        let texts = [
            "quorate replay runs/lab</code>", "quorate run &#39;runs/my lab/topology.yaml&#39; --seed 7</code>",
        ]
        #expect(Self.missing(texts, in: page) == [])
        #expect(Self.missing(["quorate run "], in: Self.page(try .sound())) == ["quorate run "])
    }

    @Test func runsWithoutMuchInThemHavePagesToo() throws {
        let nothing = Self.page(try HistoryBuilder())
        #expect(Self.missing(["No task was issued.", "Nobody was slashed."], in: nothing) == [])
        var one = try HistoryBuilder()
        one.issue(1)
        one.certify(1)
        #expect(Self.missing(["Too few tasks for a line"], in: Self.page(one)) == [])
        var failed = try HistoryBuilder()
        failed.issue(1)
        let texts = ["no task had a quorum by its deadline", "is one without a quorum: 1."]
        #expect(Self.missing(texts, in: Self.page(failed)) == [])
    }

    /// Names come from topologies, behaviours and names of a record from whoever wrote it.
    @Test func nothingHostileComesThrough() {
        let hostile = "<script>alert(1)</script>\"'><img src=//evil.example onerror=alert(2)>\u{202e}&lt;"
        var run = WideRun()
        run.slashed = 1
        run.silent = 1
        run.operatorName = { "\(hostile)\($0)" }
        run.serviceName = { "\(hostile)\($0)" }
        run.behaviour = hostile
        let load = RunContext.Load(service: "\(hostile)0", inFlight: 1, account: hostile)
        let page = ReportPage(
            Self.summary(run.records, name: hostile, loads: [load], repetition: [hostile])
        ).document
        // No quotation mark of a name ends an attribute: it is escaped wherever it stands.
        let raw = ["<script", "<img", "\u{202e}", "\"'", "'>"]
        #expect(Self.missing(raw, in: page) == raw)
        #expect(Self.missing(["&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src"], in: page) == [])
    }

    @Test func itAsksTheNetworkForNothing() throws {
        let page = Self.page(try .sound())
        let policy = "content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; "
        #expect(Self.missing([policy], in: page) == [])
        let requests = ["http://", "https://", "<link", "<script", "@import", "src="]
        #expect(Self.missing(requests, in: page) == requests)
    }

    /// As wide as a run may be, and as long as one is likely to be.
    @Test(.computing, arguments: [(200, 64, 20, 14), (7, 1, 100_000, 1), (4, 64, 200, 1)])
    func thePageStaysSmall(operators: Int, services: Int, tasks: Int, slashed: Int) throws {
        var run = WideRun()
        (run.operators, run.services, run.tasks, run.slashed) = (operators, services, tasks, slashed)
        run.silent = operators - slashed
        run.missedEvery = 50
        let page = ReportPage(Self.summary(run.records)).document
        let size = page.utf8.count
        #expect(size < 2_000_000)
        #expect(Self.missing(["\(operators) operators, "], in: page) == [])
    }
}
