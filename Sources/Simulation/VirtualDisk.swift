import Faults
import Messages
import Primitives

/// The disk under one node's signing guard: what was written, and what of it survives.
///
/// A process that dies takes nothing with it that it has written. A host that loses power takes all that was not synced.
struct VirtualDisk {
    private struct Entry {
        let entry: GuardEntry
        let written: Instant
        var synced: Instant?
    }

    private var entries: [Entry] = []
    private var unsynced = 0
    /// Nothing more can be written.
    var isFull = false
    /// Whether anything is ever read again: of a node that never starts again nothing need be kept.
    let isKept: Bool

    init(isKept: Bool) { self.isKept = isKept }

    /// - Parameter time: when the system has them.
    mutating func write(_ new: [GuardEntry], at time: Instant) {
        guard isKept else { return }
        entries += new.map { Entry(entry: $0, written: time) }
    }

    mutating func sync(at time: Instant) {
        guard isKept else { return }
        while unsynced < entries.count {
            entries[unsynced].synced = time
            unsynced += 1
        }
    }

    /// The node is dead from this moment. - Returns: how many entries the disk does not have.
    mutating func die(at now: Instant, losingPower: Bool) -> Int {
        let before = entries.count
        entries.removeAll { entry in
            losingPower ? entry.synced.map { $0 > now } ?? true : entry.written > now
        }
        unsynced = entries.count
        return before - entries.count
    }

    /// What somebody has made of it while there was no process; there is room on it again.
    mutating func become(_ disk: FaultDisk) {
        isFull = false
        switch disk {
        case .keep: break
        case .older: entries.removeLast(entries.count - entries.count / 2)
        case .empty: entries = []
        }
        unsynced = entries.count
    }

    /// What a process that starts finds.
    var recorded: [GuardEntry] { entries.map(\.entry) }
}
