import Messages
import NIOCore

/// Of all entries of a guard file, those that its owner needs, in bounded memory: the newest, and of the older ones the
/// highest statement of each lane (service, scope, kind), below which nothing is signed any more, and the highest task.
struct RecentEntries {
    private let limit: Int
    private var newest = CircularBuffer<GuardEntry>()
    /// By a vote key of the lane with number 0.
    private var floors: [VoteKey: (entry: GuardEntry, number: UInt64)] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ entry: GuardEntry) {
        newest.append(entry)
        guard newest.count > limit, let oldest = newest.popFirst(), let key = oldest.voteKey else { return }
        var lane = key
        lane.subject.number = 0
        if let floor = floors[lane], floor.number >= key.subject.number { return }
        floors[lane] = (oldest, key.subject.number)
    }

    /// The floors come first, so that a guard folds them before anything else.
    var all: [GuardEntry] { floors.sorted { $0.key < $1.key }.map(\.value.entry) + newest }
}

extension GuardEntry {
    /// What it is recorded under; nil for evidence, of which only the newest is still open.
    fileprivate var voteKey: VoteKey? {
        switch self {
        case .statement(let statement): statement.voteKey
        case .task(let header): header.voteKey
        case .evidence, .answered: nil
        }
    }
}
