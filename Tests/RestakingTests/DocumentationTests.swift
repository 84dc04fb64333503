import Foundation
import Messages
import Testing

@testable import Restaking

/// The pages about the ledger's rules and outcomes, held to the tests.
@Suite struct DocumentationTests {
    private let rules: Page
    private let rulesAndTests: Page
    private let outcomes: Page
    private let tests: Set<String>

    init() throws {
        rules = try Page("Sources/Restaking/Restaking.docc/Rules.md")
        rulesAndTests = try Page("Sources/Restaking/Restaking.docc/RulesAndTests.md")
        outcomes = try Page("Sources/Restaking/Restaking.docc/Outcomes.md")
        tests = Set(try Page.sources(in: "Tests/RestakingTests").flatMap(\.testNames))
    }

    private static let mistakes = "Mistakes that others shipped"

    @Test func `Every rule has its row, in the rules' order`() {
        let rows = rulesAndTests.rows.filter { $0.heading != Self.mistakes }.map { "\($0.heading): \($0.cells[0])" }
        let rules = rules.rules.map { "\($0.area): \($0.sentence)" }
        #expect(rules.count > 90)
        for rule in rules { #expect(rows.count { $0 == rule } == 1, "the row of a rule: \(rule)") }
        for row in rows { #expect(rules.count { $0 == row } == 1, "the rule of a row: \(row)") }
        let isInOrder = rows == rules
        #expect(isInOrder)
    }

    @Test func `Every rule and every mistake names tests, and these exist`() {
        for row in rulesAndTests.rows {
            #expect(!row.quoted(1).isEmpty, "\(row.cells[0])")
            for name in row.quoted(1) {
                let exists = tests.contains(name)
                #expect(exists, "there is no test `\(name)`")
            }
        }
    }

    @Test func `Each mistake that others shipped has a test that bears its name, and the page has them all`() throws {
        let named = rulesAndTests.rows.filter { $0.heading == Self.mistakes }.map { $0.quoted(1).first }
        #expect(named == (try Page("Tests/RestakingTests/MistakeTests.swift")).testNames)
        #expect(named.count == 16 && named.allSatisfy { $0!.hasPrefix("Mistake: ") })
    }

    @Test func `Every instruction stands on the page of outcomes once, and has its list`() throws {
        let names = try Page("Sources/Messages/Instruction.swift").caseNames.sorted()
        #expect(names.count > 30)
        #expect(outcomes.rows.map { $0.quoted(0)[0] }.sorted() == names)
        #expect(OutcomeList.all.map(\.name).sorted() == names)
    }

    @Test(arguments: OutcomeList.all)
    func `Its page has each instruction's roles, and its outcomes in the ledger's order`(_ list: OutcomeList) throws {
        let row = try #require(outcomes.rows.first { $0.quoted(0) == [list.name] }, "\(list.name)")
        #expect(row.cells[1] == list.roles.map(\.rawValue).joined(separator: ", "), "\(list.name)")
        #expect(row.quoted(2) == list.refusals.map { "\($0)" }, "\(list.name)")
    }

    @Test func `Every outcome stands on its page`() {
        let told = Set(OutcomeList.all.flatMap(\.refusals) + OutcomeList.envelope + [.applied])
        #expect(told == Set(Outcome.allCases))
        let envelope = OutcomeList.envelope.map { "`\($0)`" }.joined(separator: ", ")
        #expect(outcomes.prose.contains(envelope))
    }
}

/// A page of the documentation, or a source.
private struct Page {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private let text: String

    init(_ path: String) throws {
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    static func sources(in directory: String) throws -> [Page] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: directory).path)
            .filter { $0.hasSuffix(".swift") }.map { try Page("\(directory)/\($0)") }
    }

    /// Without its line breaks.
    var prose: String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    struct Row {
        let heading: String
        let cells: [String]

        /// What stands in a cell between backticks.
        func quoted(_ cell: Int) -> [String] { cells[cell].matches(of: /`([^`]+)`/).map { String($0.1) } }
    }

    /// Of all its tables, without their heads.
    var rows: [Row] {
        var heading = ""
        var rows: [Row] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { heading = String(line.drop { "# ".contains($0) }) }
            if line.hasPrefix("|---") { rows.removeLast() }
            guard line.hasPrefix("| ") else { continue }
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            rows.append(Row(heading: heading, cells: cells))
        }
        return rows
    }

    /// What begins a list's item in bold, with the section that it stands in.
    var rules: [(area: String, sentence: String)] {
        var area = ""
        var rules: [(area: String, sentence: String)] = []
        for match in text.matches(of: /^## ([^\n]+)|^- \*\*([^*]+)\*\*/.anchorsMatchLineEndings()) {
            if let heading = match.1 { area = String(heading) }
            guard let sentence = match.2 else { continue }
            rules.append((area, sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")))
        }
        return rules
    }

    var testNames: [String] { text.matches(of: /func `([^`]+)`\(/).map { String($0.1) } }

    var caseNames: [String] {
        text.matches(of: /^ +(?:indirect )?case (\w+)/.anchorsMatchLineEndings()).map { String($0.1) }
    }
}
