import Messages
import Primitives

/// What keeps an operator honest across crashes: every statement it has ever decided to sign, by vote key.
///
/// This is the deciding half. The driver keeps the durable half, a checksummed append-only file, and hands its
/// content back at start.
package struct SigningGuard: Sendable {
    private struct Lane: Hashable { let service: ServiceID; let scope: UInt64; let kind: VoteKind }

    /// Entries in memory; older ones are folded into a floor below which nothing is signed any more.
    private let capacity: Int
    private var recorded: [VoteKey: Statement] = [:]
    private var order: [VoteKey] = []
    private var oldest = 0
    private var floors: [Lane: UInt64] = [:]

    package enum Answer: Hashable, Sendable {
        /// Nothing stands against it: record it, then sign.
        case free
        /// The very same statement is recorded: it may be signed and sent again.
        case recordedAlready
        /// Another statement is recorded for this vote key: signing would be equivocation.
        case conflicts
        /// So old that its record is no longer in memory.
        case tooOld
    }

    package init(capacity: Int = 200_000) {
        precondition(capacity > 0, "a guard remembers something")
        self.capacity = capacity
    }

    package var count: Int { recorded.count }

    package func answer(for statement: Statement) -> Answer {
        if let known = recorded[statement.voteKey] { return known == statement ? .recordedAlready : .conflicts }
        if let floor = floors[lane(statement.voteKey)], statement.voteKey.subject.number <= floor { return .tooOld }
        return .free
    }

    /// Only what `answer` called free.
    package mutating func record(_ statement: Statement) {
        precondition(recorded[statement.voteKey] == nil, "a vote key is recorded once")
        recorded[statement.voteKey] = statement
        order.append(statement.voteKey)
        while recorded.count > capacity { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let key = order[oldest]
        oldest += 1
        recorded[key] = nil
        floors[lane(key)] = max(floors[lane(key)] ?? 0, key.subject.number)
        if oldest > capacity {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    private func lane(_ key: VoteKey) -> Lane {
        Lane(service: key.service, scope: key.subject.scope, kind: key.kind)
    }
}
