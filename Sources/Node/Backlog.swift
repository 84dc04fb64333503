import Primitives

/// How long events wait for their turn: of one at a time it is remembered when it came, and how many are before it.
package struct Backlog: Sendable {
    /// Less is no wait to speak of.
    package static let leastWait = Heartbeat.leastLateness

    private var since: Instant?
    private var before = 0

    package init() {}

    /// An event has come.
    ///
    /// - Parameter waiting: how many there are now, this one counted.
    package mutating func came(at now: @autoclosure () -> Instant, waiting: Int) {
        guard since == nil else { return }
        since = now()
        before = waiting
    }

    /// The next event is taken up.
    ///
    /// - Returns: how long the one that was remembered had to wait, where that was long.
    package mutating func taken(at now: @autoclosure () -> Instant) -> Duration? {
        guard let came = since else { return nil }
        before -= 1
        guard before <= 0 else { return nil }
        since = nil
        let wait = now() - came
        return wait >= Self.leastWait ? wait : nil
    }
}
