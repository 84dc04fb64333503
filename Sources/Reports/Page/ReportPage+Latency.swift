import Messages
import Primitives
import Verdicts

/// Quorum latency, over time and as percentiles.
extension ReportPage {
    private static let shownPanels = 6
    private static let shownMarks = 12
    private static let shownRows = 9
    private static let tablePeriods = 12

    var latency: ReportSection? {
        ReportSection(
            "latency", "Quorum latency",
            lead: "From the time at which a task was meant to be issued to its certificate at the coordinator."
        ) {
            if let timeline {
                overTime(timeline)
                percentiles
            } else {
                element("p") { "No task was issued." }
            }
        }
    }

    private func isClosedLoop(_ service: String) -> Bool {
        context.loads.contains { $0.service == service && $0.inFlight != nil }
    }

    /// A closed loop's latency is no quorum latency, and is not called so.
    private func title(_ service: String) -> String {
        isClosedLoop(service) ? "\(service) (closed loop)" : service
    }

    private func overTime(_ timeline: RunTimeline) -> Markup {
        let details = LatencyTimeline.Detail.each(of: tasks.map(\.count))
        let latencies = history.tasks.filter { $0.certifiedInTime && !$0.isOpen }.compactMap(\.quorumLatency)
        let vertical = Axis.latency(of: latencies.map(\.nanoseconds))
        let panels = genesis.services.indices.map { panel($0, on: timeline, details[$0], vertical) }
        return element("figure", ["class": "timeline"]) {
            element("h3") { "Over time" }
            Markup.joined(panels.prefix(Self.shownPanels))
            if panels.count > Self.shownPanels {
                Markup.details("\(panels.count - Self.shownPanels) more services") {
                    Markup.joined(panels.dropFirst(Self.shownPanels))
                }
            }
            faultLanes(timeline)
            events(timeline)
            element("figcaption") { caption(timeline, vertical, everyTask: details.first == .everyTask) }
            Markup.details("Over time, as tables") {
                for place in genesis.services.indices { table(place, on: timeline) }
            }
        }
    }

    private func panel(
        _ place: Int, on timeline: RunTimeline, _ detail: LatencyTimeline.Detail, _ vertical: Axis
    ) -> Markup {
        let service = genesis.services[place]
        let (tasks, latency) = (tasks[place], latencies[place])
        let plot = TimelinePlot(
            timeline: timeline, tasks: LatencyTimeline(tasks, on: timeline, detail),
            faults: timeline.faults(in: ServiceID(UInt32(place))),
            marks: timeline.marks.filter { $0.services.contains(service.name) },
            vertical: vertical, height: vertical.ticks.isEmpty ? 40 : genesis.services.count > 2 ? 120 : 200)
        var account = ["\(tasks.count.grouped) task\(tasks.count == 1 ? "" : "s")"]
        if case .columns(let count) = detail { account[0] += " in \(count) columns" }
        if case .measured(let middle) = latency.reading(.p50) { account.append("p50 \(middle.milliseconds)") }
        if latency.infinite > 0 { account.append("\(latency.infinite.grouped) without a quorum") }
        let text = account.joined(separator: ", ")
        return element("div", ["class": "panel"]) {
            element("h4") {
                title(service.name)
                element("span", ["class": "note"]) { text }
            }
            if tasks.isEmpty {
                element("p", ["class": "note"]) { "No task was issued." }
            } else {
                plot.drawing(
                    label: "Latency of \(title(service.name)) over time: \(text). The tables below say the same.")
            }
        }
    }

    private func caption(_ timeline: RunTimeline, _ vertical: Axis, everyTask: Bool) -> Markup {
        let tasks = summary.tasks
        var sentences: [String] = []
        if everyTask {
            sentences.append("Every dot is a task, at the time at which it was due.")
            if tasks.expired > 0 {
                sentences.append("Each stroke in the row above is one without a quorum: \(tasks.expired.grouped).")
            }
        } else {
            sentences.append(
                "\((tasks.issued - tasks.open).grouped) tasks, put together in columns of equal time by when they were "
                    + "due: each reaches from the quickest to the slowest of its tasks with a quorum, and the line is the "
                    + "middle of all of them. Where it is missing, half of them or more had none.")
            if tasks.expired > 0 {
                sentences.append(
                    "The bars in the row above are the share of tasks without one: \(tasks.expired.grouped) in all.")
            }
        }
        if tasks.open > 0 {
            sentences.append(
                "\(tasks.open.grouped) tasks whose deadline the run did not reach stand in a row of their own.")
        }
        if !timeline.lanes.isEmpty {
            sentences.append(
                "Hatched: one of the service's operators, or its coordinator, had a fault, by what the adversaries say "
                    + "of themselves; a slash ends it, for from then on the operator has no seat.")
        }
        if vertical.scale == .logarithmic { sentences.append("The scale of latency is logarithmic.") }
        sentences.append("Time runs from when the first task was due.")
        return Markup(text: sentences.joined(separator: " "))
    }

