import Messages
import Primitives
import Verdicts

/// What `quorate judge` tells: every oracle's verdict, with all that a violation can be seen by, and what was expected.
package struct JudgementReport: Sendable {
    package static let schemaVersion: Int64 = 1
    private static let labelWidth = 16
    private static let bytesPerLine = 36

    private let summary: RunSummary
    private let exitStatus: Int32

    /// - Parameter exitStatus: what the command ends with; of a run that did not come to its end it is more than the judgement's.
    package init(_ summary: RunSummary, exitStatus: Int32) {
        self.summary = summary
        self.exitStatus = exitStatus
    }

    /// Ends in a newline.
    package var text: String {
        let judgement = summary.judgement
        var lines = judgement.findings.flatMap { self.lines(of: $0) }
        lines += judgement.expectationFailures.map { Self.padded("not as expected") + $0 }
        lines += judgement.unjudged.map { Self.padded("not judged") + $0 }
        lines.append(
            Self.padded("verdict") + "\(judgement.verdict.rawValue): \(judgement.meaning) (exit status \(exitStatus))")
        return lines.joined(separator: "\n") + "\n"
    }

    package var json: JSONValue {
        let judgement = summary.judgement
        return .object([
            ("schema_version", .integer(Self.schemaVersion)), ("name", .string(summary.context.name)),
            ("network", .string("\(summary.history.network)")), ("ending", .string(summary.context.ending.rawValue)),
            ("verdict", .string(judgement.verdict.rawValue)), ("exit_status", .integer(Int64(exitStatus))),
            ("verdicts", .array(judgement.findings.map { $0.json(summary.history) })),
            ("expectation_failures", .array(judgement.expectationFailures.map(JSONValue.string))),
            ("unjudged", .array(judgement.unjudged.map(JSONValue.string))),
        ])
    }

    private func lines(of finding: Finding) -> [String] {
        let verdict = finding.verdict.rawValue
        let gap = String(repeating: " ", count: max(1, Self.labelWidth - verdict.count))
        let head =
            Self.padded(finding.oracle.rawValue) + verdict + gap + finding.account
        let more = finding.violationCount - finding.violations.count
        return [head] + finding.violations.flatMap { lines(of: $0) } + (more > 0 ? ["  and \(more) more"] : [])
    }

    private func lines(of violation: ViolationAccount) -> [String] {
        let shown = violation.exhibits.prefix(ViolationAccount.exhibitLimit)
        let more = violation.exhibits.count - shown.count
        return ["  \(violation.account)"] + shown.flatMap { lines(of: $0) } + (more > 0 ? ["    and \(more) more"] : [])
    }

    private func lines(of exhibit: Exhibit) -> [String] {
        var lines = ["    \(exhibit.line)"]
        if let digest = exhibit.digest { lines.append("      digest  \(digest)") }
        guard !exhibit.bytes.isEmpty else { return lines }
        guard exhibit.hexadecimal != nil else {
            return lines + ["      bytes   \(exhibit.bytes.count) of them, not shown"]
        }
        for start in stride(from: 0, to: exhibit.bytes.count, by: Self.bytesPerLine) {
            let part = exhibit.bytes[start..<min(start + Self.bytesPerLine, exhibit.bytes.count)]
            lines.append((start == 0 ? "      bytes   " : "              ") + Hexadecimal.encode(part))
        }
        return lines
    }

    private static func padded(_ label: String) -> String {
        label + String(repeating: " ", count: max(1, labelWidth - label.count))
    }
}
