import Synchronization

/// Where whoever takes orders from outside meets the network that carries them out: each order gets a ticket, and its
/// answers come back by it.
package final class OrderDesk: Sendable {
    typealias Placed = (order: NetworkOrder, ticket: UInt64)

    let placed: AsyncStream<Placed>
    private let feed: AsyncStream<Placed>.Continuation
    private let state = Mutex(State())

    private struct State {
        var lastTicket: UInt64 = 0
        var answers: [UInt64: AsyncStream<NetworkAnswer>.Continuation] = [:]
        var isClosed = false
    }

    package init() { (placed, feed) = AsyncStream.makeStream() }

    /// - Returns: its answers, to the last one; none once the network is gone.
    package func place(_ order: NetworkOrder) -> AsyncStream<NetworkAnswer> {
        let (answers, inbox) = AsyncStream<NetworkAnswer>.makeStream()
        let ticket = state.withLock { state -> UInt64? in
            guard !state.isClosed else { return nil }
            state.lastTicket += 1
            state.answers[state.lastTicket] = inbox
            return state.lastTicket
        }
        guard let ticket else {
            inbox.finish()
            return answers
        }
        // Whoever has asked may be gone before the answer comes.
        inbox.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.answers.removeValue(forKey: ticket) } }
        feed.yield((order, ticket))
        return answers
    }

    func answer(_ answer: NetworkAnswer, to ticket: UInt64) {
        let inbox = state.withLock { answer.isLast ? $0.answers.removeValue(forKey: ticket) : $0.answers[ticket] }
        inbox?.yield(answer)
        if answer.isLast { inbox?.finish() }
    }

    /// The network is gone: nobody answers any more.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.answers = [:] }
            return Array(state.answers.values)
        }
        for inbox in waiting { inbox.finish() }
        feed.finish()
    }
}
