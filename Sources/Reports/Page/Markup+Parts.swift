import Verdicts

/// What the page is put together from, again and again.
extension Markup {
    typealias Fact = (name: String, value: Markup)

    /// Names and what they come to, in as many columns as there is room for.
    static func facts(_ facts: [Fact?]) -> Markup {
        element("dl", ["class": "facts"]) {
            for fact in facts.compactMap(\.self) {
                element("div") {
                    element("dt") { fact.name }
                    element("dd") { fact.value }
                }
            }
        }
    }

    /// Of text, each cell below its column's title where the page is too narrow for columns.
    ///
    /// - Parameters:
    ///   - numeric: the places of columns that hold numbers.
    ///   - kind: what the style sheet knows it by, where it has a form of its own.
    static func table(
        _ caption: String, _ columns: [String], numeric: Set<Int> = [], kind: String = "plain",
        _ rows: some Sequence<[Markup]>
    ) -> Markup {
        element("table", ["class": "stacked \(kind)"]) {
            element("caption") { caption }
            head(columns, numeric)
            element("tbody") {
                for row in rows {
                    element("tr") {
                        for (place, cell) in row.enumerated() {
                            if place == 0 {
                                element("th", ["scope": "row"]) { cell }
                            } else {
                                element(
                                    "td",
                                    [
                                        "class": numeric.contains(place) ? "number" : "text",
                                        "data-label": columns[place],
                                    ]
                                ) { cell }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Of numbers: on a narrow page it scrolls by itself.
    static func figures(_ caption: String, _ columns: [String], _ rows: some Sequence<[Markup]>) -> Markup {
        let numeric = Set(columns.indices.dropFirst())
        return element("div", ["class": "scroll", "role": "region", "aria-label": caption, "tabindex": "0"]) {
            element("table") {
                element("caption") { caption }
                head(columns, numeric)
                element("tbody") {
                    for row in rows {
                        element("tr") {
                            element("th", ["scope": "row"]) { row[0] }
                            for cell in row.dropFirst() { element("td") { cell } }
                        }
                    }
                }
            }
        }
    }

    private static func head(_ columns: [String], _ numeric: Set<Int>) -> Markup {
        element("thead") {
            element("tr") {
                for (place, column) in columns.enumerated() {
                    element("th", ["scope": "col", "class": numeric.contains(place) ? "number" : "text"]) { column }
                }
            }
        }
    }

    /// The first rows, and the others to be unfolded.
    static func folded(_ rows: [[Markup]], limit: Int, table: (ArraySlice<[Markup]>) -> Markup) -> Markup {
        table(rows.prefix(limit))
            + (rows.count > limit ? details("\(rows.count - limit) more") { table(rows.dropFirst(limit)) } : .nothing)
    }

    static func command(_ command: ShellCommand) -> Markup {
        element("pre", ["class": "command"]) { element("code") { command.text } }
    }

    static func details(_ summary: String, @MarkupBuilder _ content: () -> Markup) -> Markup {
        element("details") {
            element("summary") { summary }
            content()
        }
    }

    static func code(_ text: String) -> Markup { element("code") { text } }

    static func verdict(_ verdict: Verdict) -> Markup {
        let sign =
            switch verdict {
            case .holds: "✓"
            case .violated: "✗"
            case .unknown: "?"
            case .notApplicable: "–"
            }
        return element("span", ["class": "verdict \(verdict.rawValue)"]) {
            element("span", ["aria-hidden": "true"]) { sign }
            verdict.rawValue
        }
    }

    /// At most so many of them, and how many more there are.
    static func names(_ names: [String], limit: Int = 12) -> Markup {
        let more = names.count - limit
        return Markup(text: names.prefix(limit).joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""))
    }
}
