import Messages
import Primitives

/// What somebody did to a node of a live cluster from outside: ground truth that the node itself cannot tell.
package struct Intervention: Hashable, Sendable {
    package var at: Instant
    package var party: Party
    /// The process that it was done to; of a restart, the one that it brought.
    package var incarnation: UInt32
    package var act: Act

    package enum Act: Hashable, Sendable {
        case killed
        case paused
        case resumed
        case restarted(Disk)
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
