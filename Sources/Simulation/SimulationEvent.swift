import Attesting
import Links
import Messages
import Primitives
import Records
import Restaking

/// One thing that happened in a simulation, for whoever looks on.
package enum SimulationEvent: Hashable, Sendable {
    case began
    case handled(Party, NodeEvent, effects: [NodeEffect])
    case ledgerHandled(LedgerEvent, effects: [LedgerEffect])
    /// - Parameter arrivals: as far as the connection lasts so long; nil: a partition holds it up. When that heals, the
    ///   frame is sent again.
    case sent(Frame, from: Party, to: Party, Link.Arrivals?)
    case started(Party, incarnation: UInt32)
    /// - Parameter lostEntries: what it had written to its guard and the disk does not have.
    case died(Party, lostEntries: Int)
    case connected(Party, Party)
    case disconnected(Party, Party, reason: String)
    case partitioned(between: [Party], and: [Party], isOneWay: Bool)
    case healed(between: [Party], and: [Party])
    case linksChanged(between: [Party], and: [Party], isOneWay: Bool, LinkChange)
    case linksRestored(between: [Party], and: [Party], isOneWay: Bool)
    case ended(SimulatedRun.Ending)
}

/// Looks on as a simulation goes. What it does changes nothing.
package protocol SimulationObserver {
    mutating func observe(_ event: SimulationEvent, at now: Instant)
}
