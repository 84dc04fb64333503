import Cryptography
import Primitives

package struct LedgerParameters: Hashable, Sendable {
    package var slotDuration: Duration
    package var slotsPerEpoch: UInt64
    package var unbondingEpochs: UInt64
    /// The share of a slash that whoever submitted the evidence earns.
    package var reporterReward: Fraction
    /// What evidence that proves nothing costs its submitter, as far as its stake carries it.
    package var badEvidenceFee: Lamports

    package init(
        slotDuration: Duration, slotsPerEpoch: UInt64, unbondingEpochs: UInt64,
        reporterReward: Fraction = .basisPoints(500), badEvidenceFee: Lamports = Lamports(5_000)
    ) {
        self.slotDuration = slotDuration
        self.slotsPerEpoch = slotsPerEpoch
        self.unbondingEpochs = unbondingEpochs
        self.reporterReward = reporterReward
        self.badEvidenceFee = badEvidenceFee
    }
}

extension LedgerParameters: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(slotDuration)
        encoder.encode(slotsPerEpoch)
        encoder.encode(unbondingEpochs)
        encoder.encode(reporterReward)
        encoder.encode(badEvidenceFee)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        slotDuration = try decoder.decode()
        slotsPerEpoch = try decoder.decode()
        unbondingEpochs = try decoder.decode()
        reporterReward = try decoder.decode()
        badEvidenceFee = try decoder.decode()
        guard slotDuration > .zero, slotsPerEpoch > 0, unbondingEpochs > 0 else {
            throw .invalid(type: "LedgerParameters", reason: "slots, epochs and unbonding must be longer than 0")
        }
    }
}
