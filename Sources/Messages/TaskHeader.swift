import Cryptography
import Primitives

/// What a coordinator signs of a task: all of it, the payload by its digest. So the proof that a coordinator has signed
/// two tasks under one number stays small, whatever the tasks carried.
package struct TaskHeader: Hashable, Sendable {
    package var network: Digest
    package var service: ServiceID
    package var sequence: TaskSequence
    package var epoch: Epoch
    package var operatorSet: Digest
    package var payload: Digest
    /// When it was meant to be issued, on the host's monotonic clock.
    package var issued: Instant
    package var deadline: Instant

    package init(
        network: Digest, service: ServiceID, sequence: TaskSequence, epoch: Epoch, operatorSet: Digest,
        payload: Digest, issued: Instant, deadline: Instant
    ) {
        self.network = network
        self.service = service
        self.sequence = sequence
        self.epoch = epoch
        self.operatorSet = operatorSet
        self.payload = payload
        self.issued = issued
        self.deadline = deadline
    }

    /// What is voted on at most once under its number.
    package var voteKey: VoteKey { VoteKey(network: network, service: service, subject: Subject(sequence)) }
    /// The digest of the task as a whole.
    package var digest: Digest { Domain.taskDigest.digest(borsh) }
    package var signedBytes: [UInt8] { signedBytes(.task) }
}

extension TaskHeader: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(service)
        encoder.encode(sequence)
        encoder.encode(epoch)
        encoder.encode(operatorSet)
        encoder.encode(payload)
        encoder.encode(issued)
        encoder.encode(deadline)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        network = try decoder.decode()
        service = try decoder.decode()
        sequence = try decoder.decode()
        epoch = try decoder.decode()
        operatorSet = try decoder.decode()
        payload = try decoder.decode()
        issued = try decoder.decode()
        deadline = try decoder.decode()
    }
}
