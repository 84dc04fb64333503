import Glibc
import Primitives

/// One axis of a plot: places values as shares of its length, and says where its ticks stand.
struct Axis: Hashable, Sendable {
    struct Tick: Hashable, Sendable {
        /// From 0 to 1.
        var share: Double
        var label: String
    }

    enum Scale: Hashable, Sendable {
        case linear
        case logarithmic
    }

    let scale: Scale
    let ticks: [Tick]
    private let lower: Double
    private let upper: Double

    /// Values beyond the ends stand at the ends.
    func share(of value: Double) -> Double { min(1, max(0, Self.share(of: value, scale, lower, upper))) }

    /// The other way round, on a linear axis.
    func value(atShare share: Double) -> Double { lower + share * (upper - lower) }

    private static func share(of value: Double, _ scale: Scale, _ lower: Double, _ upper: Double) -> Double {
        switch scale {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: value > 0 ? log10(value / lower) / log10(upper / lower) : 0
        }
    }

    /// Of latencies in nanoseconds. From nothing on; by powers where the greatest is far from the middle, so that both
    /// can be seen. Without any there is nothing to measure, and no tick.
    static func latency(of latencies: [Int64]) -> Axis {
        let sorted = latencies.sorted()
        guard let least = sorted.first, let greatest = sorted.last else {
            return Axis(scale: .linear, ticks: [], lower: 0, upper: 1)
        }
        let middle = sorted[(sorted.count - 1) / 2]
        if least > 0, greatest / 12 > middle {
            let lower = powersOfTen(1, 2, 5).last { $0 <= Double(least) } ?? 1
            let upper = powersOfTen(1, 2, 5).first { $0 >= Double(greatest) } ?? Double(greatest)
            let candidates = powersOfTen(1).filter { $0 >= lower && $0 <= upper }
            let values = candidates.count > 2 ? candidates : powersOfTen(1, 2, 5).filter { $0 >= lower && $0 <= upper }
            return Axis(.logarithmic, lower, upper, values.map { ($0, duration($0)) })
        }
        return linear(from: min(0, Double(least)), to: Double(max(greatest, 1)), ticks: 4, label: duration)
    }

    /// In nanoseconds since the beginning; it ends where the last thing happened.
    static func time(to end: Int64) -> Axis {
        let step = step(Double(end) / 6)
        let values = (0...6).map { Double($0) * step }.filter { $0 <= Double(end) }
        let decimals = step >= 1e9 ? 0 : step >= 1e8 ? 1 : step >= 1e7 ? 2 : 3
        return Axis(.linear, 0, Double(max(end, 1)), values.map { ($0, "\(DecimalText($0 / 1e9, decimals)) s") })
    }

    /// Of shares of all tasks, from 0 to below 1: the nearer to 1, the wider. Ticks stand where there is room for them.
    static func percentiles(to end: Double) -> Axis {
        let upper = 1 / (1 - end)
        var ticks: [Tick] = []
        for (value, label) in [
            (0, "0%"), (0.5, "50%"), (0.75, "75%"), (0.9, "90%"), (0.95, "95%"), (0.99, "99%"), (0.999, "99.9%"),
            (0.9999, "99.99%"), (0.99999, "99.999%"),
        ] where value <= end + 1e-9 {
            let share = share(of: 1 / (1 - value), .logarithmic, 1, upper)
            if share - (ticks.last?.share ?? -1) > 0.1 { ticks.append(Tick(share: share, label: label)) }
        }
        return Axis(scale: .logarithmic, ticks: ticks, lower: 1, upper: upper)
    }

    /// On an axis of percentiles.
    func share(ofPercentile value: Double) -> Double { share(of: 1 / (1 - min(value, 1 - 1e-12))) }

    /// The other way round.
    func percentile(atShare share: Double) -> Double { 1 - pow(upper, -share) }

    private init(scale: Scale, ticks: [Tick], lower: Double, upper: Double) {
        self.scale = scale
        self.ticks = ticks
        self.lower = lower
        self.upper = upper
    }

    private init(_ scale: Scale, _ lower: Double, _ upper: Double, _ values: [(value: Double, label: String)]) {
        self.init(
            scale: scale,
            ticks: values.map { Tick(share: Self.share(of: $0.value, scale, lower, upper), label: $0.label) },
            lower: lower, upper: upper)
    }

    /// Both ends are multiples of a round step.
    private static func linear(from least: Double, to greatest: Double, ticks: Double, label: (Double) -> String)
        -> Axis
    {
        let step = step((greatest - least) / ticks)
        let (first, last) = (Int((least / step).rounded(.down)), Int((greatest / step).rounded(.up)))
        let values = (first...max(last, first + 1)).map { Double($0) * step }
        return Axis(.linear, values[0], values[values.count - 1], values.map { ($0, label($0)) })
    }

    /// The next of 1, 2, 5, 10, 20, ...
    private static func step(_ length: Double) -> Double { powersOfTen(1, 2, 5).first { $0 >= length } ?? length }

    private static func powersOfTen(_ factors: Double...) -> [Double] {
        (0...18).flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
    }

    /// `500 µs`, `20 ms`, `1 s`
    private static func duration(_ nanoseconds: Double) -> String {
        let size = abs(nanoseconds)
        if size >= 1e9 {
            return "\(DecimalText(nanoseconds / 1e9, size.truncatingRemainder(dividingBy: 1e9) == 0 ? 0 : 1)) s"
        }
        if size >= 1e6 || size == 0 {
            return "\(DecimalText(nanoseconds / 1e6, size.truncatingRemainder(dividingBy: 1e6) == 0 ? 0 : 1)) ms"
        }
        return size >= 1e3 ? "\(DecimalText(nanoseconds / 1e3, 0)) µs" : "\(DecimalText(nanoseconds, 0)) ns"
    }
}

/// A number in decimals, the same on every machine.
struct DecimalText: Hashable, Sendable, CustomStringConvertible {
    let description: String

    init(_ value: Double, _ decimals: Int) {
        let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
        let scaled = Int((value * Double(unit)).rounded())
        let fraction = String(scaled.magnitude % UInt(unit))
        let zeros = String(repeating: "0", count: max(0, decimals - fraction.utf8.count))
        description =
            (scaled < 0 ? "-" : "") + "\(scaled.magnitude / UInt(unit))" + (decimals > 0 ? ".\(zeros)\(fraction)" : "")
    }
}
