import Messages
import Primitives

/// The ledger: its clock, and the rules that all AVSs share.
package struct LedgerPlan: Hashable, Sendable {
    /// The preset's name; what it sets may have been overridden.
    package var preset: String
    package var slotDuration: Duration
    package var slotsPerEpoch: UInt64
    package var unbondingEpochs: UInt64
    package var allocation = AllocationPolicy.shared
    /// From a proven offence until its slash is executed; 0: at once.
    package var vetoSlots: UInt64 = 0
    package var protocolFee = BasisPoints(700)!
    package var reporterReward = Fraction.basisPoints(500)
    package var minimumSelfDelegation = Lamports.zero
    package var council = CouncilPlan()
    package var disputes = DisputeRules()
    package var release = ReleasePlan()

    package init(preset: String, slotDuration: Duration, slotsPerEpoch: UInt64, unbondingEpochs: UInt64) {
        self.preset = preset
        self.slotDuration = slotDuration
        self.slotsPerEpoch = slotsPerEpoch
        self.unbondingEpochs = unbondingEpochs
    }

    package static let fast = LedgerPlan(
        preset: "fast", slotDuration: .milliseconds(50), slotsPerEpoch: 32, unbondingEpochs: 2)
    package static let solayerDocs = LedgerPlan(
        preset: "solayer-docs", slotDuration: .milliseconds(400), slotsPerEpoch: 432_000, unbondingEpochs: 1)
    package static let mainnetLike: LedgerPlan = {
        var plan = LedgerPlan(
            preset: "mainnet-like", slotDuration: .milliseconds(400), slotsPerEpoch: 432_000, unbondingEpochs: 7)
        plan.vetoSlots = 648_000
        return plan
    }()

    package static let presets = [fast, solayerDocs, mainnetLike]

    /// How long after an epoch's end its votes, certificates and evidence are still taken; nil beyond 292 years.
    package var evidenceHorizon: Duration? {
        let epoch = UInt128(slotDuration.nanoseconds) * UInt128(slotsPerEpoch)
        let (horizon, overflows) = epoch.multipliedReportingOverflow(by: UInt128(unbondingEpochs))
        return overflows ? nil : Int64(exactly: horizon).map(Duration.nanoseconds)
    }

    /// How many epochs make a year of 365 days, in millionths; at least 1.
    package var microEpochsPerYear: UInt128 {
        let year = UInt128(365 * 24 * 3600) * 1_000_000_000
        let epoch = UInt128(slotDuration.nanoseconds) * UInt128(slotsPerEpoch)
        return max(1, year * 1_000_000 / epoch)
    }
}

/// Who executes what votes have accepted. Its keys are the run's own.
package struct CouncilPlan: Hashable, Sendable {
    package var members: UInt64
    package var quorum: UInt64
    /// For how many epochs after its own a proposal can be voted on.
    package var votingEpochs: UInt64

    package init(members: UInt64 = 5, quorum: UInt64 = 3, votingEpochs: UInt64 = 1) {
        self.members = members
        self.quorum = quorum
        self.votingEpochs = votingEpochs
    }
}
