import Cryptography
import Foundation
import Messages
import Primitives
import Records
import Reports
import TestSupport
import SystemPackage
import Testing
import Verdicts

@Suite struct RunSummaryTests {
    private static let host = HostFacts(
        cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
        transport: "tcp loopback")

    private static func summary(
        _ builder: HistoryBuilder, in directory: String = "runs/lab", slashed: [UInt32] = [3]
    ) -> RunSummary {
        RunSummary(
            records: builder.records, expectations: RunExpectations(slashed: slashed.map(OperatorIndex.init)),
            context: RunContext(
                name: "lab \"7\"", seed: .max, mode: .processes, ending: .completed, runDirectory: FilePath(directory),
                host: host))
    }

    private static func object(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test func resultsHaveTheirKeys() throws {
        let document = Self.summary(try .sound()).results.document
        let results = try Self.object(document)
        for key in [
            "schema_version", "name", "seed", "mode", "host", "tasks", "quorum_latency_ms", "slashes",
            "conflicting_certificates", "refused_instructions", "verdicts", "verdict",
        ] { #expect(results[key] != nil, "\(key)") }
        #expect(document.hasPrefix("{\n  \"schema_version\": 1,\n  \"name\": \"lab \\\"7\\\"\",\n"))
        #expect(document.contains("\"seed\": 18446744073709551615,"))
        #expect(
            results["tasks"] as? [String: Int] == [
                "issued": 3, "certified": 3, "expired": 0, "open": 0, "never_issued": 0,
            ])
        let latency = try #require(results["quorum_latency_ms"] as? [String: Any])
        #expect(latency["count"] as? Int == 3)
        #expect(latency["p50"] is NSNull && latency["p999"] is NSNull)
        #expect(latency["max"] as? Double == 20)
        let slash = try #require((results["slashes"] as? [[String: Any]])?.first)
        #expect(slash["operator"] as? String == "op-4" && slash["service"] as? String == "squares")
        #expect(slash["epoch"] as? Int == 0 && slash["subject"] as? String == "2")
        #expect(slash["slashed_lamports"] as? String == "500000000")
        #expect(slash["detected_ms"] as? Double == 41 && slash["slashed_ms"] as? Double == 55)
        let verdicts = try #require(results["verdicts"] as? [[String: Any]])
        #expect(verdicts.map { $0["oracle"] as? String } == Oracle.allCases.map(\.rawValue))
        let premises = ["accountability", "durability"]
        #expect(
            verdicts.allSatisfy {
                ($0["verdict"] as? String == "holds" || premises.contains($0["oracle"] as? String ?? ""))
                    && $0["account"] is String && $0["violations"] as? [Any] != nil
            })
        #expect(results["verdict"] as? String == "holds")
    }

