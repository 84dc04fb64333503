#if DEBUG
    import Foundation
    import Primitives

    /// The page that says which oracle catches which planted bug. Tests take from it what they expect.
    package struct PlantedBugPage: Sendable {
        private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Exploration/Exploration.docc/PlantedBugs.md")

        package let rows: [Row]

        package struct Row: Hashable, Sendable {
            package var bug: PlantedBug
            /// Names of oracles; nil where none has caught it.
            package var realRun: String?
            package var exploration: String?
            /// Scenarios of seed 1, the one that shows it counted.
            package var scenarios: UInt64?
        }

        package init() throws {
            let text = try String(contentsOf: Self.file, encoding: .utf8)
            rows = text.split(separator: "\n").compactMap { line in
                let cells = Self.cells(line)
                guard cells.count == Self.columns, let bug = PlantedBug(rawValue: Self.name(cells[0]) ?? "") else {
                    return nil
                }
                return Row(
                    bug: bug, realRun: Self.name(cells[2]), exploration: Self.name(cells[3]),
                    scenarios: UInt64(cells[4].filter { $0 != "," }))
            }
        }

        package func row(of bug: PlantedBug) -> Row? { rows.first { $0.bug == bug } }

        /// Whether the page is to be made to say what the tests find.
        package static var isUpdating: Bool {
            ProcessInfo.processInfo.environment["QUORATE_UPDATE_PLANTED_BUGS"] == "1"
        }

        /// Writes what exploring came to into a bug's row.
        package static func update(_ bug: PlantedBug, exploration: String, scenarios: UInt64) throws {
            let text = try String(contentsOf: file, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
                var cells = cells(line)
                guard cells.count == columns, name(cells[0]) == bug.rawValue else { return String(line) }
                cells[3] = "`\(exploration)`"
                cells[4] = "\(scenarios)"
                return "| \(cells.joined(separator: " | ")) |"
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
        }

        private static let columns = 5

        private static func cells(_ line: some StringProtocol) -> [String] {
            guard line.hasPrefix("| ") else { return [] }
            return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }

        /// What stands between backticks.
        private static func name(_ cell: String) -> String? {
            cell.firstMatch(of: /`([^`]+)`/).map { String($0.1) }
        }
    }
#endif
