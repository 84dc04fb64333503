import Messages
import Primitives
import Verdicts

/// What was broken, by what the adversaries say of themselves, and what was to be broken and was not.
extension ReportPage {
    private static let shownLanes = 8
    private static let shownRows = 200
    private static let unfoldedRows = 16

    /// When each party had a fault, below the plots of latency and on the same axis.
    func faultLanes(_ timeline: RunTimeline) -> Markup {
        let lanes = timeline.lanes
        guard !lanes.isEmpty else { return .nothing }
        return element("div", ["class": "lanes"]) {
            element("h4") { "Faults" }
            for lane in lanes.prefix(Self.shownLanes) { drawing(of: lane) }
            if lanes.count > Self.shownLanes {
                Markup.details("\(lanes.count - Self.shownLanes) more") {
                    for lane in lanes.dropFirst(Self.shownLanes).prefix(Self.shownRows) { drawing(of: lane) }
                }
            }
        }
    }

    private func drawing(of lane: FaultLane) -> Markup {
        let account = "\(lane.name): \(lane.behaviours.joined(separator: ", "))"
        return element("div", ["class": "lane-of-one"]) {
            element("p") {
                account
                if lane.slashed != nil {
                    element("span", ["class": "note"]) { "slashed: no seat from the end of the bar on" }
                }
            }
            element("div", ["class": "plot"]) {
                element(
                    "svg", ["role": "img", "aria-label": "When \(account)", "width": "100%", "height": "14"]
                ) {
                    element("line", ["class": "grid", "x2": "100%", "y1": "7", "y2": "7"])
                    for range in lane.faulty {
                        element(
                            "rect",
                            [
                                "x": Plot.percent(range.lowerBound), "y": "1", "height": "12",
                                "width": Plot.percent(max(0.003, range.upperBound - range.lowerBound)),
                                "class": "fault",
                            ])
                    }
                    for share in lane.injections {
                        element("svg", ["class": "injection", "x": Plot.percent(share), "y": "7"]) {
                            element("path", ["d": "M0 -6L5 5H-5Z"])
                        }
                    }
                }
            }
        }
    }

    /// What one party did of one kind in one service.
    private struct Deed: Hashable {
        var party: Party
        var behaviour: String
        var service: ServiceID?
    }

    var faults: ReportSection? {
        var found: [Deed: [Instant]] = [:]
        var order: [Deed] = []
        for injected in history.injections.sorted(by: { ($0.at, $0.party) < ($1.at, $1.party) }) {
            let injection = injected.injection
            let deed = Deed(party: injected.party, behaviour: injection.behaviour, service: injection.service)
            if found[deed] == nil { order.append(deed) }
            found[deed, default: []].append(injected.at)
        }
        guard !order.isEmpty || !summary.absentFaults.isEmpty else { return nil }
        return ReportSection(
            "faults", "Faults", lead: "What was broken, as the adversaries themselves recorded it: the ground truth."
        ) {
            if !order.isEmpty {
                let rows = order.prefix(Self.shownRows).map { row(of: $0, at: found[$0, default: []]) }
                Markup.folded(rows, limit: Self.unfoldedRows) {
                    Markup.table(
                        "Faults", ["who", "does", "in", "times", "first", "last"], numeric: [3, 4, 5], $0)
                }
                if order.count > Self.shownRows {
                    element("p", ["class": "note"]) { "and \((order.count - Self.shownRows).grouped) more" }
                }
            }
            for fault in summary.absentFaults.prefix(Self.shownRows) {
                element("p", ["class": "warning"]) {
                    "\(fault.behaviour) of \(history.name(of: fault.party)) is scheduled, and never happened."
                }
            }
        }
    }

    private func row(of deed: Deed, at times: [Instant]) -> [Markup] {
        func time(_ instant: Instant?) -> Markup {
            Markup(text: instant.flatMap { instant in timeline.map { $0.text(of: instant) } } ?? "–")
        }
        let service = deed.service ?? { if case .coordinator(let service) = deed.party { service } else { nil } }()
        return [
            Markup(text: history.name(of: deed.party)), Markup(text: deed.behaviour),
            Markup(text: service.map { history.name(of: $0) } ?? "all its services"), Markup(text: times.count.grouped),
            time(times.first), time(times.last),
        ]
    }
}
