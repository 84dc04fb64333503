import Cryptography
import Messages
import Primitives
import Records
import Staging

/// What a simulation has come to.
package struct SimulatedRun: Sendable {
    /// As a real run leaves them, in memory.
    package var records: RunRecords
    package var ending: Ending
    /// Over every event and every effect of every machine, and every frame's fate: two runs with one audit hash are one run.
    package var audit: Digest
    package var figures: SimulationFigures
    /// Processor time of operators and coordinators alone, from the beginning on.
    package var nodeWork: Duration
    /// How often one of these that had nothing to do took something up.
    package var wakes: UInt64
    /// What came of the topology's timeline, in the order in which it was done.
    package var timeline: [TimelineResult]
    /// What of it does not become due.
    package var unreachable: [TimelineObstacle]

    /// What of the timeline could not even be asked for.
    package var timelineObstacles: [TimelineObstacle] {
        unreachable
            + timeline.compactMap { result in
                guard case .hindered(let reason) = result.fate else { return nil }
                return TimelineObstacle(entry: result.entry, reason: reason)
            }
    }

    package enum Ending: Hashable, Sendable {
        case completed
        /// The names of the coordinators that had not finished.
        case timedOut(waitingFor: [String])
    }
}
