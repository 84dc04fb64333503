import Primitives

/// What a simulation tells of itself beside its records.
package struct SimulationAccount: Hashable, Sendable {
    /// Two runs with one audit hash are one run.
    package var audit: Digest
    package var figures: SimulationFigures
    /// What it took in real time: the one thing here that no seed decides.
    package var elapsed: Duration

    package init(audit: Digest, figures: SimulationFigures, elapsed: Duration) {
        self.audit = audit
        self.figures = figures
        self.elapsed = elapsed
    }

    /// How many times faster than its clock it ran; nil where nothing was measured.
    package var pace: Double? { perSecond(figures.virtualTime / .seconds(1)) }

    package var eventsPerSecond: Double? { perSecond(Double(figures.events)) }

    private func perSecond(_ amount: Double) -> Double? {
        elapsed > .zero ? amount / (elapsed / .seconds(1)) : nil
    }
}
