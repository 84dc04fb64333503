import Exploration
import Primitives

/// What an exploration has found, as text and as a document.
struct ExplorationReport {
    let seed: UInt64
    let findings: ExplorationFindings

    var status: ExitStatus {
        if findings.violations > 0 { return .notAsExpected }
        return findings.unjudged > 0 ? .notJudged : .asExpected
    }

    // MARK: Text

    var text: String {
        ([headline] + findings.troubled.map(Self.account) + ["", coverage, "", absent]).joined(separator: "\n")
    }

    private var headline: String {
        let count = "\(findings.coverage.runs) scenarios of seed \(seed)"
        guard status != .asExpected else {
            return findings.coverage.runs > 0 ? "\(count): every oracle holds in each" : "\(count): none was run"
        }
        let kinds = findings.counts.map { "\($0.key): \($0.value)" }.sorted().joined(separator: ", ")
        return "\(count): \(findings.violations) violated, \(findings.unjudged) not judged (\(kinds))"
    }

    private static func account(of scenario: ExplorationFindings.TroubledScenario) -> String {
        (["", "scenario \(scenario.number), seed \(scenario.seed)"]
            + scenario.troubles.map { "  \($0)" } + commands(for: scenario.seed).map { "  \($0)" })
            .joined(separator: "\n")
    }

    private static func commands(for seed: UInt64) -> [String] {
        ["quorate simulate --scenario \(seed)", "quorate shrink \(seed)"]
    }

    private var coverage: String {
        let rows = findings.coverage.lines.filter { $0.count > 0 }.map { line in
            [line.item.group.title, line.item.name, "\(line.count)"]
        }
        return TextTable(
            columns: [TextTable.Column("what"), TextTable.Column(""), TextTable.Column("runs", isNumber: true)],
            rows: rows
        ).text
    }

    private var absent: String {
        let groups = Coverage.Group.allCases.compactMap { group -> String? in
            let names = findings.coverage.absent.filter { $0.group == group }.map(\.name)
            return names.isEmpty ? nil : "  \(group.title): \(names.joined(separator: ", "))"
        }
        return groups.isEmpty ? "everything that can occur did" : (["never:"] + groups).joined(separator: "\n")
    }

    // MARK: Document

    struct Document: Encodable {
        let schemaVersion = 1
        let seed: String
        let runs: UInt64
        let violations: UInt64
        let unjudged: UInt64
        let events: UInt64
        let virtualSeconds: Double
        let scenarios: [Scenario]
        let coverage: [Line]

        struct Scenario: Encodable {
            let number: UInt64
            let seed: String
            let troubles: [Trouble]
            let commands: [String]
        }

        struct Trouble: Encodable {
            let kind: String
            let isViolation: Bool
            let account: String
        }

        /// One that never occurred has 0 runs.
        struct Line: Encodable {
            let group: String
            let name: String
            let runs: UInt64
        }
    }

    /// Seeds as strings: they have 64 bits.
    var document: Document {
        Document(
            seed: "\(seed)", runs: findings.coverage.runs, violations: findings.violations, unjudged: findings.unjudged,
            events: findings.events, virtualSeconds: findings.virtualTime.inMilliseconds / 1000,
            scenarios: findings.troubled.map { scenario in
                Document.Scenario(
                    number: scenario.number, seed: "\(scenario.seed)",
                    troubles: scenario.troubles.map {
                        Document.Trouble(kind: "\($0.kind)", isViolation: $0.isViolation, account: $0.account)
                    }, commands: Self.commands(for: scenario.seed))
            },
            coverage: findings.coverage.lines.map {
                Document.Line(group: $0.item.group.rawValue, name: $0.item.name, runs: $0.count)
            })
    }
}

extension Coverage.Group {
    fileprivate var title: String {
        switch self {
        case .drawn: "adversary drawn"
        case .acted: "adversary acted"
        case .killPoint: "killed at"
        case .network: "network"
        case .rule: "rule of restaking"
        case .planned: "timeline asked for"
        case .carriedOut: "timeline carried out"
        case .judged: "oracle judged"
        case .happened: "happened"
        case .restaking: "stake"
        case .refused: "refused by the ledger"
        case .rejected: "rejected by a node"
        }
    }
}
