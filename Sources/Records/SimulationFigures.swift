import Primitives

/// How much happened in a simulated run, and how full things became.
package struct SimulationFigures: Hashable, Sendable {
    /// From the beginning, when everyone was connected, to the end.
    package var virtualTime = Duration.zero
    /// Events that machines have handled.
    package var events: UInt64 = 0
    package var frames: UInt64 = 0
    package var bytes: UInt64 = 0
    /// Frames that a partition, a broken connection or a dead receiver swallowed.
    package var lost: UInt64 = 0
    /// Processor time that the nodes' work would have taken.
    package var work = Duration.zero
    /// The most events that waited at one node.
    package var deepestQueue = 0
    /// The most bytes in flight or unread on one direction of one connection.
    package var fullestLink = 0
    /// What all guards were given to keep.
    package var guardEntries: UInt64 = 0
    /// The most things that were due at any one time.
    package var longestAgenda = 0
    /// Connections that were given up because the receiver did not read.
    package var overruns: UInt64 = 0

    package init() {}
}
