import Foundation
import Primitives
import SystemPackage

/// Test results as JUnit's XML, which CI services read: `failure` for what is not as expected, `error` for bad input and
/// what could not be judged, `skipped` for what never began.
struct JUnitReport {
    let results: [TestResult]
    let startedAt: Date
    let duration: Duration

    var document: String {
        let counts =
            "tests=\"\(results.count)\" failures=\"\(count(.failure))\" errors=\"\(count(.error))\" "
            + "skipped=\"\(count(.skipped))\" time=\"\(Self.seconds(duration))\" "
            + "timestamp=\"\(startedAt.formatted(.iso8601).replacing("Z", with: ""))\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="quorate" \(counts)>
              <testsuite name="quorate" \(counts)>
            \(results.map(Self.testCase).joined(separator: "\n"))
              </testsuite>
            </testsuites>

            """
    }

    private enum Trouble: String { case failure, error, skipped }

    private func count(_ trouble: Trouble) -> Int { results.count { Self.trouble(of: $0) == trouble } }

    private static func trouble(of result: TestResult) -> Trouble? {
        switch result.verdict {
        case .passed: nil
        case .failed: .failure
        case .badInput, .notJudged: .error
        case .skipped: .skipped
        case .stopped: result.run == nil ? .skipped : .error
        }
    }

    private static func testCase(_ result: TestResult) -> String {
        var lines = [
            "    <testcase classname=\"\(XMLText.attribute(result.file.folder))\" "
                + "name=\"\(XMLText.attribute(result.file.path.stem ?? result.file.label))\" "
                + "time=\"\(seconds(result.duration))\">"
        ]
        if let trouble = trouble(of: result) {
            let name = trouble.rawValue
            let message = XMLText.attribute(result.accounts.first ?? result.verdict.rawValue)
            let type = trouble == .skipped ? "" : " type=\"\(result.verdict.rawValue)\""
            let body = XMLText.content(result.accounts.joined(separator: "\n"))
            lines.append("      <\(name) message=\"\(message)\"\(type)>\(body)</\(name)>")
        }
        let told =
            [result.figures, result.run.map { "run directory: \($0.directory)" }].compactMap(\.self)
            + (result.verdict == .passed ? [] : result.commands)
        if !told.isEmpty {
            lines.append("      <system-out>\(XMLText.content(told.joined(separator: "\n")))</system-out>")
        }
        return (lines + ["    </testcase>"]).joined(separator: "\n")
    }

    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = (duration.nanoseconds + 500_000) / 1_000_000
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

/// Text in an XML document. What XML cannot hold at all, such as most control characters, becomes U+FFFD.
enum XMLText {
    static func content(_ text: String) -> String { escaped(text, isAttribute: false) }
    static func attribute(_ text: String) -> String { escaped(text, isAttribute: true) }

    private static func escaped(_ text: String, isAttribute: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            // `]]>` may not stand in content.
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"" where isAttribute: result.append(contentsOf: "&quot;".unicodeScalars)
            // A reader would make spaces, or another end of line, of them.
            case "\n" where isAttribute, "\t" where isAttribute, "\r":
                result.append(contentsOf: "&#\(scalar.value);".unicodeScalars)
            case "\n", "\t", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                result.append(scalar)
            default: result.append("\u{FFFD}")
            }
        }
        return String(result)
    }
}
