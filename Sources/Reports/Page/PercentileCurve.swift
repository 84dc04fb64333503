import Messages
import Primitives
import Verdicts

/// The latency that a share of one AVS's tasks does not exceed, for every share that the tasks carry: at least ten lie
/// beyond it.
struct PercentileCurve: Hashable {
    struct Point: Hashable {
        /// Of all tasks, from 0 to below 1.
        var share: Double
        var latency: Int64
    }

    let service: String
    /// From left to right, up to the greatest share that is carried, or to the first that had no quorum.
    let points: [Point]
    /// Of those, the ones that have a name.
    let named: [Point]
    /// Where the tasks begin that had no quorum, if that is a share which is carried.
    let infiniteFrom: Double?
    /// Of all tasks: more is not carried.
    let end: Double

    /// - Returns: nil with too few tasks for the middle one, or without any that had a quorum.
    init?(_ latency: QuorumLatency, of service: String, steps: Int = 160) {
        guard latency.count >= Percentile.p50.samplesNeeded, latency.infinite < latency.count else { return nil }
        self.service = service
        let count = Double(latency.count)
        end = 1 - 10 / count
        named = Percentile.allCases.filter { $0 != .max }.compactMap { percentile in
            guard case .measured(let duration) = latency.reading(percentile) else { return nil }
            return Point(share: Double(percentile.perMille) / 1000, latency: duration.nanoseconds)
        }
        let axis = Axis.percentiles(to: end)
        let between = (0...steps).compactMap { step -> Point? in
            let share = axis.percentile(atShare: Double(step) / Double(steps))
            let rank = min(latency.count, max(1, UInt64((share * count).rounded(.up))))
            return latency.latency(ofRank: rank).map { Point(share: share, latency: $0.nanoseconds) }
        }
        let certified = latency.count - latency.infinite
        let share = Double(certified) / count
        infiniteFrom = share < end ? share : nil
        let slowest = infiniteFrom.flatMap { from in
            latency.latency(ofRank: certified).map { Point(share: from, latency: $0.nanoseconds) }
        }
        points = (named + between + [slowest].compactMap(\.self)).sorted {
            ($0.share, $0.latency) < ($1.share, $1.latency)
        }
    }
}
