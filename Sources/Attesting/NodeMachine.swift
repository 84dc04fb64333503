import Primitives

/// The shape of every protocol machine: an event and the time in, effects out, and nothing else touched.
///
/// A machine reads no clock, draws no randomness and does no I/O; the same events at the same times give the same
/// effects, on every host. So a driver can log the events, and a replay can compare every effect byte for byte.
package protocol NodeMachine: Sendable {
    /// - Parameter effects: what to do, appended in the order in which it must be done.
    mutating func handle(_ event: NodeEvent, at now: Instant, effects: inout [NodeEffect])

    /// Traps where the machine has broken a promise of its own. Reads all of its state: for tests and simulation.
    func checkInvariants()
}
