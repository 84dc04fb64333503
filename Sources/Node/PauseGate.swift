import NIOConcurrencyHelpers
import NIOCore
import Primitives

/// Stops a node as SIGSTOP would: from `pause` to `resume` its event loop's thread does nothing at all. What arrives waits in
/// the system, and so do commands.
///
/// Not by the signal itself: a process that is stopped cannot see its lifeline end, and would be left behind by a parent
/// that is killed. The lifeline's thread goes on, and commands pass through here on it.
final class PauseGate: Sendable {
    private let eventLoop: any EventLoop
    private let isPaused = ConditionLock(value: false)

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// - Returns: whether the event loop is to hear of it, now or when it goes on.
    func passes(_ command: ProcessCommand) -> Bool {
        switch command {
        case .pause:
            setPaused(true)
            eventLoop.execute { [isPaused] in
                isPaused.lock(whenValue: false)
                isPaused.unlock()
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
        case .begin, .measure, .submit, .instruct, .forward, .drain, .perturb, .links: return true
        }
    }

    /// The same for so long, unless it is told to go on or to stop before that.
    func pause(for duration: Duration) {
        setPaused(true)
        eventLoop.execute { [isPaused] in
            if !isPaused.lock(whenValue: false, timeoutSeconds: Double(duration.nanoseconds) / 1e9) { isPaused.lock() }
            isPaused.unlock(withValue: false)
        }
    }

    private func setPaused(_ value: Bool) {
        isPaused.lock()
        isPaused.unlock(withValue: value)
    }
}
