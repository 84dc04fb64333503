import Messages
import Primitives

/// A line that a node process writes to its standard output.
package enum ChildLine: Hashable, Sendable {
    /// The ledger takes connections on this port of the loopback interface.
    case listening(port: UInt16)
    case ready
    case progress(TaskProgress)
    /// A coordinator has issued and settled all its tasks.
    case finished
    case stopped
    /// It will exit with status 2.
    case failed(String)

    /// - Returns: nil when the line is none of these.
    package static func parse(_ text: String) -> ChildLine? {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = words.count > 1 ? String(words[1]) : ""
        switch words[0] {
        case "listening": return UInt16(rest).map { .listening(port: $0) }
        case "ready": return .ready
        case "progress":
            let numbers = rest.split(separator: " ").map { UInt64($0) }
            guard numbers.count == 3, let issued = numbers[0], let certified = numbers[1], let expired = numbers[2]
            else { return nil }
            return .progress(TaskProgress(issued: issued, certified: certified, expired: expired))
        case "finished": return .finished
        case "stopped": return .stopped
        case "failed": return .failed(rest)
        default: return nil
        }
    }
}

/// How far a coordinator has come.
package struct TaskProgress: Hashable, Sendable {
    package var issued: UInt64
    package var certified: UInt64
    package var expired: UInt64

    package init(issued: UInt64, certified: UInt64, expired: UInt64) {
        self.issued = issued
        self.certified = certified
        self.expired = expired
    }
}

/// A line that a node process reads from its standard input, whose end tells it that its parent is gone.
package enum ChildCommand: Hashable, Sendable {
    /// The run's time counts from this reading of the monotonic clock.
    case begin(Instant)
    case stop

    package var line: String {
        switch self {
        case .begin(let instant): "begin \(instant.nanoseconds)"
        case .stop: "stop"
        }
    }
}

/// How a node process came to its end.
package enum ChildEnding: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// There was no process.
    case neverStarted(String)
}

extension ChildEnding: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exited(let status): "exited with status \(status)"
        case .signalled(let signal): "was killed by signal \(signal)"
        case .neverStarted(let reason): "could not be started: \(reason)"
        }
    }
}
