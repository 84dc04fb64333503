import NIOCore
import Primitives

/// Looks, a few times a second, how much later than it was due something comes to its turn on an event loop. What is late by
/// more than a moment tells of a process, or a whole machine, that stood still: no machine sees that of itself, and verdicts
/// that count seconds must know.
package final class Heartbeat {
    private static let interval = TimeAmount.milliseconds(200)
    /// Above what one turn takes. Several of these, one behind the other, make a vote late.
    package static let leastLateness = Duration.milliseconds(50)

    private let eventLoop: any EventLoop
    private let now: () -> NIODeadline
    private var next: Scheduled<Void>?
    private var isStopped = false

    /// - Parameter now: what the loop's own clock says, unless a test says something else.
    package init(eventLoop: any EventLoop, now: (() -> NIODeadline)? = nil) {
        self.eventLoop = eventLoop
        self.now = now ?? { eventLoop.now }
    }

    /// - Parameter onStall: is told by how much it was late.
    package func start(onStall: @escaping (Duration) -> Void) {
        guard !isStopped else { return }
        let due = eventLoop.now + Self.interval
        next = eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self, now] in
            let late = Duration.nanoseconds((now() - due).nanoseconds)
            if late >= Self.leastLateness { onStall(late) }
            self?.start(onStall: onStall)
        }
    }

    package func stop() {
        isStopped = true
        next?.cancel()
    }
}
