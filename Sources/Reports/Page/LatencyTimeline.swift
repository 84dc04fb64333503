import Messages
import Primitives
import Verdicts

/// The quorum latency of one AVS's tasks over time, as much of it as a plot can carry: every task, or columns of equal
/// time with the quickest, the middle and the slowest of their tasks. No task is left out of either.
struct LatencyTimeline {
    enum Detail: Hashable {
        case everyTask
        /// So many columns, of equal time.
        case columns(Int)

        /// So many dots one plot carries, and a page.
        static let pointLimit = 4000
        static let pointLimitOfAll = 12_000

        /// For each AVS, by how many tasks it has: all alike, for they are looked at together. Columns have at least
        /// some eight tasks each, or they would not say more than dots.
        static func each(of counts: [Int]) -> [Detail] {
            let isSmall = counts.allSatisfy { $0 <= pointLimit } && counts.reduce(0, +) <= pointLimitOfAll
            let most = counts.count > 8 ? 120 : 240
            return counts.map { isSmall ? .everyTask : .columns(max(12, min(most, $0 / 8))) }
        }
    }

    /// From a task's issue; nanoseconds.
    struct Point: Hashable {
        var share: Double
        var latency: Int64
    }

    /// The tasks that were due in a part of the time.
    struct Column: Hashable {
        var shares: ClosedRange<Double>
        /// Of those with a quorum; nil without any.
        var least: Int64?
        var greatest: Int64?
        /// Nil where half of them or more had none.
        var middle: Int64?
        var count: Int
        var withoutQuorum: Int
    }

    enum Shape {
        case everyTask([Point])
        case columns([Column])
    }

    let shape: Shape
    /// When the tasks were due that had no quorum by their deadline; empty in columns, which count them.
    let withoutQuorum: [Double]
    /// The same of those that were open when the run ended.
    let open: [Double]
    init(_ tasks: [RunHistory.IssuedTask], on timeline: RunTimeline, _ detail: Detail) {
        let closed = tasks.filter { !$0.isOpen }
        open = Self.apart(tasks.filter(\.isOpen).map { timeline.share(of: $0.task.issued) })
        let points = closed.filter(\.certifiedInTime).map {
            Point(share: timeline.share(of: $0.task.issued), latency: ($0.quorumLatency ?? .zero).nanoseconds)
        }
        let missed = closed.filter { !$0.certifiedInTime }.map { timeline.share(of: $0.task.issued) }
        switch detail {
        case .everyTask:
            shape = .everyTask(points)
            withoutQuorum = missed
        case .columns(let count):
            shape = .columns(Self.columns(count, points, missed))
            withoutQuorum = []
        }
    }

    /// Those without any task are left out.
    private static func columns(_ count: Int, _ points: [Point], _ missed: [Double]) -> [Column] {
        func place(of share: Double) -> Int { min(count - 1, Int(share * Double(count))) }
        var latencies: [[Int64]] = Array(repeating: [], count: count)
        var without = Array(repeating: 0, count: count)
        for point in points { latencies[place(of: point.share)].append(point.latency) }
        for share in missed { without[place(of: share)] += 1 }
        return (0..<count).compactMap { place in
            let (sorted, missed) = (latencies[place].sorted(), without[place])
            let tasks = sorted.count + missed
            guard tasks > 0 else { return nil }
            let middle = (tasks - 1) / 2
            return Column(
                shares: Double(place) / Double(count)...Double(place + 1) / Double(count), least: sorted.first,
                greatest: sorted.last, middle: middle < sorted.count ? sorted[middle] : nil, count: tasks,
                withoutQuorum: missed)
        }
    }

    /// As many of them, ascending, as can be told apart.
    private static func apart(_ shares: [Double]) -> [Double] {
        var apart: [Double] = []
        for share in shares.sorted() where share - (apart.last ?? -1) > 0.001 { apart.append(share) }
        return apart
    }
}
