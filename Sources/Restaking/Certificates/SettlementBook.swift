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
    private(set) var entries: [VoteKey: Entry] = [:]
    /// The keys of `entries` by the epoch of their statement, in ascending order; within one, as they came.
    private(set) var epochs: [EpochKeys] = []
    /// The highest forgotten number of each line of subjects.
    private(set) var floors: [SubjectLine: UInt64] = [:]

    struct Entry: Hashable, Sendable {
        fileprivate(set) var settlement: Settlement
        /// Of its AVS's tasks the so manieth to be settled.
        let ordinal: UInt64
        /// Whose signatures under the certified statement the ledger has seen itself.
        fileprivate(set) var proven: SignerSet
        fileprivate(set) var isDisputed = false
        /// A challenge has been upheld.
        fileprivate(set) var isVoid = false
        /// The AVSs that have been sent it, in ascending order.
        fileprivate(set) var recipients: [ServiceID] = []

        init(
            settlement: Settlement, ordinal: UInt64, proven: SignerSet, isDisputed: Bool = false,
            isVoid: Bool = false, recipients: [ServiceID] = []
        ) {
            self.settlement = settlement
            self.ordinal = ordinal
            self.proven = proven
            self.isDisputed = isDisputed
            self.isVoid = isVoid
            self.recipients = recipients
        }
    }

    struct EpochKeys: Hashable, Sendable {
        let epoch: Epoch
        var keys: [VoteKey]
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

    init() {}

    func entry(for key: VoteKey) -> Entry? { entries[key] }
    func settlement(for key: VoteKey) -> Settlement? { entries[key]?.settlement }

    /// The last `count` settlements, in the order of their epochs and within one as they came.
    func latest(_ count: Int) -> [Settlement] {
        var keys: [VoteKey] = []
        for epoch in epochs.reversed() where keys.count < count {
            keys += epoch.keys.suffix(count - keys.count).reversed()
        }
        return keys.reversed().compactMap { entries[$0]?.settlement }
    }

    /// Whether the subject belongs to what has been forgotten.
    func isForgotten(_ key: VoteKey) -> Bool {
        guard entries[key] == nil, let floor = floors[SubjectLine(key)] else { return false }
        return key.subject.number <= floor
    }

    /// - Parameter proven: whose signatures the certificate holds.
    mutating func settle(_ settlement: Settlement, proven: SignerSet, ordinal: UInt64, in epoch: Epoch) {
        entries[settlement.voteKey] = Entry(settlement: settlement, ordinal: ordinal, proven: proven)
        let place = epochs.firstIndex { $0.epoch >= epoch } ?? epochs.count
        if place == epochs.count || epochs[place].epoch != epoch {
            epochs.insert(EpochKeys(epoch: epoch, keys: []), at: place)
        }
        epochs[place].keys.append(settlement.voteKey)
    }

    /// A member has shown its signature.
    ///
    /// - Returns: the entry with this member counted; nil where there is none, or it was counted before.
    mutating func count(_ member: MemberIndex, for key: VoteKey) -> Entry? {
        entries[key]?.proven.insert(member)
        guard entries[key]?.settlement.participation.insert(member) == true else { return nil }
        return entries[key]
    }

    mutating func dispute(_ key: VoteKey) { entries[key]?.isDisputed = true }

    /// - Returns: who is proven to have signed what is void now.
    mutating func void(_ key: VoteKey) -> SignerSet {
        entries[key]?.isVoid = true
        return entries[key]?.proven ?? SignerSet(size: 0)
    }

    /// - Returns: false, with nothing changed, where it has been posted to this AVS before.
    mutating func post(_ key: VoteKey, to service: ServiceID) -> Bool {
        guard let entry = entries[key], !entry.recipients.contains(service) else { return false }
        entries[key]?.recipients.append(service)
        entries[key]?.recipients.sort()
        return true
    }

    mutating func prune(before oldest: Epoch) {
        let outdated = epochs.prefix { $0.epoch < oldest }
        for key in outdated.lazy.flatMap(\.keys) {
            entries[key] = nil
            let line = SubjectLine(key)
            floors[line] = max(floors[line] ?? 0, key.subject.number)
        }
        epochs.removeFirst(outdated.count)
    }
}

extension SettlementBook.Entry: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(settlement)
        encoder.encode(ordinal)
        encoder.encode(proven)
        encoder.encode(isDisputed)
        encoder.encode(isVoid)
        encoder.encode(recipients)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        settlement = try decoder.decode()
        ordinal = try decoder.decode()
        proven = try decoder.decode()
        isDisputed = try decoder.decode()
        isVoid = try decoder.decode()
        recipients = try decoder.decodeList()
    }
}

extension SettlementBook.EpochKeys: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(epoch)
        encoder.encode(keys)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epoch = try decoder.decode()
        keys = try decoder.decodeList()
    }
}

extension SettlementBook.SubjectLine: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(service)
        encoder.encode(scope)
        encoder.encode(kind)
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        service = try decoder.decode()
        scope = try decoder.decode()
        kind = try decoder.decode()
    }
}

extension SettlementBook: BorshCodable {
    func encode(to encoder: inout BorshEncoder) {
        encoder.encode(UInt32(epochs.count))
        for epoch in epochs {
            encoder.encode(epoch.epoch)
            encoder.encode(epoch.keys.map { entries[$0]! })
        }
        encoder.encode(UInt32(floors.count))
        for line in floors.keys.sorted() {
            encoder.encode(line)
            encoder.encode(floors[line]!)
        }
    }

    init(from decoder: inout BorshDecoder) throws(BorshError) {
        epochs = []
        for _ in 0..<(try decoder.decode(UInt32.self)) {
            let epoch: Epoch = try decoder.decode()
            let list: [Entry] = try decoder.decodeList()
            epochs.append(EpochKeys(epoch: epoch, keys: list.map(\.settlement.voteKey)))
            for entry in list { entries[entry.settlement.voteKey] = entry }
        }
        for _ in 0..<(try decoder.decode(UInt32.self)) {
            let line: SubjectLine = try decoder.decode()
            floors[line] = try decoder.decode()
        }
    }
}
