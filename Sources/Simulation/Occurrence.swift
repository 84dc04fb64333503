import Faults
import Messages
import Primitives

/// Something that is due in a simulation.
///
/// Whatever concerns a process carries its `life`, whatever concerns a connection its `generation`: when these have passed,
/// it concerns nobody any more.
enum Occurrence {
    case arrival(Parcel, connection: Int, towardHigh: Bool, generation: UInt32)
    /// A core that had nothing to do is there for a node now.
    case roused(Place)
    /// The processor time that a node has taken is over.
    case worked(Place, life: UInt32)
    /// All that a node had to send has left.
    case flushed(Place, life: UInt32)
    /// The disk has what the node waits for.
    case synced(Place, life: UInt32)
    case woke(Place, at: Instant, life: UInt32)
    /// The ledger's clock.
    case tick(life: UInt32)
    case committed(life: UInt32)
    /// The ledger, of a fault that is due.
    case crashes(KillPoint?, life: UInt32)
    case dials(connection: Int, generation: UInt32)
    case established(connection: Int, generation: UInt32)
    /// A node learns that its connection with a party is gone.
    case hungUp(Place, from: Party, reason: String, life: UInt32)
    case restarts(Place)
    case losesPower(Place)
    case parts(partition: Int)
    case heals(partition: Int)
    case changes(change: Int)
    case changesBack(change: Int)
    /// Somebody sees at last that nobody is at the other end any more.
    case noticed(connection: Int, generation: UInt32)
    /// A frame whose beginning has come, and whose end may not have.
    case isOverdue(connection: Int, towardHigh: Bool, since: Instant)
    /// A node that was paused goes on.
    case goesOn(Place, life: UInt32)
    /// A connection on which nothing has got through for too long.
    case timesOut(connection: Int)
    /// Something of the timeline.
    case isDueInTimeline
    /// Somebody's patience with the run may be over.
    case reviewed
}

/// Where a node stands in the simulation's tables.
struct Place: Hashable, Comparable {
    let number: Int

    static let ledger = Place(number: 0)
    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// A frame, or bytes as they are, on the way to however many.
final class Parcel {
    let content: Content
    /// As it would stand on the wire.
    let bytes: Int

    enum Content {
        case frame(Frame)
        case bytes([UInt8])
    }

    init(_ frame: Frame, bytes: Int) {
        content = .frame(frame)
        self.bytes = bytes
    }

    init(_ bytes: [UInt8]) {
        content = .bytes(bytes)
        self.bytes = bytes.count
    }

    var wireBytes: [UInt8] {
        switch content {
        case .frame(let frame): frame.wireBytes
        case .bytes(let bytes): bytes
        }
    }
}
