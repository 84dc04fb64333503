import Messages
import Primitives

/// How far the run has come.
struct Stage {
    /// Everyone is connected, and knows the operator sets: the run's time counts from here.
    var began: Instant?
    /// Nodes that are not ready yet.
    var unready = 0
    /// By place: connections and operator sets that a node still waits for.
    var missing: [Int] = []
    /// By place: the AVSs whose first operator set has come.
    var known: [Set<ServiceID>] = []
    /// How many tasks each coordinator has issued.
    var issued: [ServiceID: UInt64] = [:]
    /// When patience with the run ends.
    var deadline: Instant?
    /// All coordinators are done: only the last notices are waited for.
    var isSettling = false
    /// Set when the run is over.
    var ending: SimulatedRun.Ending?
}
