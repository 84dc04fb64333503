import Messages
import NIOCore

/// Of all statements of a guard file, those that its owner's `SigningGuard` needs, in bounded memory: the newest, and
/// of the older ones the highest of each lane (service, scope, kind), below which nothing is signed any more.
struct RecentStatements {
    private let limit: Int
    private var newest = CircularBuffer<Statement>()
    /// By a vote key of the lane with number 0.
    private var floors: [VoteKey: Statement] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ statement: Statement) {
        newest.append(statement)
        guard newest.count > limit, let oldest = newest.popFirst() else { return }
        var lane = oldest.voteKey
        lane.subject.number = 0
        if let floor = floors[lane], floor.voteKey.subject.number >= oldest.voteKey.subject.number { return }
        floors[lane] = oldest
    }

    /// The floors come first, so that a guard folds them before anything else.
    var all: [Statement] { floors.values.sorted { $0.voteKey < $1.voteKey } + newest }
}
