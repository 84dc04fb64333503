import Foundation
import Messages
import Primitives
import Records
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// Operators without results, and results that differ, as they are told.
@Suite struct ExecutionTests {
    private static func summary(_ builder: HistoryBuilder) -> RunSummary {
        let host = HostFacts(
            cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
            transport: "tcp loopback")
        return RunSummary(
            records: builder.records, expectations: RunExpectations(slashed: []),
            context: RunContext(
                name: "lab", seed: 1, mode: .processes, ending: .completed, runDirectory: FilePath("runs/lab"),
                host: host))
    }

    private static func lines(_ summary: RunSummary, _ label: String) -> String {
        // Wrapped, with the label at the margin of its first line.
        let text = TerminalSummary(summary).text.split(separator: "\n")
        guard let start = text.firstIndex(where: { $0.hasPrefix(label) }) else { return "" }
        let rest = text[(start + 1)...].prefix { $0.hasPrefix("     ") }
        return ([text[start].dropFirst(label.count)] + rest).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
    }

    private static let service = HistoryBuilder.service

    /// Of five tasks op-1 has none for four, op-2 none for the last two; of the third it has one when asked again.
    private static func withoutResults() throws -> HistoryBuilder {
        var builder = try HistoryBuilder()
        for number in 1...5 as ClosedRange<UInt64> {
            builder.issue(number)
            let sequence = TaskSequence(number)
            if number > 1 {
                for reason in [number == 2 ? "it exited" : "no answer", "another time, another reason"] {
                    builder.note(
                        HistoryBuilder.signer(1), at: number * 10 + 5,
                        .notExecuted(service, sequence, reason: reason))
                }
            }
            if number > 3 {
                builder.note(
                    HistoryBuilder.signer(2), at: number * 10 + 5, .notExecuted(service, sequence, reason: "no answer"))
            } else {
                builder.certify(number, by: [2, 3, 4])
            }
        }
        builder.note(
            HistoryBuilder.signer(2), at: 35, .notExecuted(service, TaskSequence(3), reason: "no answer"))
        builder.note(HistoryBuilder.signer(2), at: 36, .attested(builder.vote(2, builder.statement(3))))
        return builder
    }

    @Test func reasonsArePutTogether() throws {
        let summary = Self.summary(try Self.withoutResults())
        #expect(
            summary.executions.map { "\($0.signer) \($0.tasks) \($0.first) \($0.reason)" } == [
                "0 3 3 no answer", "0 1 2 it exited", "1 2 4 no answer",
            ])
        #expect(
            Self.lines(summary, "no result")
                == "op-1, op-2 had no result for 2 to 3 tasks each of squares: no answer (first: task 3)")
        #expect(
            TerminalSummary(summary).text.contains(
                "no result       op-1 had no result for 1 task of squares: it exited (first: task 2)\n"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(summary.results.document.utf8)) as? [String: Any])
        #expect(ReportPage(summary).document.contains("op-1 had no result for "), "the page says so too")
        let first = try #require((json["executions"] as? [[String: Any]])?.first)
        #expect(first["service"] as? String == "squares" && first["operator"] as? String == "op-1")
        #expect(first["reason"] as? String == "no answer")
        #expect(first["tasks"] as? Int == 3 && first["first_sequence"] as? Int == 3)
        let rows = summary.latenciesCSV.split(separator: "\n").map { $0.split(separator: ",").suffix(2) }
        #expect(rows[0] == ["without_result", "first_reason"])
        #expect(
            rows[2...].map { $0.joined(separator: " ") } == [
                "1 it exited", "1 no answer", "2 no answer", "2 no answer",
            ])
    }

    @Test func livenessSaysThatThereWereNoResults() throws {
        let finding = try #require(
            Self.summary(try Self.withoutResults()).judgement.findings.first { $0.oracle == .liveness })
        #expect(finding.verdict == .violated)
        #expect(
            finding.account
                == "2 of 5 tasks had no certificate by the deadline, first 4 of squares, 5 of squares; for 2 too few "
                + "operators had a result")
    }

    @Test func differentResultsAreToldByExample() throws {
        var builder = try HistoryBuilder()
        builder.equivocate(4, 9, to: [HistoryBuilder.coordinator], and: [HistoryBuilder.signer(1)])
        for number in 1...3 as ClosedRange<UInt64> {
            builder.issue(number)
            // op-4 is an adversary, whose different result is no wonder; task 3 is certified in spite of op-3's.
            for (signer, result) in [(1, 7), (2, number == 3 ? 7 : 8), (3, 8), (4, 9)] as [(UInt32, UInt8)] {
                let vote = builder.vote(signer, builder.statement(number, result: result))
                builder.note(HistoryBuilder.signer(signer), at: number * 10 + 5, .attested(vote))
            }
        }
        builder.certify(3, result: 7, by: [1, 2, 4])
        let summary = Self.summary(builder)
        let digests = [8, 7].map { builder.statement(1, result: $0).result }
        #expect(
            Self.lines(summary, "disagreement")
                == "2 tasks of squares have no quorum, and honest operators' results differ (2 different ones at most): "
                + "for task 1 \(digests[0].short) by op-2, op-3, \(digests[1].short) by op-1; does the program always "
                + "answer the same?")
        let finding = summary.judgement.findings.first { $0.oracle == .liveness }
        #expect(finding?.account.hasSuffix("; for 2 their results differ") == true, "\(finding?.account ?? "")")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(summary.results.document.utf8)) as? [String: Any])
        let disagreement = try #require((json["disagreements"] as? [[String: Any]])?.first)
        #expect(disagreement["tasks"] as? Int == 2 && disagreement["most_results"] as? Int == 2)
        let results = try #require(disagreement["example_results"] as? [[String: Any]])
        #expect(results.map { $0["operators"] as? [String] } == [["op-2", "op-3"], ["op-1"]])
        #expect(results.map { $0["result"] as? String } == digests.map { "\($0)" })
    }

    @Test func whatProgramsWroteIsToldOnce() throws {
        var builder = try HistoryBuilder()
        for number in 1...2 as ClosedRange<UInt64> {
            builder.issue(number)
            for signer in 1...2 as ClosedRange<UInt32> {
                builder.note(
                    HistoryBuilder.signer(signer), at: number * 10 + 5,
                    .notExecuted(Self.service, TaskSequence(number), reason: "garbage: \"\(number) \(signer)\""))
            }
        }
        #expect(
            Self.lines(Self.summary(builder), "no result")
                == "op-1, op-2 had no result for 2 tasks each of squares: garbage: \"1 1\" (first: task 1)")
    }

    /// A program that gives a reason of its own for each task does not flood a report.
    @Test func manyReasonsArePutTogether() throws {
        var builder = try HistoryBuilder()
        for number in 1...60 as ClosedRange<UInt64> {
            builder.issue(number)
            builder.note(
                HistoryBuilder.signer(1), at: number * 10 + 5,
                .notExecuted(Self.service, TaskSequence(number), reason: "reason \(number)"))
        }
        let summary = Self.summary(builder)
        #expect(summary.executions.count == 51)
        #expect(summary.executions.first?.reason == "other reasons" && summary.executions.first?.tasks == 10)
        #expect(TerminalSummary(summary).text.contains("and 47 more reasons, see results.json"))
    }
}
