import NIOConcurrencyHelpers
import NIOCore
import Primitives

/// Stops a process as SIGSTOP would: from `pause` to `resume` its event loop's thread does nothing at all. What arrives waits in
/// the system, and so do commands.
///
/// Not by the signal itself: a process that is stopped cannot see its lifeline end, and would be left behind by a parent
/// that is killed. The lifeline's thread goes on, and commands pass through here on it.
package final class PauseGate: Sendable {
    private let eventLoop: any EventLoop
    private let isPaused = ConditionLock(value: false)
    private let resumed: @Sendable (Duration) -> Void

    /// - Parameter resumed: called on the event loop when it goes on, before anything else, with how long it has done
    ///   nothing.
    package init(_ eventLoop: any EventLoop, resumed: @escaping @Sendable (Duration) -> Void = { _ in }) {
        self.eventLoop = eventLoop
        self.resumed = resumed
    }

    /// - Returns: whether the event loop is to hear of it, now or when it goes on.
    package func passes(_ command: ProcessCommand) -> Bool {
        switch command {
        case .pause:
            setPaused(true)
            eventLoop.execute { [isPaused, resumed] in
                let paused = MonotonicClock.now
                isPaused.lock(whenValue: false)
                isPaused.unlock()
                resumed(MonotonicClock.now - paused)
            }
            return false
        case .resume:
            setPaused(false)
            return false
        case .stop:
            setPaused(false)
            return true
        // Whoever asks wants to know how it is doing now.
        case .tellStatus, .tellResult: return !isPaused.value
        case .begin, .ledger, .measure, .submit, .instruct, .forward, .drain, .perturb, .links: return true
        }
    }

    /// The same for so long, unless it is told to go on or to stop before that.
    func pause(for duration: Duration) {
        setPaused(true)
        eventLoop.execute { [isPaused, resumed] in
            let paused = MonotonicClock.now
            if !isPaused.lock(whenValue: false, timeoutSeconds: Double(duration.nanoseconds) / 1e9) { isPaused.lock() }
            isPaused.unlock(withValue: false)
            resumed(MonotonicClock.now - paused)
        }
    }

    private func setPaused(_ value: Bool) {
        isPaused.lock()
        isPaused.unlock(withValue: value)
    }
}
