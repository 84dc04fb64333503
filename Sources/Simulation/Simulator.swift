import Records

/// Runs a topology under virtual time.
package enum Simulator {
    /// - Parameter observer: sees everything as it happens; what it does changes nothing.
    package static func run(
        _ plan: SimulationPlan, observer: (any SimulationObserver)? = nil
    ) throws(SimulationError) -> SimulatedRun {
        preconditionFailure("to come")
    }
}
