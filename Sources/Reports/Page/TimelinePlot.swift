/// Draws one AVS's tasks over time, with what befell it: faults as hatching, slashes and revocations as numbered lines.
struct TimelinePlot {
    let timeline: RunTimeline
    let tasks: LatencyTimeline
    let faults: [ClosedRange<Double>]
    let marks: [RunTimeline.Mark]
    /// The same for all AVSs, so that they can be compared.
    let vertical: Axis
    let height: Double

    private static let flagHeight = 26.0
    private static let laneHeight = 12.0
    private static let laneGap = 14.0

    private var flags: Double { marks.isEmpty ? 0 : Self.flagHeight }
    private var hasLaneWithoutQuorum: Bool {
        switch tasks.shape {
        case .everyTask: !tasks.withoutQuorum.isEmpty
        case .columns(let columns): columns.contains { $0.withoutQuorum > 0 }
        }
    }
    private var laneOfOpen: Double { flags + (hasLaneWithoutQuorum ? Self.laneHeight + Self.laneGap : 0) }
    private var above: Double { laneOfOpen + (tasks.open.isEmpty ? 0 : Self.laneHeight + Self.laneGap) }

    /// - Parameter label: what there is to see, for whoever does not.
    func drawing(label: String) -> Markup {
        let plot = Plot(horizontal: timeline.axis, vertical: vertical, height: height, above: above)
        return plot.drawing(label: label) {
            shading
            if hasLaneWithoutQuorum { lane("no quorum", "missed", at: flags, withoutQuorum) }
            if !tasks.open.isEmpty { lane("still open", "open", at: laneOfOpen, Self.strokes(tasks.open)) }
        } field: {
            shape(in: plot)
        } front: {
            for cluster in clusters { flag(cluster) }
        }
    }

    private var shading: Markup {
        let bottom = above + height
        return .joined(
            faults.map { range in
                element(
                    "rect",
                    [
                        "x": Plot.percent(range.lowerBound), "y": Plot.pixels(flags),
                        // What is over in an instant can be seen all the same.
                        "width": Plot.percent(max(0.003, range.upperBound - range.lowerBound)),
                        "height": Plot.pixels(bottom - flags), "class": "fault",
                    ])
            })
    }

    private func lane(_ name: String, _ kind: String, at top: Double, _ path: String) -> Markup {
        element("text", ["class": "tick vertical", "x": "-10", "y": Plot.pixels(top + Self.laneHeight), "dy": "-2"]) {
            name
        }
            + element(
                "svg",
                [
                    "y": Plot.pixels(top), "width": "100%", "height": Plot.pixels(Self.laneHeight),
                    "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "class": "lane \(kind)",
                ]
            ) { element("path", ["d": path]) }
    }

    private static func strokes(_ shares: [Double]) -> String {
        shares.map { "M\(Plot.point($0, 0))V0" }.joined()
    }

    /// A stroke for each task, or, of a column, a bar as high as its share of tasks without a quorum.
    private var withoutQuorum: String {
        switch tasks.shape {
        case .everyTask: Self.strokes(tasks.withoutQuorum)
        case .columns(let columns):
            columns.filter { $0.withoutQuorum > 0 }.map { column in
                let share = Double(column.withoutQuorum) / Double(column.count)
                let middle = (column.shares.lowerBound + column.shares.upperBound) / 2
                return "M\(Plot.point(middle, 0))L\(Plot.point(middle, max(0.2, share)))"
            }.joined()
        }
    }

    private func shape(in plot: Plot) -> Markup {
        func y(_ latency: Int64) -> Double { plot.vertical.share(of: Double(latency)) }
        switch tasks.shape {
        case .everyTask(let points):
            // A line without length is a dot, where its ends are round.
            let path = points.map { "M\(Plot.point($0.share, y($0.latency)))h0" }.joined()
            return element("path", ["class": points.count > 800 ? "dots many" : "dots", "d": path])
        case .columns(let columns):
            var (area, line, last) = ("", "", -1.0)
            for column in columns {
                let (from, to) = (column.shares.lowerBound, column.shares.upperBound)
                if let least = column.least, let greatest = column.greatest {
                    area += "M\(Plot.point(from, y(least)))L\(Plot.point(from, y(greatest)))"
                    area += "L\(Plot.point(to, y(greatest)))L\(Plot.point(to, y(least)))Z"
                }
                guard let middle = column.middle else { continue }
                let isNext = abs(from - last) < 1e-9
                line += "\(isNext ? "L" : "M")\(Plot.point(from, y(middle)))L\(Plot.point(to, y(middle)))"
                last = to
            }
            return element("path", ["class": "area", "d": area]) + element("path", ["class": "middle", "d": line])
        }
    }

    private struct Cluster {
        var share: Double
        var first: Int
        var last: Int
    }

    /// Marks that would stand on each other have one flag.
    private var clusters: [Cluster] {
        var clusters: [Cluster] = []
        for mark in marks {
            let share = timeline.share(of: mark.at)
            if let last = clusters.last, share - last.share < 0.06 {
                clusters[clusters.count - 1].last = mark.number
            } else {
                clusters.append(Cluster(share: share, first: mark.number, last: mark.number))
            }
        }
        return clusters
    }

    private func flag(_ cluster: Cluster) -> Markup {
        let label = cluster.first == cluster.last ? "\(cluster.first)" : "\(cluster.first)–\(cluster.last)"
        let width = Double(label.count * 8 + 12)
        return element("svg", ["class": "flag", "x": Plot.percent(cluster.share)]) {
            element("line", ["y1": "18", "y2": Plot.pixels(above + height)])
            element(
                "rect", ["x": Plot.pixels(-width / 2), "width": Plot.pixels(width), "height": "18", "rx": "9"])
            element("text", ["y": "13"]) { label }
        }
    }
}
