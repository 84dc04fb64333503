import Attesting
import Messages
import Primitives
import Records
import Restaking

/// One thing that happened in a simulation, for whoever looks on.
package enum SimulationEvent: Hashable, Sendable {
    case began
    case handled(Party, NodeEvent, effects: [NodeEffect])
    case ledgerHandled(LedgerEvent, effects: [LedgerEffect])
    /// - Parameter arrives: nil: it never does.
    case sent(Frame, from: Party, to: Party, arrives: Instant?)
    case started(Party, incarnation: UInt32)
    /// - Parameter lostEntries: what it had written to its guard and the disk does not have.
    case died(Party, lostEntries: Int)
    case connected(Party, Party)
    case disconnected(Party, Party, reason: String)
    case partitioned(between: [Party], and: [Party], isOneWay: Bool)
    case healed(between: [Party], and: [Party])
    case ended(SimulatedRun.Ending)
}

/// Looks on as a simulation goes. What it does changes nothing.
package protocol SimulationObserver {
    mutating func observe(_ event: SimulationEvent, at now: Instant)
}
