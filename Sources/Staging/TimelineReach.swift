import Messages
import Primitives
import TopologyFormat

/// How much of one entry of a timeline can come about in a run whose load comes to an end.
struct TimelineReach {
    /// How often it becomes due.
    var times: UInt64
    /// Why not as often as it says; nil where it does.
    var limit: String?
    /// From the beginning of the run to the last time, where that does not wait for a task.
    var wait = Duration.zero

    /// So long after its beginning a run still waits for an epoch or a moment, if its load is no longer.
    static let longestWait = Duration.seconds(3_600)

    /// All of it.
    init(of plan: TimelinePlan) { times = plan.repetition?.times ?? 1 }

    /// - Parameter topology: with its overrides applied.
    static func reaches(of topology: Topology) -> [TimelineReach] {
        var reaches = topology.timeline.map { TimelineReach(of: $0) }
        for (place, plan) in topology.timeline.enumerated() {
            guard case .task(let service, _) = plan.at else { continue }
            let tasks = topology.services[Int(service.number)].load.tasks
            reaches[place].cut("\(topology.name(of: service)) has \(tasks) tasks") { repetition in
                plan.task(of: repetition)! < tasks
            }
        }
        let skipped = zip(topology.timeline, reaches).reduce(UInt64(0)) { sum, pair in
            guard case .forward(let epochs) = pair.0.act else { return sum }
            return sum + epochs * pair.1.times
        }
        let longest = max(longestWait, topology.lengthOfLoad ?? .zero)
        for (place, plan) in topology.timeline.enumerated() {
            reaches[place].cut("that is more than an hour after the run's beginning") { repetition in
                plan.wait(for: repetition, skipping: skipped, topology.ledger) <= longest
            }
            guard let last = reaches[place].last else { continue }
            reaches[place].wait = plan.wait(for: last, skipping: skipped, topology.ledger)
        }
        return reaches
    }

    private var last: UInt64? { times > 0 ? times - 1 : nil }

    /// - Parameter isReached: of a repetition; of none after one that is not.
    private mutating func cut(_ reason: String, where isReached: (UInt64) -> Bool) {
        let reached = (0..<times).partitioningIndex { !isReached($0) }
        guard reached < times else { return }
        limit = reached == 0 ? "never due: \(reason)" : "due \(reached) of \(times) times: \(reason)"
        times = reached
    }
}

extension TimelinePlan {
    /// From the first time, in what its moment is counted in: epochs, tasks or nanoseconds.
    func delay(of repetition: UInt64) -> UInt64 { repetition * (self.repetition?.every ?? 0) }

    fileprivate func task(of repetition: UInt64) -> UInt64? {
        guard case .task(_, let first) = at else { return nil }
        return first.number + delay(of: repetition)
    }

    /// From the beginning, for what does not wait for a task.
    ///
    /// - Parameter skipped: epochs that the clock is moved over.
    fileprivate func wait(for repetition: UInt64, skipping skipped: UInt64, _ ledger: LedgerPlan) -> Duration {
        switch at {
        case .task: .zero
        case .after(let wait): wait + .nanoseconds(Int64(delay(of: repetition)))
        case .epoch(let first):
            ledger.slotDuration
                * (Double(max(first.number + delay(of: repetition), skipped) - skipped)
                    * Double(ledger.slotsPerEpoch))
        }
    }
}

extension Range<UInt64> {
    /// The first of which `isBeyond` holds, where it does of all after one of which it does; else the upper bound.
    fileprivate func partitioningIndex(where isBeyond: (UInt64) -> Bool) -> UInt64 {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if isBeyond(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
