import Cryptography
import Primitives

/// One executed revocation: the key of an AVS's coordinator is worth nothing any more.
package struct Revocation: Hashable, Sendable {
    package var offence: Digest
    package var accused: PublicKey
    package var service: ServiceID
    package var voteKey: VoteKey
    package var reporter: PublicKey
    package var slot: Slot

    package init(
        offence: Digest, accused: PublicKey, service: ServiceID, voteKey: VoteKey, reporter: PublicKey, slot: Slot
    ) {
        self.offence = offence
        self.accused = accused
        self.service = service
        self.voteKey = voteKey
        self.reporter = reporter
        self.slot = slot
    }
}

extension Revocation: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(offence)
        encoder.encode(accused)
        encoder.encode(service)
        encoder.encode(voteKey)
        encoder.encode(reporter)
        encoder.encode(slot)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        offence = try decoder.decode()
        accused = try decoder.decode()
        service = try decoder.decode()
        voteKey = try decoder.decode()
        reporter = try decoder.decode()
        slot = try decoder.decode()
    }
}
