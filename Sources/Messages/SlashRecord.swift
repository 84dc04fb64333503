import Cryptography
import Primitives

/// One slash, and how far it has come.
package struct SlashRecord: Hashable, Sendable {
    package var offence: Digest
    package var kind: Kind
    package var stage: Stage
    package var accused: PublicKey
    package var signer: OperatorIndex
    package var voteKey: VoteKey
    /// The epoch of the offence.
    package var epoch: Epoch
    /// What is taken of each asset; while it is pending, what is going to be.
    package var losses: [Loss]
    /// What the losses were worth in that slot.
    package var slashed: Lamports
    /// Of `slashed`: what the reporter earned.
    package var reward: Lamports
    package var reporter: PublicKey
    package var slot: Slot

    package init(
        offence: Digest, kind: Kind = .equivocation, stage: Stage = .executed, accused: PublicKey,
        signer: OperatorIndex, voteKey: VoteKey, epoch: Epoch, losses: [Loss] = [], slashed: Lamports,
        reward: Lamports, reporter: PublicKey, slot: Slot
    ) {
        self.offence = offence
        self.kind = kind
        self.stage = stage
        self.accused = accused
        self.signer = signer
        self.voteKey = voteKey
        self.epoch = epoch
        self.losses = losses
        self.slashed = slashed
        self.reward = reward
        self.reporter = reporter
        self.slot = slot
    }

    package enum Kind: UInt8, Hashable, Sendable, BorshCodable, CaseIterable {
        case equivocation = 0
        case wrongResult = 1
    }

    package enum Stage: UInt8, Hashable, Sendable, BorshCodable, CaseIterable {
        /// Proven; the funds are held until the veto window or the evidence horizon is over.
        case pending = 0
        case executed = 1
        /// Cancelled by the AVS's resolver.
        case vetoed = 2
    }

    /// What is taken of one asset, and where it goes: `units` is `rewarded` and what was burned or redistributed.
    package struct Loss: Hashable, Sendable {
        package var asset: AssetID
        /// Of the vault, out of the operator's pools.
        package var shares: VaultShares
        package var units: Units
        package var rewarded: Units

        package init(asset: AssetID, shares: VaultShares, units: Units, rewarded: Units) {
            self.asset = asset
            self.shares = shares
            self.units = units
            self.rewarded = rewarded
        }
    }
}

extension SlashRecord: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(offence)
        encoder.encode(kind)
        encoder.encode(stage)
        encoder.encode(accused)
        encoder.encode(signer)
        encoder.encode(voteKey)
        encoder.encode(epoch)
        encoder.encode(losses)
        encoder.encode(slashed)
        encoder.encode(reward)
        encoder.encode(reporter)
        encoder.encode(slot)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        offence = try decoder.decode()
        kind = try decoder.decode()
        stage = try decoder.decode()
        accused = try decoder.decode()
        signer = try decoder.decode()
        voteKey = try decoder.decode()
        epoch = try decoder.decode()
        losses = try decoder.decode(limit: AssetTerms.countLimit)
        slashed = try decoder.decode()
        reward = try decoder.decode()
        reporter = try decoder.decode()
        slot = try decoder.decode()
    }
}

extension SlashRecord.Loss: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(asset)
        encoder.encode(shares)
        encoder.encode(units)
        encoder.encode(rewarded)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        asset = try decoder.decode()
        shares = try decoder.decode()
        units = try decoder.decode()
        rewarded = try decoder.decode()
    }
}
