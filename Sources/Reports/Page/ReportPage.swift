import Messages
import Primitives
import Verdicts

/// `report.html`: a run for whoever wants to look at it. One file, without scripts, that asks the network for nothing;
/// the same summary gives the same bytes.
///
/// However large the run, the page stays small: plots put tasks together, lists end with how many more there are.
package struct ReportPage: Sendable {
    /// A policy for browsers: nothing but what stands in the file.
    private static let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

    let summary: RunSummary
    let timeline: RunTimeline?
    /// By AVS, in the order of genesis.
    let tasks: [[RunHistory.IssuedTask]]
    let latencies: [QuorumLatency]
    /// What the adversaries say that they sent.
    let equivocations: [InjectedEquivocation]
    let taskEquivocations: [InjectedTaskEquivocation]

    package init(_ summary: RunSummary) {
        self.summary = summary
        timeline = RunTimeline(summary)
        var tasks: [[RunHistory.IssuedTask]] = Array(repeating: [], count: summary.history.genesis.services.count)
        for task in summary.history.tasks where tasks.indices.contains(Int(task.task.service.number)) {
            tasks[Int(task.task.service.number)].append(task)
        }
        self.tasks = tasks
        latencies = tasks.map { QuorumLatency($0) }
        equivocations = summary.history.equivocations
        taskEquivocations = summary.history.taskEquivocations
    }

    var history: RunHistory { summary.history }
    var genesis: Genesis { summary.history.genesis }
    var context: RunContext { summary.context }

    package var document: String {
        let sections = sections
        return Markup.document {
            element("head") {
                element("meta", ["charset": "utf-8"])
                element("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy])
                element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                element("meta", ["name": "color-scheme", "content": "light dark"])
                element("title") { "\(context.name): \(summary.judgement.verdict.rawValue) (Quorate)" }
                Markup.styleSheet(ReportStyleSheet.css)
            }
            element("body") {
                Self.patterns
                header
                element("nav", ["aria-label": "Sections"]) {
                    for section in sections { element("a", ["href": "#\(section.id)"]) { section.title } }
                }
                element("main") { for section in sections { section.markup } }
                footer
            }
        }
    }

    /// What the page has to tell, from top to bottom; what there is nothing to say of is left out.
    private var sections: [ReportSection] {
        [
            verdicts, executions, latency, faults, slashes, revocations, conflicts, security, nativePool, restakers,
            stakeTimeline, whatWasRun,
            resources, refusals,
            repetition,
        ].compactMap(\.self)
    }

    /// The hatching that says without colour what shading says.
    private static var patterns: Markup {
        element("svg", ["width": "0", "height": "0", "class": "patterns", "aria-hidden": "true"]) {
            for (id, gap) in [("fault-hatch", "6"), ("lost-hatch", "5")] {
                element(
                    "pattern",
                    [
                        "id": id, "width": gap, "height": gap, "patternUnits": "userSpaceOnUse",
                        "patternTransform": "rotate(45)",
                    ]
                ) {
                    element("rect", ["width": gap, "height": gap, "class": "under"])
                    element("line", ["y2": gap, "class": "over"])
                }
            }
        }
    }

    private var footer: Markup {
        element("footer") {
            element("p") {
                "Network "
                element("code") { "\(history.network)" }
            }
            element("p") {
                "Made by Quorate from the records in \(context.runDirectory). The figures for programs are in "
                    + "\(RunSummary.resultsName), every task in \(RunSummary.latenciesName)."
            }
        }
    }
}

/// A part of the page under a heading of its own.
struct ReportSection {
    let id: String
    let title: String
    /// What it is about, in a sentence or two beside it.
    let lead: Markup
    let content: Markup

    init(_ id: String, _ title: String, lead: String, @MarkupBuilder _ content: () -> Markup) {
        self.id = id
        self.title = title
        self.lead = Markup(text: lead)
        self.content = content()
    }

    var markup: Markup {
        element("section", ["id": id, "aria-labelledby": "\(id)-title"]) {
            element("div", ["class": "heading"]) {
                element("h2", ["id": "\(id)-title"]) { title }
                element("p") { lead }
            }
            element("div", ["class": "content"]) { content }
        }
    }
}
