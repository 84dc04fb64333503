import Faults
import Messages
import Node
import Primitives
import Records
import Staging
import SystemPackage

/// How the processes of a run came to their end; what they did is in their records.
package struct RunOutcome: Hashable, Sendable {
    package var ending: Ending
    /// In the order in which they were noticed.
    package var failures: [ChildFailure]
    /// From the launch of the first process to the beginning; nil when the run never began.
    package var startup: Duration?
    /// In the order of the first word of each.
    package var usages: [NodeUsage]
    /// What its files took while it was measured.
    package var files: [FileUsage] = []
    /// What came of the topology's timeline, in the order in which it was done.
    package var timeline: [TimelineResult]
    /// What the run has left; nil in what an earlier version has left.
    package var inventory: RunInventory?
    /// Of a simulated run, which has no processes.
    package var simulation: SimulationAccount?

    package init(
        ending: Ending, failures: [ChildFailure], startup: Duration?, usages: [NodeUsage] = [],
        timeline: [TimelineResult] = [], simulation: SimulationAccount? = nil
    ) {
        self.ending = ending
        self.failures = failures
        self.startup = startup
        self.usages = usages
        self.timeline = timeline
        self.simulation = simulation
    }

    package enum Ending: Hashable, Sendable {
        /// Every coordinator finished.
        case completed
        case timedOut(waitingFor: [String])
        /// A process failed; see `failures`.
        case aborted
        case interrupted
    }

    /// Whether there is anything to judge.
    package var began: Bool { startup != nil }
}

/// A process that came to an end that nobody had ordered, or to none although it was ordered.
package struct ChildFailure: Hashable, Sendable {
    package var name: String
    package var stage: Stage
    package var kind: Kind
    /// What it said itself, by `failed`.
    package var account: String?

    package init(name: String, stage: Stage, kind: Kind, account: String? = nil) {
        self.name = name
        self.stage = stage
        self.kind = kind
        self.account = account
    }

    package enum Stage: String, Hashable, Sendable {
        case starting = "at start"
        case running = "in the run"
        case stopping = "when it was stopped"
    }

    package enum Kind: Hashable, Sendable {
        case ended(ChildEnding)
        /// Killed in the end.
        case hung(after: Duration)
    }

    /// Whether the process says itself that what it was given cannot be: a full disk, a port, a corrupt guard.
    package var isBadInput: Bool { account != nil || isMissing }

    private var isMissing: Bool { if case .ended(.neverStarted) = kind { true } else { false } }
}

extension ChildFailure: CustomStringConvertible {
    package var description: String {
        let what =
            switch kind {
            case .ended(let ending): "\(ending) \(stage.rawValue)"
            case .hung(let patience): "gave no answer \(stage.rawValue) for \(patience) and was killed"
            }
        return account.map { "\(name) \(what): \($0)" } ?? "\(name) \(what)"
    }
}

/// What a run tells while it goes on.
package enum NetworkEvent: Hashable, Sendable {
    case starting(processes: Int)
    case began(startup: Duration)
    case progress(ServiceID, ProcessReport.TaskCount)
    case finished(ServiceID)
    /// As its fault says.
    case crashed(String)
    case restarted(String)
    case failed(ChildFailure)
    /// By order.
    case killed(String)
    case paused(String)
    case resumed(String)
    case injected(FaultPlan)
    case cleared([String])
    /// A partition has begun, or links are slow.
    case disturbed(String)
    case healed(String)
    /// An entry of the timeline came to nothing.
    case hindered(TimelineObstacle)
    /// Nothing more is issued, and windows close.
    case draining
    case stopping(RunOutcome.Ending)
    /// A line that a process has no business to write.
    case unreadable(String, line: String)
}
