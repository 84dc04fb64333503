import Messages
import Primitives
import Records

/// The records of the ledger's processes as one history. A process tells its record before its log: what it noted beyond
/// the instruction after which the next one opened the log was never committed, nobody was told of it, and it has not
/// happened.
struct LedgerLives {
    /// By process, in their order.
    private let lives: [Life]

    private struct Life {
        let record: NodeRecord
        /// After which instruction it opened the log; nil: it never came to do so.
        let opened: UInt64?
        /// The last instruction that a later process has found.
        let kept: UInt64?
    }

    init(_ run: RunRecords) {
        var lives: [Life] = []
        var kept: UInt64?
        for record in run.nodes.filter({ $0.party == .ledger }).sorted(by: { $0.incarnation > $1.incarnation }) {
            let opened = record.openings.first?.sequence
            lives.append(Life(record: record, opened: opened, kept: kept))
            if let opened { kept = min(kept ?? opened, opened) }
        }
        self.lives = lives.reversed()
    }

    /// What one of them noted and the log had kept; of what was done to it, everything.
    func notes(of record: NodeRecord) -> [NodeRecord.Note] {
        guard let kept = kept(of: record) else { return record.notes }
        var isKept = true
        return record.notes.filter { note in
            switch note.observation {
            case .applied(let sequence, _, _, _): isKept = isKept && sequence <= kept
            case .injected, .ledgerOpened: return true
            default: break
            }
            return isKept
        }
    }

    /// The instructions that one of them noted and the log had not kept.
    func lost(of record: NodeRecord) -> [NodeRecord.Note] {
        guard let kept = kept(of: record) else { return [] }
        return record.notes.filter { note in
            if case .applied(let sequence, _, _, _) = note.observation { sequence > kept } else { false }
        }
    }

    private func kept(of record: NodeRecord) -> UInt64? {
        lives.first { $0.record.incarnation == record.incarnation }?.kept
    }

    /// Whether a later process has said where the log ends: then nothing of this one's record can be missing.
    func isSucceeded(_ record: NodeRecord) -> Bool {
        lives.contains { $0.record.incarnation > record.incarnation && $0.opened != nil }
    }

    /// Where a process found more in the log than the records before it tell of.
    var gaps: [RecordGap] {
        var last: UInt64 = 0
        return lives.compactMap { life in
            defer {
                for case .applied(let sequence, _, _, _) in notes(of: life.record).map(\.observation) {
                    last = max(last, sequence)
                }
            }
            guard let opened = life.opened, opened > last else { return nil }
            return RecordGap(
                party: .ledger,
                account:
                    "\(life.record.header.fileName) goes on after instruction \(opened), but what was recorded before it "
                    + "ends with \(last)")
        }
    }
}

/// When the ledger was dead or paused. Nothing is due at it meanwhile.
struct LedgerOutages {
    private struct Outage {
        let start: Instant
        /// Nil: to the end of the run.
        let end: Instant?
    }

    private let outages: [Outage]

    /// Whoever finds it back is connected with it again.
    private static let reunion = Duration.seconds(1)

    init(_ run: RunRecords) {
        var changes: [(at: Instant, isUp: Bool)] = []
        for record in run.nodes where record.party == .ledger {
            for note in record.notes {
                switch note.observation {
                case .injected: changes.append((note.at, false))
                case .ledgerOpened: changes.append((note.at, true))
                default: break
                }
            }
        }
        for intervention in run.interventions where intervention.party == .ledger {
            switch intervention.act {
            case .killed, .paused: changes.append((intervention.at, false))
            case .resumed: changes.append((intervention.at, true))
            case .restarted, .cutOff, .rejoined, .slowed, .restored: break
            }
        }
        var outages: [Outage] = []
        var since: Instant?
        for change in changes.sorted(by: { $0.at < $1.at }) {
            if !change.isUp {
                since = since ?? change.at
            } else if let start = since {
                outages.append(Outage(start: start, end: change.at))
                since = nil
            }
        }
        if let since { outages.append(Outage(start: since, end: nil)) }
        self.outages = outages
    }

    /// When something must be done that takes so long and needs the ledger; nil: never.
    func due(_ from: Instant, within patience: Duration) -> Instant? {
        var due = from + patience
        for outage in outages where outage.start <= due {
            guard let end = outage.end else { return nil }
            if end + Self.reunion >= from { due = max(due, end + Self.reunion + patience) }
        }
        return due
    }
}

extension NodeRecord {
    fileprivate var openings: [(at: Instant, sequence: UInt64)] {
        notes.compactMap { note in
            if case .ledgerOpened(let sequence) = note.observation { (note.at, sequence) } else { nil }
        }
    }
}
