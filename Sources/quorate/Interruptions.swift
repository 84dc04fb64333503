import Synchronization

/// Somebody's wish that it end, told to several networks: each hears of it, and so does one that begins later.
final class Interruptions: Sendable {
    private struct State {
        var count = 0
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var haveCome: Bool { state.withLock { $0.count > 0 } }

    func arrive() {
        state.withLock { state in
            state.count += 1
            for listener in state.listeners { listener.yield() }
        }
    }

    /// For one network.
    func stream() -> AsyncStream<Void> {
        let (arrivals, feed) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            for _ in 0..<state.count { feed.yield() }
            state.listeners.append(feed)
        }
        return arrivals
    }
}
