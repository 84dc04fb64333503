import Messages
import Primitives

/// What a process had used at one moment.
package struct ProcessUsage: Hashable, Sendable {
    /// When it looked.
    package var at: Instant
    /// User and system time of all its threads since it was told of the run's beginning.
    package var cpu: Duration
    package var residentBytes: UInt64
    /// The most that it ever had.
    package var peakResidentBytes: UInt64
    /// The most events that ever waited for its machine; nil where that was not counted.
    package var deepestQueue: UInt64?
    /// What its guard, or the ledger's log, takes on the disk; nil where that was not looked up.
    package var durableBytes: UInt64?

    package init(
        at: Instant, cpu: Duration, residentBytes: UInt64, peakResidentBytes: UInt64, deepestQueue: UInt64? = nil,
        durableBytes: UInt64? = nil
    ) {
        self.at = at
        self.cpu = cpu
        self.residentBytes = residentBytes
        self.peakResidentBytes = peakResidentBytes
        self.deepestQueue = deepestQueue
        self.durableBytes = durableBytes
    }
}

/// What one process of a run has told of itself.
package struct NodeUsage: Hashable, Sendable {
    package var name: String
    package var party: Party
    package var incarnation: UInt32
    /// In the order of their times: each time that it was asked, and, unless it was killed, when it stopped.
    package var readings: [ProcessUsage]

    package init(name: String, party: Party, incarnation: UInt32, readings: [ProcessUsage]) {
        self.name = name
        self.party = party
        self.incarnation = incarnation
        self.readings = readings
    }
}
