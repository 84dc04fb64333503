import Messages
import NIOCore

/// A party that is to be kept connected: where it is, and when to try next.
final class DialTarget {
    let party: Party
    private(set) var address: SocketAddress
    private var attempts: UInt64 = 0
    private var isTrying = false
    private var wait = TransportLimits.firstRetry
    private var waiting: Scheduled<Void>?

    init(party: Party, address: SocketAddress) {
        self.party = party
        self.address = address
    }

    /// Between two attempts.
    var isWaiting: Bool { waiting != nil }

    func move(to address: SocketAddress) {
        self.address = address
        wait = TransportLimits.firstRetry
    }

    /// - Returns: the attempt's number.
    func beginAttempt() -> UInt64 {
        cancel()
        attempts += 1
        isTrying = true
        return attempts
    }

    /// - Returns: how long to wait before the next attempt; nil when this one has ended already.
    func attemptEnded(_ attempt: UInt64, wasGood: Bool) -> TimeAmount? {
        guard attempt == attempts, isTrying else { return nil }
        isTrying = false
        if wasGood { wait = TransportLimits.firstRetry }
        defer { wait = min(wait * 2, TransportLimits.slowestRetry) }
        return wait
    }

    func waits(_ next: Scheduled<Void>) { waiting = next }

    func cancel() {
        waiting?.cancel()
        waiting = nil
    }
}
