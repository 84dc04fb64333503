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
    static func of(_ outcome: RunOutcome, judged: Int32?) -> ExitStatus {
        switch outcome.ending {
        case .interrupted: return .interrupted
        // What did not run to its end can be found wanting, but not found good.
        case .aborted where judged == notAsExpected.rawValue, .timedOut where judged == notAsExpected.rawValue:
            return .notAsExpected
        case .aborted where outcome.failures.contains(where: \.isBadInput): return .badInput
        case .aborted, .timedOut: return .notJudged
        case .completed: return judged.flatMap(ExitStatus.init) ?? .notJudged
        }
    }

    /// To be thrown.
    var code: ExitCode { ExitCode(rawValue) }
}
