import Synchronization

/// How a cluster comes to its end, for all who wait for it: a few words on the way, then the verdict.
package final class ClusterEnding: Sendable {
    package enum Step: Sendable {
        case told(String)
        case over(Verdict)
    }

    package struct Verdict: Sendable {
        /// Empty when there was nothing to judge.
        package var plain: String
        package var coloured: String
        package var json: String
        package var status: Int32

        package init(plain: String, coloured: String, json: String, status: Int32) {
            self.plain = plain
            self.coloured = coloured
            self.json = json
            self.status = status
        }

        func text(_ form: SummaryForm) -> String {
            switch form {
            case .plain: plain
            case .coloured: coloured
            case .json: json
            }
        }
    }

    private let state = Mutex(State())

    private struct State {
        var verdict: Verdict?
        var last = 0
        var followers: [Int: AsyncStream<Step>.Continuation] = [:]
    }

    package init() {}

    /// From now on; of an end that has come, the verdict.
    func follow() -> AsyncStream<Step> {
        let (steps, feed) = AsyncStream<Step>.makeStream()
        let place = state.withLock { state -> Int in
            if let verdict = state.verdict {
                feed.yield(.over(verdict))
                feed.finish()
            }
            state.last += 1
            state.followers[state.last] = feed
            return state.last
        }
        feed.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.followers.removeValue(forKey: place) } }
        return steps
    }

    package func tell(_ line: String) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers { follower.yield(.told(line)) }
    }

    package func conclude(_ verdict: Verdict) {
        let followers = state.withLock { state in
            state.verdict = verdict
            return Array(state.followers.values)
        }
        for follower in followers {
            follower.yield(.over(verdict))
            follower.finish()
        }
    }
}