    /// What the numbers in the plots stand for.
    private func events(_ timeline: RunTimeline) -> Markup {
        guard !timeline.marks.isEmpty else { return .nothing }
        func list(_ marks: ArraySlice<RunTimeline.Mark>) -> Markup {
            element("ol", ["class": "events"]) {
                for mark in marks {
                    element("li") {
                        element("span", ["class": "number"]) { "\(mark.number)" }
                        element("span", ["class": "when"]) { timeline.text(of: mark.at) }
                        element("span") {
                            switch mark.kind {
                            case .slash(let name): "\(name) slashed"
                            case .revocation(let service): "coordinator of \(service) revoked"
                            }
                        }
                    }
                }
            }
        }
        return list(timeline.marks.prefix(Self.shownMarks))
            + (timeline.marks.count > Self.shownMarks
                ? Markup.details("\(timeline.marks.count - Self.shownMarks) more") {
                    list(timeline.marks.dropFirst(Self.shownMarks))
                } : .nothing)
    }

    private func table(_ place: Int, on timeline: RunTimeline) -> Markup {
        let tasks = LatencyTimeline(tasks[place], on: timeline, .columns(Self.tablePeriods))
        guard case .columns(let columns) = tasks.shape, !columns.isEmpty else { return .nothing }
        func cell(_ latency: Int64?) -> Markup {
            Markup(text: latency.map { Duration.nanoseconds($0).milliseconds } ?? "–")
        }
        return Markup.figures(
            "\(title(genesis.services[place].name)), by when its tasks were due",
            ["from", "tasks", "without quorum", "quickest", "middle", "slowest"],
            columns.map { column in
                [
                    Markup(text: timeline.text(ofShare: column.shares.lowerBound)), Markup(text: column.count.grouped),
                    Markup(text: column.withoutQuorum.grouped), cell(column.least), cell(column.middle),
                    cell(column.greatest),
                ]
            })
    }

    private var percentiles: Markup {
        let curves = zip(latencies, genesis.services).compactMap { PercentileCurve($0, of: $1.name) }
        let plot = PercentilePlot(curves)
        return element("div", ["class": "percentiles"]) {
            element("figure") {
                element("h3") { "As percentiles" }
                if let plot {
                    plot.drawing(
                        label:
                            "Percentiles of latency, a line for each of \(RunHistory.count(curves.count, "service")). "
                            + "The table of percentiles says the same.")
                    plot.legend(name: title)
                    element("figcaption") {
                        "How late a share of the tasks was at most. The axis widens towards the slowest; each line "
                            + "ends where fewer than ten tasks lie beyond, for more they do not carry."
                        if curves.contains(where: { $0.infiniteFrom != nil }) {
                            " It rises to the top where the tasks without a quorum begin."
                        }
                    }
                } else {
                    element("p", ["class": "note"]) {
                        summary.tasks.certified == 0
                            ? "There is no line to draw: no task had a quorum by its deadline."
                            : "Too few tasks for a line: the middle one needs \(Percentile.p50.samplesNeeded)."
                    }
                }
            }
            percentileTable
        }
    }

    private var percentileTable: Markup {
        func row(_ name: String, _ latency: QuorumLatency) -> [Markup] {
            [Markup(text: name), Markup(text: latency.count.grouped)]
                + Percentile.allCases.map { percentile in
                    switch latency.reading(percentile) {
                    case .measured(let duration): Markup(text: String(duration.milliseconds.dropLast(3)))
                    case .infinite: Markup(text: "∞")
                    case .notCarried: Markup(text: "–")
                    }
                }
        }
        var rows = zip(genesis.services, latencies).map { row(title($0.name), $1) }
        if rows.count > 1 { rows.insert(row("all", summary.latency), at: 0) }
        return element("div") {
            Markup.folded(rows, limit: Self.shownRows) {
                Markup.figures(
                    "Percentiles in milliseconds", ["service", "tasks"] + Percentile.allCases.map(\.label), $0)
            }
            element("p", ["class": "note"]) {
                "–: too few tasks, a percentile needs ten beyond it. ∞: so many had no certificate by their deadline "
                    + "that it lies among them."
            }
        }
    }
}
