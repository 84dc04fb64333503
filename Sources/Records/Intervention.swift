import Messages
import Primitives

/// What was done to a node from outside, by somebody in a live cluster or by the network that its topology describes: ground
/// truth that the node itself cannot tell.
package struct Intervention: Hashable, Sendable {
    package var at: Instant
    package var party: Party
    /// The process that it was done to, or the last one of a node that has none; of a restart, the one that it brought.
    package var incarnation: UInt32
    package var act: Act

    package enum Act: Hashable, Sendable {
        case killed
        case paused
        case resumed
        case restarted(Disk)
        /// Nothing gets through any more between it and those on the other side, be it in one direction alone.
        case cutOff(partition: UInt32, side: Side)
        case rejoined(partition: UInt32)
        /// The links between it and those on the other side are others than they were, be it in one direction alone. No
        /// partition has the number of a change.
        ///
        /// - Parameter delay: how late a frame can come on the worst of them, but for a rare one.
        case slowed(change: UInt32, side: Side, delay: Duration)
        case restored(change: UInt32)
    }

    /// Where a node stands in a partition or a change; by its number, it is the same to everyone in it.
    package enum Side: UInt8, CaseIterable, Hashable, Sendable {
        case between, and
        /// Of no side: the links among all of these are meant.
        case among

        package func isApart(from other: Side) -> Bool { self != other || self == .among }
    }

    /// What a node that is started again finds of its signing guard.
    package enum Disk: String, CaseIterable, Hashable, Sendable {
        /// All that it wrote.
        case keep
        /// What it had written some time before, as after a backup was put back.
        case older
        /// Nothing, as on a new machine.
        case empty
    }

    package init(at: Instant, party: Party, incarnation: UInt32, act: Act) {
        self.at = at
        self.party = party
        self.incarnation = incarnation
        self.act = act
    }
}

extension Intervention: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(at)
        encoder.encode(party)
        encoder.encode(incarnation)
        switch act {
        case .killed: encoder.encode(UInt8(0))
        case .paused: encoder.encode(UInt8(1))
        case .resumed: encoder.encode(UInt8(2))
        case .restarted(.keep): encoder.encode(UInt8(3))
        case .restarted(.older): encoder.encode(UInt8(4))
        case .restarted(.empty): encoder.encode(UInt8(5))
        case .cutOff(let partition, let side):
            encoder.encode(UInt8(6))
            encoder.encode(partition)
            encoder.encode(side.rawValue)
        case .rejoined(let partition):
            encoder.encode(UInt8(7))
            encoder.encode(partition)
        case .slowed(let change, let side, let delay):
            encoder.encode(UInt8(8))
            encoder.encode(change)
            encoder.encode(side)
            encoder.encode(delay)
        case .restored(let change):
            encoder.encode(UInt8(9))
            encoder.encode(change)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        at = try decoder.decode()
        party = try decoder.decode()
        incarnation = try decoder.decode()
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: act = .killed
        case 1: act = .paused
        case 2: act = .resumed
        case 3: act = .restarted(.keep)
        case 4: act = .restarted(.older)
        case 5: act = .restarted(.empty)
        case 6: act = .cutOff(partition: try decoder.decode(), side: try decoder.decode())
        case 7: act = .rejoined(partition: try decoder.decode())
        case 8:
            act = .slowed(change: try decoder.decode(), side: try decoder.decode(), delay: try decoder.decode())
        case 9: act = .restored(change: try decoder.decode())
        default: throw .unknownCase(type: "Intervention.Act", value: value)
        }
    }
}

extension Intervention.Side: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(rawValue) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let known = Self(rawValue: value) else { throw .unknownCase(type: "Intervention.Side", value: value) }
        self = known
    }
}
