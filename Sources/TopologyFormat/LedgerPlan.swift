import Primitives

/// The ledger's clock.
package struct LedgerPlan: Hashable, Sendable {
    /// The preset's name; what it sets may have been overridden.
    package var preset: String
    package var slotDuration: Duration
    package var slotsPerEpoch: UInt64
    package var unbondingEpochs: UInt64

    package static let fast = LedgerPlan(
        preset: "fast", slotDuration: .milliseconds(50), slotsPerEpoch: 32, unbondingEpochs: 2)
    package static let solayerDocs = LedgerPlan(
        preset: "solayer-docs", slotDuration: .milliseconds(400), slotsPerEpoch: 432_000, unbondingEpochs: 1)
    package static let mainnetLike = LedgerPlan(
        preset: "mainnet-like", slotDuration: .milliseconds(400), slotsPerEpoch: 432_000, unbondingEpochs: 7)

    package static let presets = [fast, solayerDocs, mainnetLike]

    /// How long after an epoch's end its votes, certificates and evidence are still taken; nil beyond 292 years.
    package var evidenceHorizon: Duration? {
        let epoch = UInt128(slotDuration.nanoseconds) * UInt128(slotsPerEpoch)
        let (horizon, overflows) = epoch.multipliedReportingOverflow(by: UInt128(unbondingEpochs))
        return overflows ? nil : Int64(exactly: horizon).map(Duration.nanoseconds)
    }
}
