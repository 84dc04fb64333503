import Messages
import Primitives
import TopologyFormat

/// Says which entries of a timeline have become due. Pure: whoever carries a run out tells it how far the run has come.
///
/// What becomes due at once comes in the order of the file, a repetition after the one before it.
package struct TimelineSchedule: Sendable {
    /// One thing that is to be done now.
    package struct Order: Hashable, Sendable {
        /// Of the timeline.
        package var entry: Int
        package var act: TimelinePlan.Act
    }

    private let plans: [TimelinePlan]
    /// By entry: how often it becomes due in all.
    private let times: [UInt64]
    /// What does not become due however long one waits, and why.
    package let unreachable: [TimelineObstacle]
    /// By entry: how often it has been due.
    private var done: [UInt64]
    private var elapsed: Duration?
    private var epoch = Epoch(0)
    /// By AVS: how many tasks have been issued.
    private var issued: [ServiceID: UInt64] = [:]

    package init(_ plans: [TimelinePlan]) { self.init(plans, reach: plans.map { TimelineReach(of: $0) }) }

    /// That of a run whose load comes to an end.
    ///
    /// - Parameter topology: with its overrides applied.
    package init(of topology: Topology) {
        self.init(topology.timeline, reach: TimelineReach.reaches(of: topology))
    }

    private init(_ plans: [TimelinePlan], reach: [TimelineReach]) {
        self.plans = plans
        times = reach.map(\.times)
        unreachable = reach.enumerated().compactMap { entry, reach in
            reach.limit.map { TimelineObstacle(entry: entry, reason: $0) }
        }
        done = plans.map { _ in 0 }
    }

    /// The run has begun, or so much time has passed since.
    package mutating func passed(_ duration: Duration) -> [Order] {
        elapsed = max(elapsed ?? .zero, duration)
        return due()
    }

    package mutating func opened(_ epoch: Epoch) -> [Order] {
        self.epoch = max(self.epoch, epoch)
        return due()
    }

    /// - Parameter count: of all tasks of the AVS so far.
    package mutating func issued(_ count: UInt64, of service: ServiceID) -> [Order] {
        issued[service] = max(issued[service, default: 0], count)
        return due()
    }

    /// Whether everything has been due.
    package var isDone: Bool { plans.indices.allSatisfy { pending($0) == nil } }

    /// When, from the beginning, something becomes due next by time alone; nil: nothing does.
    package var nextDelay: Duration? {
        plans.indices.compactMap { place -> Duration? in
            guard case .after(let delay) = plans[place].at, let repetition = pending(place) else { return nil }
            return delay + .nanoseconds(Int64(plans[place].delay(of: repetition)))
        }.min()
    }

    private mutating func due() -> [Order] {
        guard elapsed != nil else { return [] }
        var orders: [Order] = []
        for place in plans.indices {
            while let repetition = pending(place), isDue(place, repetition) {
                done[place] += 1
                orders.append(Order(entry: place, act: plans[place].act))
            }
        }
        return orders
    }

    /// Which repetition comes next; nil when it is done.
    private func pending(_ place: Int) -> UInt64? {
        done[place] < times[place] ? done[place] : nil
    }

    private func isDue(_ place: Int, _ repetition: UInt64) -> Bool {
        let later = plans[place].delay(of: repetition)
        return switch plans[place].at {
        case .epoch(let first): epoch >= first.advanced(by: later)
        case .task(let service, let first): issued[service, default: 0] > first.number + later
        case .after(let delay): elapsed! >= delay + .nanoseconds(Int64(later))
        }
    }
}
