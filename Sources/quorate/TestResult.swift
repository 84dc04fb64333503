import Cluster
import Foundation
import Primitives
import Reports
import SystemPackage
import TopologyFormat

/// What testing one topology came to.
struct TestResult: Sendable {
    let file: TopologyFiles.File
    let verdict: Verdict
    let startedAt: Date
    let duration: Duration
    /// Nil when it did not come so far.
    let run: Run?
    /// What was not as expected, or is wrong with the input; the shortest account.
    let accounts: [String]

    enum Verdict: String, CaseIterable, Sendable {
        case passed
        case failed
        case badInput = "bad-input"
        case notJudged = "not-judged"
        /// Interrupted, or never begun because somebody did not want to wait.
        case stopped
        /// It cannot be run so, but otherwise: simulated, or with real processes.
        case skipped
    }

    struct Run: Sendable {
        let directory: FilePath
        let seed: UInt64
        let isSimulated: Bool
        /// What the command line must say for the same to be run again.
        let arguments: [String]
        /// Nil when the network never began.
        var digest: ResultsDigest?
    }

    private static let shownAccounts = 5

    /// As few of the accounts as tell it.
    var shortAccounts: [String] {
        let more = accounts.count - Self.shownAccounts
        return accounts.prefix(Self.shownAccounts) + (more > 0 ? ["and \(more) more"] : [])
    }

    /// The commands that show it again.
    var commands: [String] {
        let path = file.path.string.quotedForShell
        switch (verdict, run) {
        // Where the topology is sound, the account says what else was wrong.
        case (.skipped, _): return []
        case (.badInput, nil):
            return (try? Topology.load(path: file.path.string)) == nil ? ["quorate topology check \(path)"] : []
        case (_, nil): return ["quorate run \(path)"]
        case (_, let run?):
            let directory = run.directory.string.quotedForShell
            guard !run.isSimulated else {
                return [
                    "quorate report \(directory)",
                    (["quorate simulate \(path)"] + run.arguments).joined(separator: " "),
                ]
            }
            return [
                "quorate report \(directory)", "quorate replay \(directory)",
                (["quorate run \(path)"] + run.arguments).joined(separator: " "),
            ]
        }
    }

    /// `1,000 of 1,000 certified, p99 14.5 ms, slashed op-3`; nil when there is nothing to say.
    var figures: String? {
        guard let digest = run?.digest else { return nil }
        var parts = ["\(digest.tasks.certified.grouped) of \(digest.tasks.all.grouped) certified"]
        if let p99 = digest.p99 { parts.append("p99 \(p99)") }
        parts.append("slashed \(digest.punished(atMost: 5) ?? "nobody")")
        if !digest.revocations.isEmpty {
            parts.append("revoked " + digest.revocations.map(\.service).joined(separator: ", "))
        }
        return parts.joined(separator: ", ")
    }
}

extension TestResult {
    /// What the whole ends with: 130 when it was interrupted; or else the first that there is of 1, 2 and 3.
    static func status(of results: [TestResult]) -> ExitStatus {
        let order: [(Verdict, ExitStatus)] = [
            (.stopped, .interrupted), (.failed, .notAsExpected), (.badInput, .badInput), (.notJudged, .notJudged),
        ]
        return order.first { verdict, _ in results.contains { $0.verdict == verdict } }?.1 ?? .asExpected
    }

    /// `6 passed, 1 failed, 0 could not be judged in 42 s`
    static func closing(_ results: [TestResult], duration: Duration) -> String {
        func count(_ verdict: Verdict) -> Int { results.count { $0.verdict == verdict } }
        var parts = ["\(count(.passed)) passed", "\(count(.failed)) failed"]
        if count(.badInput) > 0 { parts.append("\(count(.badInput)) with bad input") }
        parts.append("\(count(.notJudged)) could not be judged")
        if count(.skipped) > 0 { parts.append("\(count(.skipped)) skipped") }
        if count(.stopped) > 0 { parts.append("\(count(.stopped)) interrupted or not begun") }
        return parts.joined(separator: ", ")
            + " in \((duration.inMilliseconds / 1000).rounded().formatted(.number.grouping(.never))) s"
    }

    static func document(_ results: [TestResult], duration: Duration) -> JSONValue {
        .object([
            ("schema_version", .integer(1)),
            (
                "counts",
                .object(
                    Verdict.allCases.map { verdict in
                        (
                            verdict.rawValue.replacing("-", with: "_"),
                            .integer(Int64(results.count { $0.verdict == verdict }))
                        )
                    })
            ),
            ("duration_ms", .milliseconds(duration)),
            ("exit_status", .integer(Int64(status(of: results).rawValue))), ("tests", .array(results.map(\.json))),
        ])
    }

    private var json: JSONValue {
        let digest = run?.digest
        return .object([
            ("topology", .string(file.path.string)), ("name", .string(file.label)),
            ("verdict", .string(verdict.rawValue)), ("duration_ms", .milliseconds(duration)),
            ("run_directory", run.map { .string($0.directory.string) } ?? .null),
            ("seed", run.map { .string("\($0.seed)") } ?? .null),
            ("tasks", digest.map { .unsigned($0.tasks.all) } ?? .null),
            ("certified", digest.map { .unsigned($0.tasks.certified) } ?? .null),
            ("p99_ms", digest?.latency.p99.map(JSONValue.decimal) ?? .null),
            ("slashed", .array((digest?.slashed ?? []).map(JSONValue.string))),
            ("revoked", .array((digest?.revocations ?? []).map { .string($0.service) })),
            ("accounts", .array(accounts.map(JSONValue.string))),
            ("commands", .array(verdict == .passed ? [] : commands.map(JSONValue.string))),
        ])
    }
}

extension String {
    /// As a shell takes it for one word.
    var quotedForShell: String {
        let isPlain =
            !isEmpty
            && unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic || "0123456789/._-+,@%".unicodeScalars.contains(scalar))
            }
        return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
