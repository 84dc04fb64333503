import Cryptography
import Primitives

/// One executed slash.
package struct SlashRecord: Hashable, Sendable {
    package var offence: Digest
    package var accused: PublicKey
    package var signer: OperatorIndex
    package var voteKey: VoteKey
    /// The epoch of the offence.
    package var epoch: Epoch
    package var slashed: Lamports
    /// Of `slashed`: what the reporter earned. The rest is burned.
    package var reward: Lamports
    package var reporter: PublicKey
    package var slot: Slot

    package init(
        offence: Digest, accused: PublicKey, signer: OperatorIndex, voteKey: VoteKey, epoch: Epoch,
        slashed: Lamports, reward: Lamports, reporter: PublicKey, slot: Slot
    ) {
        self.offence = offence
        self.accused = accused
        self.signer = signer
        self.voteKey = voteKey
        self.epoch = epoch
        self.slashed = slashed
        self.reward = reward
        self.reporter = reporter
        self.slot = slot
    }
}

extension SlashRecord: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(offence)
        encoder.encode(accused)
        encoder.encode(signer)
        encoder.encode(voteKey)
        encoder.encode(epoch)
        encoder.encode(slashed)
        encoder.encode(reward)
        encoder.encode(reporter)
        encoder.encode(slot)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        offence = try decoder.decode()
        accused = try decoder.decode()
        signer = try decoder.decode()
        voteKey = try decoder.decode()
        epoch = try decoder.decode()
        slashed = try decoder.decode()
        reward = try decoder.decode()
        reporter = try decoder.decode()
        slot = try decoder.decode()
    }
}
