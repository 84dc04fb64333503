import Primitives
import Simulation

/// What calibration has measured, again and again.
package struct CostSamples: Hashable, Sendable {
    private var samples: [CostItem: [Duration]] = [:]

    package init() {}

    package mutating func add(_ duration: Duration, to item: CostItem) { samples[item, default: []].append(duration) }

    package func count(of item: CostItem) -> Int { samples[item]?.count ?? 0 }

    /// The middle one and what the middle half lies between; nil where nothing was measured.
    package func spread(of item: CostItem) -> Spread? {
        guard let values = samples[item]?.sorted(), !values.isEmpty else { return nil }
        return Spread(
            median: values[values.count / 2], lowerQuartile: values[values.count / 4],
            upperQuartile: values[min(values.count - 1, values.count * 3 / 4)])
    }

    package struct Spread: Hashable, Sendable {
        package var median: Duration
        package var lowerQuartile: Duration
        package var upperQuartile: Duration
    }

    /// The medians.
    package var costs: CostModel {
        var costs = CostModel.none
        for item in CostItem.allCases { costs[item] = spread(of: item)?.median ?? .zero }
        return costs
    }
}

extension CostSamples {
    /// `12.3`
    package static func microseconds(_ duration: Duration) -> String {
        BenchTable.decimal(duration.inMicroseconds, places: 1)
    }
}
