import Messages
import Primitives
import Verdicts

/// What the run came to: the first things that are seen, and the oracles' answers.
extension ReportPage {
    var header: Markup {
        let judgement = summary.judgement
        let status = context.ending == .completed ? ", exit status \(judgement.exitStatus)" : ""
        return element("header") {
            element("p", ["class": "eyebrow"]) {
                context.simulation == nil ? "Quorate run report" : "Quorate run report: simulated"
            }
            element("h1") { context.name }
            element("p", ["class": "outcome"]) {
                Markup.verdict(judgement.verdict)
                element("span") { "\(judgement.meaning)\(status)" }
            }
            if context.isModelled {
                element("p", ["class": "warning"]) {
                    "Modelled signatures: \(RunContext.Simulation.modelledWarning)."
                }
            }
            if context.ending != .completed {
                element("p", ["class": "warning"]) {
                    "The run did not come to its end (\(context.ending.rawValue)): it is judged by what there is."
                }
            }
            element("dl", ["class": "figures"]) {
                taskFigure
                for percentile in Percentile.allCases { latencyFigure(percentile) }
                slashedFigure
            }
            for load in context.loads.filter({ $0.inFlight != nil }) {
                element("p", ["class": "warning"]) {
                    "\(load.service) is a closed loop (\(load.account)): it waits for the network. What its tasks "
                        + "would have waited at a given rate is not in these figures, so they are no quorum latency."
                }
            }
            if !summary.latency.negative.isEmpty {
                element("p", ["class": "warning"]) {
                    "\(summary.latency.negative.count.grouped) negative durations: the clocks disagree."
                }
            }
        }
    }

    private func figure(_ name: String, _ value: String, unit: String = "", note: Markup = .nothing) -> Markup {
        element("div") {
            element("dt") { name }
            element("dd") {
                element("span", ["class": "value"]) { value }
                if !unit.isEmpty { element("span", ["class": "unit"]) { " \(unit)" } }
                if note != .nothing { element("span", ["class": "note"]) { note } }
            }
        }
    }

    private var taskFigure: Markup {
        let tasks = summary.tasks
        var notes = ["certified in time"]
        if tasks.expired > 0 { notes.append("\(tasks.expired.grouped) expired") }
        if summary.unissued > 0 { notes.append("\(summary.unissued.grouped) never issued") }
        if tasks.open > 0 { notes.append("\(tasks.open.grouped) still open at the end") }
        return figure(
            "tasks", tasks.certified.grouped, unit: "of \(tasks.issued.grouped)",
            note: Markup(text: notes.joined(separator: "; ")))
    }

    private func latencyFigure(_ percentile: Percentile) -> Markup {
        switch summary.latency.reading(percentile) {
        case .measured(let duration):
            figure(percentile.label, String(duration.milliseconds.dropLast(3)), unit: "ms")
        case .infinite: figure(percentile.label, "∞", note: reason(percentile))
        case .notCarried: figure(percentile.label, "–", note: reason(percentile))
        }
    }

    /// What stands in brackets is an option, and stays in one line.
    private func reason(_ percentile: Percentile) -> Markup {
        let parts = (summary.latency.reasonForNone(percentile) ?? "").split(separator: "(", maxSplits: 1)
        return Markup(text: String(parts.first ?? ""))
            + (parts.count > 1 ? element("span", ["class": "option"]) { "(\(parts[1])" } : .nothing)
    }

    private var slashedFigure: Markup {
        let slashes = summary.slashes.filter { $0.record.stage == .executed }
        let total = slashes.reduce(Lamports.zero) { $0 + $1.record.slashed }
        var seen: Set<String> = []
        let names = slashes.map(\.signer).filter { seen.insert($0).inserted }
        let more = names.count - 3
        var note = names.prefix(3).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        if !summary.revocations.isEmpty {
            let revoked = RunHistory.count(summary.revocations.count, "coordinator") + " revoked"
            note = note.isEmpty ? revoked : "\(note); \(revoked)"
        }
        return figure(
            "slashed", names.isEmpty ? "nobody" : String("\(total)".dropLast(4)), unit: names.isEmpty ? "" : "SOL",
            note: Markup(text: note))
    }

    var verdicts: ReportSection? {
        let judgement = summary.judgement
        return ReportSection(
            "verdicts", "Verdicts", lead: "What the oracles found in the records, and what was expected of the run."
        ) {
            Self.accounts("Not as expected", judgement.expectationFailures)
            Self.accounts("Not judged", judgement.unjudged, kind: "callout unjudged")
            Markup.table(
                "The oracles' verdicts", ["oracle", "verdict", "account"], kind: "verdicts",
                judgement.findings.map { finding in
                    [
                        Markup(text: finding.oracle.rawValue), Markup.verdict(finding.verdict),
                        Markup(text: finding.account) + Self.violations(of: finding),
                    ]
                })
        }
    }

    /// Each with what it can be seen by, to be unfolded.
    private static func violations(of finding: Finding) -> Markup {
        guard !finding.violations.isEmpty else { return .nothing }
        return Markup.details("what it can be seen by") {
            for violation in finding.violations {
                element("p") { violation.account }
                element("ul", ["class": "exhibits"]) {
                    for exhibit in violation.exhibits.prefix(ViolationAccount.exhibitLimit) {
                        element("li") {
                            exhibit.line
                            if let digest = exhibit.digest { Markup(text: "; digest ") + Markup.code("\(digest)") }
                            if let bytes = exhibit.hexadecimal {
                                Markup.details("\(exhibit.bytes.count) bytes") { Markup.code(bytes) }
                            }
                        }
                    }
                }
            }
            if finding.violationCount > finding.violations.count {
                element("p") { "and \((finding.violationCount - finding.violations.count).grouped) more" }
            }
        }
    }

    private static func accounts(_ title: String, _ accounts: [String], kind: String = "callout") -> Markup {
        guard !accounts.isEmpty else { return .nothing }
        let limit = 50
        return element("div", ["class": kind]) {
            element("h3") { title }
            element("ul") {
                for account in accounts.prefix(limit) { element("li") { account } }
                if accounts.count > limit {
                    element("li") { "and \((accounts.count - limit).grouped) more, see \(RunSummary.resultsName)" }
                }
            }
        }
    }
}
