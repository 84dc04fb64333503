import Messages
import Primitives

/// What keeps an operator honest across crashes: every statement it has ever decided to sign, by vote key.
///
/// This is the deciding half. The driver keeps the durable half, a checksummed append-only file, and hands its
/// content back at start. In memory there are digests: an operator decides on many tasks, and keeps them for long.
package struct SigningGuard: Sendable {
    /// All vote keys that differ in their number alone.
    private struct Lane: Hashable { let network: Digest; let service: ServiceID; let scope: UInt64; let kind: VoteKind }

    /// What is recorded of one lane.
    private struct Book: Sendable {
        var recorded: [UInt64: Digest] = [:]
        /// Nothing up to it is signed any more.
        var floor: UInt64?
    }

    /// Entries in memory; older ones are folded into a floor below which nothing is signed any more.
    private let capacity: Int
    private var lanes: [Lane: Int] = [:]
    private var books: [Book] = []
    private var order: [(book: UInt32, number: UInt64)] = []
    private var oldest = 0

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

    package var count: Int { order.count - oldest }

    package func answer(for statement: Statement) -> Answer {
        guard let place = lanes[lane(statement.voteKey)] else { return .free }
        let number = statement.voteKey.subject.number
        if let known = books[place].recorded[number] {
            return known == statement.digest ? .recordedAlready : .conflicts
        }
        return books[place].floor.map { number <= $0 } ?? false ? .tooOld : .free
    }

    /// Only what `answer` called free.
    package mutating func record(_ statement: Statement) {
        let (lane, number) = (lane(statement.voteKey), statement.voteKey.subject.number)
        let place = lanes[lane] ?? books.endIndex
        if place == books.endIndex {
            lanes[lane] = place
            books.append(Book())
        }
        let earlier = books[place].recorded.updateValue(statement.digest, forKey: number)
        precondition(earlier == nil, "a vote key is recorded once")
        order.append((UInt32(place), number))
        while count > capacity { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let (place, number) = (Int(order[oldest].book), order[oldest].number)
        oldest += 1
        books[place].recorded[number] = nil
        books[place].floor = max(books[place].floor ?? 0, number)
        if oldest > capacity {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    private func lane(_ key: VoteKey) -> Lane {
        Lane(network: key.network, service: key.service, scope: key.subject.scope, kind: key.kind)
    }
}