    @Test func whatProcessesUsedIsSummedUpAndAClosedLoopSaysSo() throws {
        func usage(_ name: String, _ party: Party, _ milliseconds: Int64, _ mebibytes: UInt64) -> NodeUsage {
            let last = ProcessUsage(
                at: Instant(nanoseconds: 9), cpu: .milliseconds(milliseconds), residentBytes: mebibytes << 20,
                peakResidentBytes: (mebibytes + 1) << 20)
            let first = ProcessUsage(at: Instant(nanoseconds: 1), cpu: .zero, residentBytes: 0, peakResidentBytes: 0)
            return NodeUsage(name: name, party: party, incarnation: 1, readings: [first, last])
        }
        let context = RunContext(
            name: "lab", seed: 1, mode: .processes, ending: .completed, runDirectory: "runs/lab", host: Self.host,
            loads: [RunContext.Load(service: "squares", inFlight: 64, account: "1000 tasks, 64 in flight")],
            usages: [
                usage("ledger", .ledger, 3, 30), usage("coordinator-squares", .coordinator(ServiceID(0)), 6, 20),
                usage("op-1", .signer(OperatorIndex(0)), 9, 10), usage("op-2", .signer(OperatorIndex(1)), 12, 13),
                NodeUsage(name: "op-3", party: .signer(OperatorIndex(2)), incarnation: 1, readings: []),
            ])
        let summary = RunSummary(
            records: try HistoryBuilder.sound().records, expectations: RunExpectations(slashed: [OperatorIndex(3)]),
            context: context)
        let results = try Self.object(summary.results.document)
        let resources = try #require(results["resources"] as? [String: Any])
        #expect(resources["cpu_ns_per_task"] as? Int == 10_000_000)
        #expect(resources["operators_cpu_ns_per_task"] as? Int == 7_000_000)
        #expect(resources["ledger_cpu_ns_per_task"] as? Int == 1_000_000)
        #expect(resources["resident_bytes_per_operator"] as? Int == 23 << 19)
        #expect((resources["processes"] as? [[String: Any]])?.map { $0["name"] as? String }.last == "op-2")
        let load = try #require((results["loads"] as? [[String: Any]])?.first)
        #expect(load["loop"] as? String == "closed" && load["in_flight"] as? Int == 64)
        let text = TerminalSummary(summary).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            text.contains(
                "cpu 10.000 ms a task: operators 7.000 ms, coordinators 2.000 ms, ledger 1.000 ms; memory 12.5 MiB an "
                    + "operator at most"))
        #expect(text.contains("squares is a closed loop (1000 tasks, 64 in flight): it waits for the network"))
    }

    @Test func aLineForEachTask() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(4)
        builder.issue(5)
        builder.certify(5, after: 1001)
        let lines = Self.summary(builder).latenciesCSV.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[0]
                == "service,sequence,epoch,issued_ns,certified_ns,quorum_latency_ns,outcome,without_result,first_reason"
        )
        #expect(lines[1] == "squares,1,0,10000000,30000000,20000000,certified,0,")
        #expect(lines[4] == "squares,4,0,40000000,,,expired,0,")
        #expect(lines[5] == "squares,5,0,50000000,1051000000,1001000000,expired,0,")
        #expect(lines.count == 7 && lines[6] == "")
    }

    /// A certificate that came before the end does not save an open task from being one: it would favour the quick.
    @Test func openTasksAreToldApart() throws {
        var builder = try HistoryBuilder.sound()
        builder.issue(200)
        builder.issue(201)
        builder.certify(201)
        builder.endings[HistoryBuilder.coordinator] = .closed(at: HistoryBuilder.instant(2999))
        let summary = Self.summary(builder, slashed: [3])
        let results = try Self.object(summary.results.document)
        #expect(
            results["tasks"] as? [String: Int] == [
                "issued": 5, "certified": 3, "expired": 0, "open": 2, "never_issued": 0,
            ])
        #expect((results["quorum_latency_ms"] as? [String: Any])?["count"] as? Int == 3)
        #expect(summary.latenciesCSV.contains("squares,200,0,2000000000,,,open,0,\n"))
        #expect(summary.latenciesCSV.contains("squares,201,0,2010000000,2030000000,20000000,open,0,\n"))
        let text = TerminalSummary(summary).text
        #expect(text.contains("5 issued, 3 certified in time, 0 expired, 2 still open when the run ended\n"))
    }

    /// A record that is not whole cannot be driven again.
    @Test(arguments: [([], true), ([HistoryBuilder.signer(2)], false)] as [(Set<Party>, Bool)])
    func whatCannotBeReplayedIsNotShownAgain(missing: Set<Party>, isShown: Bool) throws {
        var builder = try HistoryBuilder.sound()
        builder.absent = missing
        let summary = Self.summary(builder, slashed: [])
        #expect(summary.exitStatus == 1)
        #expect(TerminalSummary(summary).text.contains("see it again") == isShown)
    }

    /// A coordinator that died for good has not done what was asked of it, and a fault that never came is no fault.
    @Test func whatDidNotHappenIsTold() throws {
        let builder = try HistoryBuilder.sound()
        let faults = [
            RunExpectations.ScheduledFault(party: HistoryBuilder.signer(4), behaviour: "equivocate-split"),
            RunExpectations.ScheduledFault(party: HistoryBuilder.coordinator, behaviour: "coordinator-crash"),
        ]
        func summary(_ ending: RunContext.Ending) -> RunSummary {
            RunSummary(
                records: builder.records,
                expectations: RunExpectations(
                    slashed: [OperatorIndex(3)], certified: .one, load: [HistoryBuilder.service: 5], faults: faults),
                context: RunContext(
                    name: "lab", seed: 1, mode: .processes, ending: ending, runDirectory: FilePath("runs/lab"),
                    host: Self.host))
        }
        let whole = summary(.completed)
        #expect(whole.unissued == 2 && whole.absentFaults == [faults[1]])
        #expect(
            whole.judgement.expectationFailures == [
                "squares: 3 of 5 tasks certified, 2 never issued, expected 100% or more"
            ])
        let text = TerminalSummary(whole).text
        #expect(text.contains("3 issued, 3 certified in time, 0 expired, 2 never issued\n"))
        #expect(text.contains("coordinator-crash of coordinator-squares is scheduled, and never happened"))
        // Of a run that was cut short, more could have come.
        let part = summary(.interrupted)
        #expect(part.unissued == 0 && part.absentFaults.isEmpty && part.judgement.expectationFailures.isEmpty)
    }

    /// A coordinator that dies later is honest while it lives; one that lies is no witness.
    @Test(arguments: [("coordinator-crash", Duration.milliseconds(41)), ("coordinator-equivocates", nil)])
    func whoeverFindsAnOffenceAndDiesHasDetectedIt(behaviour: String, detected: Duration?) throws {
        var builder = try HistoryBuilder.sound()
        builder.note(HistoryBuilder.coordinator, at: 99, .injected(Injection(behaviour: behaviour)))
        #expect(Self.summary(builder).slashes.map(\.detected) == [detected])
    }

    @Test func refusedInstructionsAreCounted() throws {
        var builder = try HistoryBuilder.sound()
        let evidence = Instruction.submitEvidence(builder.evidence(4, 2))
        builder.apply(evidence, .alreadySlashed, at: 80)
        let usual = Self.summary(builder)
        #expect(!TerminalSummary(usual).text.contains("refused"))
        #expect(
            try Self.object(usual.results.document)["refused_instructions"] as? [String: Int] == ["alreadySlashed": 1])
        for outcome in [Outcome.pastHorizon, .badEvidence, .pastHorizon] { builder.apply(evidence, outcome, at: 90) }
        let text = TerminalSummary(Self.summary(builder)).text
        #expect(text.contains("\nrefused         instructions by the ledger: 1 badEvidence, 2 pastHorizon\n"))
    }

    @Test func evidenceCanBeCheckedByAnyone() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "quorate-reports-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let summary = Self.summary(try .sound(), in: directory.path)
        try summary.write()
        let slash = try #require(summary.slashes.first)
        let file = try #require(slash.evidence)
        let borsh = try Data(contentsOf: directory.appending(path: file.borshPath))
        let json = try String(contentsOf: directory.appending(path: file.jsonPath), encoding: .utf8)
        #expect(try ProofFile(borsh: [UInt8](borsh)).proof == .evidence(file.evidence))
        #expect(try ProofCheck(of: [UInt8](borsh)).isValid)
        let proof = try Self.object(json)
        let key = try #require((proof["public_key"] as? String).flatMap(Hexadecimal.decode).flatMap(PublicKey.init))
        let statements = try #require(proof["statements"] as? [[String: Any]])
        let votes = statements.compactMap { statement -> ([UInt8], Signature)? in
            guard let bytes = (statement["signed_bytes"] as? String).flatMap(Hexadecimal.decode),
                let signature = (statement["signature"] as? String).flatMap(Hexadecimal.decode).flatMap(Signature.init)
            else { return nil }
            return (bytes, signature)
        }
        #expect(votes.count == 2 && votes[0].0 != votes[1].0)
        for (bytes, signature) in votes { #expect(signature.isValid(for: bytes, by: key)) }
        #expect(proof["operator"] as? String == "op-4")
        for name in ["results.json", "latencies.csv"] {
            #expect(FileManager.default.fileExists(atPath: directory.appending(path: name).path))
        }
    }

    @Test func evidenceAgainstACoordinatorIsAFileToo() throws {
        var builder = try HistoryBuilder.sound()
        let evidence = builder.taskEvidence(3)
        builder.note(HistoryBuilder.signer(1), at: 70, .evidenceFound(evidence))
        let files = Self.summary(builder).evidence
        #expect(files.map(\.evidence) == [builder.evidence(4, 2), evidence])
        #expect(try ProofCheck(of: files[1].bytes).isValid)
        let json = try Self.object(files[1].json.document)
        #expect(json["kind"] as? String == "task-equivocation" && json["operator"] == nil)
        let tasks = try #require(json["tasks"] as? [[String: Any]])
        let signed = evidence.signedMessages.map { Hexadecimal.encode($0.message) }
        #expect(tasks.map { $0["signed_bytes"] as? String } == signed)
    }

    @Test func conflictingCertificatesAreWrittenAndTold() throws {
        let scratch = try Scratch()
        var builder = try HistoryBuilder.sound()
        builder.certify(3, result: 2, by: [1, 3, 4])
        let summary = Self.summary(builder, in: scratch.path.string)
        try summary.write()
        let names = (1...2).map { "evidence/squares-task-3-certificate-\($0).borsh" }
        for name in names {
            let bytes = try scratch.bytes(of: scratch.path.pushing(FilePath(name)))
            #expect(try ProofCheck(of: bytes, pin: builder.set.digest).isValid)
        }
        let flowing = TerminalSummary(summary).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            flowing.contains(
                "conflict task 3 of squares has certificates for 2 different statements; "
                    + "proof: \(names[0]), \(names[1]) "))
        let results = try Self.object(summary.results.document)
        let conflicts = try #require(results["conflicting_certificates"] as? [[String: String]])
        #expect(conflicts.map { $0["proof"] } == names && conflicts.map { $0["subject"] } == ["3", "3"])
    }

    @Test func anUnwritableDirectoryIsNamed() throws {
        let summary = Self.summary(try .sound(), in: "/dev/null/run")
        let error = #expect(throws: ReportError.self) { try summary.write() }
        #expect(error?.description == "/dev/null/run/latencies.csv: cannot write the report: Not a directory")
    }

    @Test func theTerminalTellsWhoWasSlashedAndWhy() throws {
        let text = TerminalSummary(Self.summary(try .sound())).text
        let flowing = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            flowing.contains(
                "op-4 signed two different results for task 2 of squares; 5% of 10 SOL = 0.5 SOL slashed: "
                    + "0.025 SOL to the reporter, 0.475 SOL burned; detected after 41.000 ms, slashed after 55.000 ms; "
                    + "proof: evidence/"))
        #expect(flowing.contains("\(Self.summary(try .sound()).evidence[0].offence.short).borsh "))
        #expect(flowing.contains("p99 -: 3 samples, needs 1,000 (--tasks 1000)"))
        #expect(flowing.contains("verdict holds: everything is as expected (exit status 0)"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count < 40 && lines.allSatisfy { $0.count <= TerminalSummary.width })
        #expect(!text.contains("\u{1b}") && !text.contains("quorate replay"))
        #expect(TerminalSummary(Self.summary(try .sound()), style: .coloured).text.contains("\u{1b}[32mholds\u{1b}[0m"))
    }

    @Test(arguments: [
        (SlashRecord.Stage.executed, "booked after 55.000 ms, executed after 79.000 ms", 79.0 as Double?),
        (.vetoed, "booked after 55.000 ms, cancelled after 79.000 ms", 79), (.pending, "booked after 55.000 ms", nil),
    ])
    func whatWaitedIsToldFromTheBookingToTheEnd(stage: SlashRecord.Stage, words: String, settled: Double?) throws {
        var builder = try HistoryBuilder()
        builder.issue(2)
        builder.certify(2)
        builder.equivocate(4, 2, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(2)])
        let evidence = builder.evidence(4, 2)
        builder.note(HistoryBuilder.coordinator, at: 62, .evidenceFound(evidence))
        var record = builder.slashRecord(evidence, 4)
        record.stage = .pending
        builder.note(.ledger, at: 76, .slashed(record))
        record.stage = stage
        if stage != .pending { builder.note(.ledger, at: 100, .slashed(record)) }
        let summary = Self.summary(builder, slashed: stage == .vetoed ? [] : [3])
        let flowing = TerminalSummary(summary).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(flowing.contains("detected after 41.000 ms, \(words); proof"), "\(flowing)")
        let slashes = try #require(try Self.object(summary.results.document)["slashes"] as? [[String: Any]])
        #expect(slashes[0]["slashed_ms"] as? Double == 55 && slashes[0]["settled_ms"] as? Double == settled)
    }

    @Test func aFailureSaysHowToSeeItAgain() throws {
        let text = TerminalSummary(Self.summary(try .sound(), slashed: [])).text
        #expect(text.contains("not as expected op-4 was slashed, which was not expected"))
        #expect(text.contains("quorate replay runs/lab"))
    }
}
