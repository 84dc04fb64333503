import Cluster
import Foundation
import SystemPackage

extension RunOutcome {
    /// What is to be said of an ending other than the planned one, with the last words of those that failed.
    func remarks(in directory: RunDirectory) -> [String] {
        var lines: [String] =
            switch ending {
            case .completed: []
            case .timedOut(let names): ["error: the time was up, and not finished: \(names.joined(separator: ", "))"]
            case .aborted: ["error: the run was given up"]
            case .interrupted where began: ["interrupted: judged by what there is"]
            case .interrupted: ["interrupted before it began: nothing to judge"]
            }
        for failure in failures.prefix(ProgressDisplay.shownFailures) {
            let log = directory.log(of: failure.name)
            lines.append("log of \(failure.name): \(log)")
            lines += Self.lastLines(of: log).map { "  \($0)" }
        }
        let more = failures.count - ProgressDisplay.shownFailures
        if more > 0 { lines.append("and \(more) more; see \(directory.path)/logs") }
        return lines
    }

    private static func lastLines(of log: FilePath) -> [Substring] {
        guard let text = try? String(contentsOfFile: log.string, encoding: .utf8) else { return [] }
        return text.split(whereSeparator: \.isNewline).suffix(5)
    }
}
