import Cluster
import Glibc
import Messages
import Node
import Primitives
import Synchronization
import TopologyFormat

/// Tells on standard error how a run goes: lines for what matters, and on a terminal a bar below them.
final class ProgressDisplay: Sendable {
    private let serviceNames: [String]
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
    }

    /// - Parameter topology: with its overrides applied.
    init(_ topology: Topology, showsBar: Bool = Console.isTerminal(STDERR_FILENO)) {
        serviceNames = topology.serviceNames
        let isTimed = topology.services.contains { if case .closed(_, _?) = $0.load.pacing { true } else { false } }
        total = isTimed ? nil : topology.services.map(\.load.tasks).reduce(0, +)
        self.showsBar = showsBar
    }

    func show(_ event: NetworkEvent) {
        state.withLock { state in
            switch event {
            case .began: state.isRunning = true
            case .progress(let service, let count): state.counts[service] = count
            case .stopping: state.isRunning = false
            case .failed: state.failures += 1
            default: break
            }
            var text = state.barIsShown ? "\r\u{1b}[K" : ""
            if let line = line(for: event, failures: state.failures) { text += line + "\n" }
            state.barIsShown = showsBar && state.isRunning
            if state.barIsShown { text += Self.bar(state.counts.values, of: total, width: Console.width(of: 2)) }
            if !text.isEmpty { Console.show(text) }
        }
    }

    private func line(for event: NetworkEvent, failures: Int) -> String? {
        switch event {
        case .starting(let processes): "starting \(processes) processes"
        case .began(let startup): "running, \(Self.milliseconds(startup)) ms after the start"
        case .progress: nil
        case .finished(let service):
            serviceNames.count > 1 ? "every task of \(serviceNames[Int(service.number)]) is closed" : nil
        case .crashed(let name): "\(name) crashed, as its fault says"
        case .restarted(let name): "\(name) is started again"
        case .failed(let failure): failures <= Self.shownFailures ? "error: \(failure)" : nil
        case .stopping(.completed): "every task is closed; stopping"
        case .stopping(.timedOut): "the time is up; stopping"
        case .stopping(.aborted): "giving up; stopping"
        case .stopping(.interrupted): "interrupted; stopping, and once more kills at once"
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
