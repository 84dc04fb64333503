import Messages
import Primitives

/// Which lines of a timeline are wanted. Without any wish: all that the story needs.
package struct TraceFilter: Hashable, Sendable {
    /// What these do, send and are sent; nil: everybody.
    package var parties: Set<Party>?
    /// By number, whatever the AVS. What is about no task (a crash, a partition, an epoch) stays; nil: all.
    package var tasks: ClosedRange<TaskSequence>?
    /// From the beginning of the run.
    package var from: Duration?
    package var until: Duration?
    /// Also what only who mends a machine asks for: every event and effect, wakes, checks, signatures and greetings.
    package var isEverything: Bool

    package init(
        parties: Set<Party>? = nil, tasks: ClosedRange<TaskSequence>? = nil, from: Duration? = nil,
        until: Duration? = nil, isEverything: Bool = false
    ) {
        self.parties = parties
        self.tasks = tasks
        self.from = from
        self.until = until
        self.isEverything = isEverything
    }

    func wants(_ party: Party) -> Bool { parties?.contains(party) ?? true }

    func wants(about subjects: [Subject]) -> Bool {
        guard let tasks, !subjects.isEmpty else { return true }
        return subjects.contains { tasks.contains(TaskSequence($0.number)) }
    }

    /// A summary that is about other tasks too, without them.
    func wanted(of frame: Frame) -> Frame {
        guard tasks != nil, case .summary(let summary) = frame else { return frame }
        let entries = summary.entries.filter { wants(about: [$0.voteKey.subject]) }
        return entries.isEmpty ? frame : .summary(VoteSummary(entries: entries))
    }

    func wants(at time: Duration) -> Bool { from.map { time >= $0 } ?? true && until.map { time <= $0 } ?? true }
}
