/// Tasks that operators had no result for, and results that differ: what a service of somebody's own did wrong.
extension ReportPage {
    private static let shownExecutions = 20

    var executions: ReportSection? {
        let (missing, differing) = (summary.executionLines, summary.disagreementLines)
        guard !missing.isEmpty || !differing.isEmpty else { return nil }
        return ReportSection(
            "results", "Results",
            lead: "Where operators had none to sign, and where those of honest operators differ. Each task's is in "
                + "\(RunSummary.latenciesName)."
        ) {
            if !missing.isEmpty {
                element("h3") { "No result" }
                Self.list(missing)
            }
            if !differing.isEmpty {
                element("h3") { "Disagreement" }
                Self.list(differing)
            }
        }
    }

    @MarkupBuilder private static func list(_ lines: [String]) -> Markup {
        element("ul") {
            for line in lines.prefix(shownExecutions) { element("li") { Markup(text: line) } }
        }
        if lines.count > shownExecutions {
            element("p") { "and \(lines.count - shownExecutions) more, see \(RunSummary.resultsName)" }
        }
    }
}
