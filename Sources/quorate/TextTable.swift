/// Columns of text for the terminal, each as wide as its widest cell.
struct TextTable {
    struct Column {
        let title: String
        /// Numbers end at the right.
        let isNumber: Bool

        init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    let columns: [Column]
    let rows: [[String]]

    init(columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Of words alone.
    init(_ titles: [String], _ rows: [[String]]) { self.init(columns: titles.map { Column($0) }, rows: rows) }

    var text: String {
        let lines = [columns.map(\.title)] + rows.map { row in row.map { TerminalText.harmless($0) } }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            let cells = columns.indices.map { column in
                let gap = String(repeating: " ", count: widths[column] - line[column].count)
                return columns[column].isNumber ? gap + line[column] : line[column] + gap
            }
            let text = cells.joined(separator: "  ")
            return String(text[..<(text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex)])
        }.joined(separator: "\n")
    }
}
