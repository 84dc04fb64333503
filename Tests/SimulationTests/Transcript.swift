import Foundation
import Primitives
import Simulation
import Testing
import TopologyFormat

/// The approved timeline of one small scenario: a topology, and beside it what its simulation tells.
struct Transcript: CustomTestStringConvertible {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    static let isUpdating = ProcessInfo.processInfo.environment["QUORATE_UPDATE_TRANSCRIPTS"] == "1"

    let name: String

    static let all = names(ofFilesWithExtension: "yaml").map(Transcript.init)

    static func names(ofFilesWithExtension suffix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == suffix }.map { $0.deletingPathExtension().lastPathComponent }.sorted()
    }

    var testDescription: String { name }

    private var url: URL { Self.directory.appending(path: name + ".txt") }

    var approved: String? { try? String(contentsOf: url, encoding: .utf8) }

    func approve(_ text: String) throws { try Data(text.utf8).write(to: url) }

    /// Figures of no machine, which no calibration changes.
    private static let roundCosts: CostModel = {
        var costs = CostModel.none
        (costs.wake, costs.receive, costs.handle) = (.microseconds(20), .microseconds(5), .microseconds(5))
        (costs.send, costs.sign, costs.verify) = (.microseconds(5), .microseconds(20), .microseconds(60))
        (costs.guardWrite, costs.guardSync) = (.microseconds(10), .microseconds(400))
        (costs.apply, costs.commit, costs.transit) = (.microseconds(20), .microseconds(800), .microseconds(10))
        return costs
    }()

    /// Unless its topology says otherwise, work takes no time in it: then what is told is the protocol's doing and the
    /// network's.
    func plan() throws -> SimulationPlan {
        let file = Self.directory.appending(path: name + ".yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let topology = try Topology.parse(text, file: file.path)
        var plan = SimulationPlan(
            topology: topology, seed: topology.seed ?? 0,
            costs: text.contains("# Costs: round") ? Self.roundCosts : .none)
        plan.checksInvariants = true
        return plan
    }

    /// What is different, with the line before it; nil when nothing is.
    func difference(of text: String) -> String? {
        guard let approved else { return "\(name).txt is missing" }
        let (old, new) = (Self.lines(of: approved), Self.lines(of: text))
        let changes = new.difference(from: old)
        guard !changes.isEmpty else { return nil }
        let (removed, inserted) = (Set(changes.removals.map(Self.place)), Set(changes.insertions.map(Self.place)))
        var told: [String] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                told.append("- \(old[left])")
                left += 1
            } else if inserted.contains(right) {
                told.append("+ \(new[right])")
                right += 1
            } else {
                if removed.contains(left + 1) || inserted.contains(right + 1) { told.append("  \(old[left])") }
                (left, right) = (left + 1, right + 1)
            }
        }
        return "\(name).txt:\n" + told.joined(separator: "\n")
    }

    private static func place(_ change: CollectionDifference<String>.Change) -> Int {
        switch change {
        case .remove(let offset, _, _), .insert(let offset, _, _): offset
        }
    }

    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
