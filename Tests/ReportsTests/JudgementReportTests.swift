import Foundation
import Messages
import Primitives
import Reports
import SystemPackage
import TestSupport
import Testing
import Verdicts

/// What `quorate judge` says of a violation: all that somebody needs to look at just those bytes.
@Suite struct JudgementReportTests {
    private static func report(_ builder: HistoryBuilder) -> JudgementReport {
        let context = RunContext(
            name: "lab", seed: 1, mode: .processes, ending: .completed, runDirectory: "runs/lab",
            host: HostFacts(
                cores: 2, kernel: "6.1", os: "Linux", architecture: "x86_64", build: "debug", guardMode: "synced",
                transport: "tcp"), loads: [])
        let summary = RunSummary(records: builder.records, expectations: RunExpectations(), context: context)
        return JudgementReport(summary, exitStatus: summary.exitStatus)
    }

    private static func wrongResult() throws -> HistoryBuilder {
        var builder = try HistoryBuilder()
        builder.issue(3)
        builder.certify(3, result: 2)
        return builder
    }

    @Test func `Text names the file and shows the bytes`() throws {
        let builder = try Self.wrongResult()
        let text = Self.report(builder).text
        let certificate = builder.certificate(builder.statement(3, result: 2), by: [1, 2, 3])
        let lines = text.split(separator: "\n").map(String.init)
        let first = try #require(lines.firstIndex { $0.hasPrefix("validity        violated        task 3 of squares") })
        #expect(lines[first + 2].hasPrefix("    coordinator-squares's certificate for task 3 of squares, result "))
        #expect(lines[first + 2].hasSuffix(", 3 signers: records/coordinator-squares.1.qrec"))
        #expect(lines[first + 3] == "      digest  \(certificate.statement.digest)")
        let bytes = lines[(first + 4)...].prefix { $0.hasPrefix("      bytes   ") || $0.hasPrefix("              ") }
        #expect(bytes.map { $0.dropFirst(14) }.joined() == Hexadecimal.encode(certificate.borsh))
        #expect(text.hasSuffix("verdict         violated: the run is not as expected (exit status 1)\n"))
    }

    @Test func `The document has the same`() throws {
        let builder = try Self.wrongResult()
        let data = Data(Self.report(builder).json.document.utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["verdict"] as? String == "violated" && document["exit_status"] as? Int == 1)
        let verdicts = try #require(document["verdicts"] as? [[String: Any]])
        let validity = try #require(verdicts.first { $0["oracle"] as? String == "validity" })
        #expect(validity["violation_count"] as? Int == 1)
        let violation = try #require((validity["violations"] as? [[String: Any]])?.first)
        #expect(violation["tasks"] as? [[String: String]] == [["service": "squares", "subject": "3"]])
        let exhibits = try #require(violation["exhibits"] as? [[String: Any]])
        #expect(exhibits.map { $0["kind"] as? String } == ["certificate", "task"])
        #expect(exhibits[1]["digest"] as? String == "\(builder.task(3, issued: 30).digest)")
        #expect(exhibits[1]["file"] as? String == "records/coordinator-squares.1.qrec")
        #expect(exhibits[1]["bytes"] as? String == Hexadecimal.encode(builder.task(3, issued: 30).borsh))
    }

    @Test func `What holds has no account of a violation`() throws {
        let text = Self.report(try .sound()).text
        #expect(!text.contains("records/"))
        #expect(text.contains("\nvalidity        holds           3 results worked out again\n"))
    }
}
