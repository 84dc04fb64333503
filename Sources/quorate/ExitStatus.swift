import ArgumentParser
import Cluster

/// What `quorate` ends with.
enum ExitStatus: Int32 {
    case asExpected = 0
    case notAsExpected = 1
    case badInput = 2
    case notJudged = 3
    case interrupted = 130

    /// - Parameter judged: the judgement's own status; nil when there was nothing to judge.
    static func of(_ outcome: RunOutcome, judged: Int32?) -> ExitCode {
        switch outcome.ending {
        case .interrupted: return ExitCode(interrupted.rawValue)
        // What did not run to its end can be found wanting, but not found good.
        case .aborted where judged == notAsExpected.rawValue, .timedOut where judged == notAsExpected.rawValue:
            return ExitCode(notAsExpected.rawValue)
        case .aborted where outcome.failures.contains(where: \.isBadInput): return ExitCode(badInput.rawValue)
        case .aborted, .timedOut: return ExitCode(notJudged.rawValue)
        case .completed: return ExitCode(judged ?? notJudged.rawValue)
        }
    }
}
