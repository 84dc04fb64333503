import Messages
import Primitives

/// What came of an entry of a timeline, one of the times that it was due.
package struct TimelineResult: Hashable, Sendable {
    /// Of the timeline.
    package var entry: Int
    package var fate: Fate

    package init(entry: Int, fate: Fate) {
        self.entry = entry
        self.fate = fate
    }

    package enum Fate: Hashable, Sendable {
        /// The ledger's receipts, in their order; none where the clock was moved on, which nobody instructs.
        case carriedOut([Receipt])
        /// There was nothing to ask the ledger for, and why.
        case hindered(String)
    }

    /// Where something was asked for that was not done, or nothing could be asked for.
    package var obstacle: TimelineObstacle? {
        switch fate {
        case .hindered(let reason): return TimelineObstacle(entry: entry, reason: reason)
        case .carriedOut(let answers):
            guard answers.contains(where: { $0.outcome != .applied }) else { return nil }
            return TimelineObstacle(entry: entry, reason: answers.map { "\($0.outcome)" }.joined(separator: ", "))
        }
    }
}
