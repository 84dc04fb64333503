import Cluster
import SystemPackage

/// Why there is nothing to report of a case.
package enum BenchError: Error, Sendable {
    case runFailed(BenchCase, RunOutcome)
    /// A process has not told what it used.
    case notMeasured(BenchCase)
    case tooFewTasks(BenchCase, Int)
    case noTemporaryDirectory(String, Errno)
}

extension BenchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .runFailed(let bench, let outcome):
            (["\(bench.name): the run ended otherwise than it should (\(outcome.ending))"]
                + outcome.failures.map(\.description)).joined(separator: "\n")
        case .notMeasured(let bench): "\(bench.name): not every process told what it used"
        case .tooFewTasks(let bench, let count):
            "\(bench.name): only \(count) tasks came after the warm-up, and \(BenchRun.leastSamples) are the least "
                + "that can be measured; give more --seconds, or more --tasks"
        case .noTemporaryDirectory(let path, let errno): "\(path): cannot make a temporary directory: \(errno)"
        }
    }
}
