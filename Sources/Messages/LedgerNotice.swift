import Cryptography
import Primitives

/// What the ledger tells everyone who is connected to it; on connecting, the present state as a series of these.
package enum LedgerNotice: Hashable, Sendable {
    /// To the one who connected: the nonce that its next instruction must carry.
    case account(nextNonce: UInt64)
    case clock(Slot, Epoch)
    /// A new epoch's operator set, or a new revision of the present one's.
    case operatorSet(OperatorSet)
    /// Everyone who has registered an endpoint.
    case directory([Endpoint])
    case slashed(SlashRecord)
    case settled(Settlement)
}

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

/// A task that the ledger has a certificate for, and who took part in it.
package struct Settlement: Hashable, Sendable {
    package var voteKey: VoteKey
    package var statement: Digest
    package var operatorSet: Digest
    package var participation: SignerSet

    package init(voteKey: VoteKey, statement: Digest, operatorSet: Digest, participation: SignerSet) {
        self.voteKey = voteKey
        self.statement = statement
        self.operatorSet = operatorSet
        self.participation = participation
    }
}

extension LedgerNotice: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        switch self {
        case .account(let nextNonce):
            encoder.encode(UInt8(0))
            encoder.encode(nextNonce)
        case .clock(let slot, let epoch):
            encoder.encode(UInt8(1))
            encoder.encode(slot)
            encoder.encode(epoch)
        case .operatorSet(let set):
            encoder.encode(UInt8(2))
            encoder.encode(set)
        case .directory(let endpoints):
            encoder.encode(UInt8(3))
            encoder.encode(endpoints)
        case .slashed(let record):
            encoder.encode(UInt8(4))
            encoder.encode(record)
        case .settled(let settlement):
            encoder.encode(UInt8(5))
            encoder.encode(settlement)
        }
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        switch value {
        case 0: self = .account(nextNonce: try decoder.decode())
        case 1: self = .clock(try decoder.decode(), try decoder.decode())
        case 2: self = .operatorSet(try decoder.decode())
        case 3: self = .directory(try decoder.decode(limit: OperatorSet.memberLimit))
        case 4: self = .slashed(try decoder.decode())
        case 5: self = .settled(try decoder.decode())
        default: throw .unknownCase(type: "LedgerNotice", value: value)
        }
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

extension Settlement: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(statement)
        encoder.encode(operatorSet)
        encoder.encode(participation)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        statement = try decoder.decode()
        operatorSet = try decoder.decode()
        participation = try decoder.decode()
    }
}
