/// The frame of a plot: grid, ticks and their labels. It takes whatever width there is; what is drawn in shares of it
/// stretches, text and strokes do not.
struct Plot {
    let horizontal: Axis
    let vertical: Axis
    /// Of the field that the axes span, in pixels.
    let height: Double
    /// Room for marks over the field, in pixels.
    var above = 0.0

    /// - Parameters:
    ///   - label: what there is to see, for whoever does not.
    ///   - behind: what the grid is drawn on, in shares of the width and in pixels.
    ///   - field: in coordinates from 0 to 1000 both ways, from the upper left.
    ///   - front: as `behind`.
    func drawing(
        label: String, @MarkupBuilder behind: () -> Markup = { .nothing }, @MarkupBuilder field: () -> Markup,
        @MarkupBuilder front: () -> Markup = { .nothing }
    ) -> Markup {
        element("div", ["class": "plot"]) {
            element(
                "svg", ["role": "img", "aria-label": label, "width": "100%", "height": Self.pixels(above + height)]
            ) {
                behind()
                grid
                element(
                    "svg",
                    [
                        "y": Self.pixels(above), "width": "100%", "height": Self.pixels(height),
                        "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "class": "field",
                    ], field)
                front()
            }
        }
    }

    private var grid: Markup {
        let bottom = above + height
        return .joined(
            vertical.ticks.map { tick in
                let y = Self.pixels(pixel(of: tick))
                return element("line", ["class": "grid", "x2": "100%", "y1": y, "y2": y])
                    + element("text", ["class": "tick vertical", "x": "-10", "y": y, "dy": "4"]) { tick.label }
            }
                + horizontal.ticks.map { tick in
                    let x = Self.percent(tick.share)
                    return element(
                        "line",
                        ["class": "grid", "x1": x, "x2": x, "y1": Self.pixels(bottom), "y2": Self.pixels(bottom + 5)])
                        + element("text", ["class": "tick", "x": x, "y": Self.pixels(bottom + 20)]) { tick.label }
                })
    }

    private func pixel(of tick: Axis.Tick) -> Double { above + (1 - tick.share) * height }

    /// Where a value of the vertical axis stands.
    func pixel(of value: Double) -> Double { above + (1 - vertical.share(of: value)) * height }

    static func pixels(_ value: Double) -> String { trimmed(DecimalText(value, 1)) }
    static func percent(_ share: Double) -> String { "\(trimmed(DecimalText(share * 100, 2)))%" }

    /// In the field's coordinates, by shares from the lower left.
    static func point(_ x: Double, _ y: Double) -> String {
        "\(trimmed(DecimalText(x * 1000, 1))) \(trimmed(DecimalText((1 - y) * 1000, 1)))"
    }

    private static func trimmed(_ number: DecimalText) -> String {
        var text = number.description
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }
}
