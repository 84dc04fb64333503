import Messages
import NIOCore

/// Of all entries of a guard file, those that its owner needs, in bounded memory: the newest, and of the older ones the
/// highest statement of each lane (service, scope, kind), below which nothing is signed any more, the highest task, and
/// the highest submission.
///
/// The payload of a submission is needed as long as its task is open: of all but the newest it is left out.
struct RecentEntries {
    private let limit: Int
    private let payloadLimit: Int
    private var newest = CircularBuffer<GuardEntry>()
    private var floors: [Lane: (entry: GuardEntry, number: UInt64)] = [:]
    /// How many entries have left `newest`, so that a place in the file stays one.
    private var dropped = 0
    /// The submissions whose payloads are kept, by their places in the file.
    private var withPayload = CircularBuffer<Int>()

    private struct Lane: Hashable, Comparable {
        /// With number 0.
        let key: VoteKey
        /// A task of the load says nothing of how many submissions there were.
        let isSubmission: Bool

        static func < (left: Self, right: Self) -> Bool {
            left.key == right.key ? !left.isSubmission && right.isSubmission : left.key < right.key
        }
    }

    /// - Parameter payloadLimit: of how many submissions the payloads are kept; above what a coordinator has open at
    ///   once.
    init(limit: Int, payloadLimit: Int = 1_024) {
        self.limit = limit
        self.payloadLimit = payloadLimit
    }

    mutating func add(_ entry: GuardEntry) {
        newest.append(entry)
        if case .submission = entry { keepPayload() }
        guard newest.count > limit, let oldest = newest.popFirst() else { return }
        dropped += 1
        guard let key = oldest.voteKey else { return }
        var lowest = key
        lowest.subject.number = 0
        let lane = Lane(key: lowest, isSubmission: oldest.isSubmission)
        if let floor = floors[lane], floor.number >= key.subject.number { return }
        floors[lane] = (oldest.withoutPayload, key.subject.number)
    }

    /// Of the entry that was added last.
    private mutating func keepPayload() {
        withPayload.append(dropped + newest.count - 1)
        guard withPayload.count > payloadLimit, let place = withPayload.popFirst(), place >= dropped else { return }
        let index = newest.index(newest.startIndex, offsetBy: place - dropped)
        newest[index] = newest[index].withoutPayload
    }

    /// The floors come first, so that a guard folds them before anything else.
    var all: [GuardEntry] { floors.sorted { $0.key < $1.key }.map(\.value.entry) + newest }
}

extension GuardEntry {
    /// What it is recorded under; nil for evidence, of which only the newest is still open.
    fileprivate var voteKey: VoteKey? {
        switch self {
        case .statement(let statement): statement.voteKey
        case .task(let header), .submission(let header, _, _, _): header.voteKey
        case .evidence, .answered: nil
        }
    }

    fileprivate var isSubmission: Bool { if case .submission = self { true } else { false } }

    fileprivate var withoutPayload: GuardEntry {
        guard case .submission(let header, _, let ticket, let count) = self else { return self }
        return .submission(header, payload: [], ticket: ticket, count: count)
    }
}
