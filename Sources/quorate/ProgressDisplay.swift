import Cluster
import Faults
import Glibc
import Messages
import Node
import Primitives
import Synchronization
import TopologyFormat

/// Tells on standard error how a run goes: lines for what matters, and on a terminal a bar below them.
final class ProgressDisplay: Sendable {
    private let topology: Topology
    /// Of a live cluster.
    private let cluster: String?
    /// Nil where it is not known before the end.
    private let total: UInt64?
    private let showsBar: Bool
    private let state = Mutex(State())
    /// What ends one process often ends many.
    static let shownFailures = 3

    private struct State {
        var counts: [ServiceID: ProcessReport.TaskCount] = [:]
        var barIsShown = false
        var isRunning = false
        var failures = 0
        var loadIsDone = false
    }

    /// - Parameters:
    ///   - topology: with its overrides applied.
    ///   - cluster: the name of a live cluster, which goes on after its load.
    init(_ topology: Topology, cluster: String? = nil, showsBar: Bool = Console.isTerminal(STDERR_FILENO)) {
        self.topology = topology
        self.cluster = cluster
        let isTimed = topology.services.contains { if case .closed(_, _?) = $0.load.pacing { true } else { false } }
        total = isTimed ? nil : topology.services.map(\.load.tasks).reduce(0, +)
        self.showsBar = showsBar
    }

    func show(_ event: NetworkEvent) {
        state.withLock { state in
            switch event {
            case .began: state.isRunning = true
            case .progress(let service, let count): state.counts[service] = count
            case .draining, .stopping: state.isRunning = false
            case .failed: state.failures += 1
            default: break
            }
            var text = state.barIsShown ? "\r\u{1b}[K" : ""
            let isHidden = if case .failed = event { state.failures > Self.shownFailures } else { false }
            if !isHidden, let line = line(for: event) { text += line + "\n" }
            if let line = endOfLoad(&state) { text += line + "\n" }
            state.barIsShown = showsBar && state.isRunning
            if state.barIsShown { text += Self.bar(state.counts.values, of: total, width: Console.width(of: 2)) }
            if !text.isEmpty { Console.show(text) }
        }
    }

    /// A live cluster goes on when its load is done, and somebody who watches wants to know.
    private func endOfLoad(_ state: inout State) -> String? {
        guard let cluster, let total, state.isRunning, !state.loadIsDone else { return nil }
        guard state.counts.values.reduce(0, { $0 + $1.certified + $1.expired }) >= total else { return nil }
        state.loadIsDone = true
        state.isRunning = false
        return "every task of the load is decided; \(cluster) stays up: Ctrl-C, or quorate down --cluster \(cluster)"
    }

    /// - Returns: nil for what needs no words.
    func line(for event: NetworkEvent) -> String? {
        switch event {
        case .starting(let processes): "starting \(processes) processes"
        case .began(let startup): "running, \(Self.milliseconds(startup)) ms after the start"
        case .progress: nil
        case .finished(let service):
            topology.services.count > 1 ? "every task of \(topology.name(of: service)) is closed" : nil
        case .crashed(let name): "\(name) crashed, as its fault says"
        case .restarted(let name): "\(name) is started again"
        case .failed(let failure): "error: \(failure)"
        case .killed(let name): "\(name) is killed"
        case .paused(let name): "\(name) is paused"
        case .resumed(let name): "\(name) goes on"
        case .injected(let plan): "\(plan.behaviour.rawValue) is injected into \(topology.name(of: plan.party))"
        case .cleared(let names): "the faults of \(names.joined(separator: ", ")) are cleared"
        case .disturbed(let account): account
        case .healed(let account): "healed: \(account)"
        case .hindered(let obstacle): "warning: \(obstacle)"
        case .draining: "draining: nothing more is issued, and every window closes"
        case .stopping(.completed): "every task is closed; stopping"
        case .stopping(.timedOut): "the time is up; stopping"
        case .stopping(.aborted): "giving up; stopping"
        case .stopping(.interrupted):
            "interrupted; stopping" + (cluster == nil ? ", and once more kills at once" : "")
        case .unreadable(let name, let line): "warning: \(name) wrote a line that means nothing: \(line.prefix(120))"
        }
    }

    /// `[##########----------]  512/1000 tasks, 510 certified, 0 expired`
    static func bar(_ counts: some Sequence<ProcessReport.TaskCount>, of total: UInt64?, width: Int) -> String {
        var sum = ProcessReport.TaskCount()
        for count in counts {
            sum.issued += count.issued
            sum.certified += count.certified
            sum.expired += count.expired
        }
        let issued = total.map { "\(sum.issued)/\($0)" } ?? "\(sum.issued)"
        let text = " \(issued) tasks, \(sum.certified) certified, \(sum.expired) expired"
        let room = min(40, width - text.count - 3)
        guard let total, room >= 5 else { return String(text.dropFirst().prefix(max(0, width - 1))) }
        let closed = min(sum.certified + sum.expired, total)
        let filled = total == 0 ? 0 : Int(Double(room) * Double(closed) / Double(total))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled) + "]" + text
    }

    private static func milliseconds(_ duration: Duration) -> Int { Int(duration.inMilliseconds.rounded()) }
}
