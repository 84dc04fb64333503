import Messages
import Primitives

/// Which vote keys have a certificate, and who took part.
///
/// Settlements are kept until their epoch's evidence horizon has passed; from then on a certificate of that epoch is
/// refused by its epoch. So that an old subject cannot be certified a second time under a *new* epoch, the highest
/// number that was forgotten is kept for each scope and kind, and nothing at or below it is taken. Subjects are
/// numbered upwards within a scope, so this refuses no honest certificate: whatever comes later than a forgotten
/// subject has a higher number, and whatever came before it is past the horizon itself.
struct SettlementBook: Hashable, Sendable {
    private(set) var settlements: [VoteKey: Settlement] = [:]
    /// The keys of `settlements` by the epoch of their statement, in ascending order; within one, as they came.
    private(set) var epochs: [EpochKeys] = []
    /// The highest forgotten number of each line of subjects.
    private(set) var floors: [SubjectLine: UInt64] = [:]

    struct EpochKeys: Hashable, Sendable {
        let epoch: Epoch
        fileprivate(set) var keys: [VoteKey]
    }

    struct SubjectLine: Hashable, Comparable, Sendable {
        let service: ServiceID
        let scope: UInt64
        let kind: VoteKind

        init(_ key: VoteKey) {
            service = key.service
            scope = key.subject.scope
            kind = key.kind
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.service, left.scope, left.kind) < (right.service, right.scope, right.kind)
        }
    }

    func settlement(for key: VoteKey) -> Settlement? { settlements[key] }

    /// The last `count` settlements, in the order of their epochs and within one as they came.
    func latest(_ count: Int) -> [Settlement] {
        var keys: [VoteKey] = []
        for epoch in epochs.reversed() where keys.count < count {
            keys += epoch.keys.suffix(count - keys.count).reversed()
        }
        return keys.reversed().compactMap { settlements[$0] }
    }

    /// Whether the subject belongs to what has been forgotten.
    func isForgotten(_ key: VoteKey) -> Bool {
        guard settlements[key] == nil, let floor = floors[SubjectLine(key)] else { return false }
        return key.subject.number <= floor
    }

    mutating func settle(_ settlement: Settlement, in epoch: Epoch) {
        settlements[settlement.voteKey] = settlement
        let place = epochs.firstIndex { $0.epoch >= epoch } ?? epochs.count
        if place == epochs.count || epochs[place].epoch != epoch {
            epochs.insert(EpochKeys(epoch: epoch, keys: []), at: place)
        }
        epochs[place].keys.append(settlement.voteKey)
    }

    /// - Returns: the settlement with this member counted; nil where there is none, or it was counted before.
    mutating func count(_ member: MemberIndex, for key: VoteKey) -> Settlement? {
        guard settlements[key]?.participation.insert(member) == true else { return nil }
        return settlements[key]
    }

    mutating func prune(before oldest: Epoch) {
        let outdated = epochs.prefix { $0.epoch < oldest }
        for key in outdated.lazy.flatMap(\.keys) {
            settlements[key] = nil
            let line = SubjectLine(key)
            floors[line] = max(floors[line] ?? 0, key.subject.number)
        }
        epochs.removeFirst(outdated.count)
    }
}
