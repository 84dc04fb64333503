import Primitives

/// Draws the percentiles of several AVSs' latency in one plot: a line for each, told apart by dashes, by marks at the
/// percentiles that have a name, and by colour.
struct PercentilePlot {
    /// More lines than this nobody can tell apart.
    static let lineLimit = 8

    /// The slowest of them, by the latency of their middle task.
    let shown: [PercentileCurve]
    let others: [PercentileCurve]
    private let plot: Plot
    private let end: Double

    /// - Returns: nil without any curve.
    init?(_ curves: [PercentileCurve], height: Double = 280) {
        guard let end = curves.map(\.end).max() else { return nil }
        let ranked = curves.enumerated().sorted { left, right in
            (Self.middle(of: right.element), left.offset) < (Self.middle(of: left.element), right.offset)
        }
        let slowest = Set(ranked.prefix(Self.lineLimit).map(\.offset))
        shown = curves.indices.filter(slowest.contains).map { curves[$0] }
        others = curves.indices.filter { !slowest.contains($0) }.map { curves[$0] }
        let isCut = curves.contains { $0.infiniteFrom != nil }
        self.end = end
        plot = Plot(
            horizontal: .percentiles(to: end),
            vertical: .latency(of: curves.flatMap { $0.points.map(\.latency) }), height: height, above: isCut ? 24 : 0)
    }

    /// One that never had a quorum is the slowest.
    private static func middle(of curve: PercentileCurve) -> Int64 {
        if let infinite = curve.infiniteFrom, infinite < 0.5 { return .max }
        return curve.named.first?.latency ?? curve.points.last?.latency ?? .max
    }

    func drawing(label: String) -> Markup {
        plot.drawing(label: label) {
            if plot.above > 0 {
                element("text", ["class": "tick vertical", "x": "-10", "y": "10"]) { "no quorum" }
                element("line", ["class": "limit", "x2": "100%", "y1": "6", "y2": "6"])
            }
        } field: {
            for curve in others { element("path", ["class": "line other", "d": path(of: curve)]) }
            for (place, curve) in shown.enumerated() {
                element("path", ["class": "line series-\(place)", "d": path(of: curve)])
            }
        } front: {
            for (place, curve) in shown.enumerated() {
                rise(of: curve, place)
                for point in curve.named {
                    Self.mark(
                        place, x: Plot.percent(plot.horizontal.share(ofPercentile: point.share)),
                        y: Plot.pixels(plot.pixel(of: Double(point.latency))))
                }
            }
        }
    }

    private func path(of curve: PercentileCurve) -> String {
        curve.points.enumerated().map { place, point in
            let y = plot.vertical.share(of: Double(point.latency))
            return "\(place == 0 ? "M" : "L")\(Plot.point(plot.horizontal.share(ofPercentile: point.share), y))"
        }.joined()
    }

    /// Where the tasks without a quorum begin, the line leaves the scale.
    private func rise(of curve: PercentileCurve, _ place: Int) -> Markup {
        guard let from = curve.infiniteFrom else { return .nothing }
        let x = Plot.percent(plot.horizontal.share(ofPercentile: from))
        let foot = curve.points.last.map { plot.pixel(of: Double($0.latency)) } ?? plot.above + plot.height
        return element(
            "line", ["class": "rise series-\(place)", "x1": x, "x2": x, "y1": Plot.pixels(foot), "y2": "6"])
            + element("line", ["class": "rise series-\(place)", "x1": x, "x2": "100%", "y1": "6", "y2": "6"])
    }

    /// What the lines are, with the marks and dashes that they are told by.
    ///
    /// - Parameter name: what to call a service.
    func legend(name: (String) -> String) -> Markup {
        element("ul", ["class": "legend"]) {
            for (place, curve) in shown.enumerated() {
                element("li") {
                    element("svg", ["width": "44", "height": "12", "aria-hidden": "true"]) {
                        element(
                            "line", ["class": "line series-\(place)", "x1": "1", "x2": "43", "y1": "6", "y2": "6"])
                        Self.mark(place, x: "22", y: "6")
                    }
                    element("span") { name(curve.service) }
                }
            }
            if !others.isEmpty {
                element("li") {
                    element("svg", ["width": "44", "height": "12", "aria-hidden": "true"]) {
                        element("line", ["class": "line other", "x1": "1", "x2": "43", "y1": "6", "y2": "6"])
                    }
                    element("span") { "\(others.count) more services, quicker in the middle" }
                }
            }
        }
    }

    private static func mark(_ place: Int, x: String, y: String) -> Markup {
        let path =
            switch place % lineLimit {
            case 0: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"
            case 1: "M-3.7 -3.7H3.7V3.7H-3.7Z"
            case 2: "M0 -5L4.8 3.6H-4.8Z"
            case 3: "M0 -5L5 0L0 5L-5 0Z"
            case 4: "M0 5L4.8 -3.6H-4.8Z"
            case 5: "M-4 -4L4 4M4 -4L-4 4"
            case 6: "M0 -5V5M-5 0H5"
            default: "M-5 -2.5H5V2.5H-5Z"
            }
        return element("svg", ["x": x, "y": y, "class": "mark series-\(place)"]) { element("path", ["d": path]) }
    }
}
