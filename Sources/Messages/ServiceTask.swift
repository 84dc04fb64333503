import Cryptography
import Primitives

/// One unit of work of one AVS. It pins the operator set that decides it.
package struct ServiceTask: Hashable, Sendable {
    package static let payloadLimit = 64 * 1024

    package var network: Digest
    package var service: ServiceID
    package var sequence: TaskSequence
    package var epoch: Epoch
    package var operatorSet: Digest
    package var payload: [UInt8]
    /// When it was meant to be issued, on the host's monotonic clock.
    package var issued: Instant
    /// After this no honest operator signs for it, and without a certificate it counts as expired.
    package var deadline: Instant

    package init(
        network: Digest, service: ServiceID, sequence: TaskSequence, epoch: Epoch, operatorSet: Digest,
        payload: [UInt8], issued: Instant, deadline: Instant
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

    package var header: TaskHeader {
        TaskHeader(
            network: network, service: service, sequence: sequence, epoch: epoch, operatorSet: operatorSet,
            payload: Domain.payloadDigest.digest(payload), issued: issued, deadline: deadline)
    }

    package var digest: Digest { header.digest }
    package var signedBytes: [UInt8] { header.signedBytes }
}

extension ServiceTask: BorshCodable {
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
        payload = try decoder.decodeBytes(limit: Self.payloadLimit)
        issued = try decoder.decode()
        deadline = try decoder.decode()
    }
}

/// A task with its coordinator's signature.
package struct SignedTask: Hashable, Sendable {
    package var task: ServiceTask
    package var signature: Signature

    package init(task: ServiceTask, signature: Signature) {
        self.task = task
        self.signature = signature
    }
}

extension SignedTask: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(task)
        encoder.encode(signature)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        task = try decoder.decode()
        signature = try decoder.decode()
    }
}
