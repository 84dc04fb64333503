import Cryptography
import Primitives

/// What one vote is about. Never reused within an AVS.
///
/// The task's sequence number with scope 0, unless the service names something else: chain and nonce, feed and round.
package struct Subject: Hashable, Comparable, Sendable {
    package var scope: UInt64
    package var number: UInt64

    package init(scope: UInt64 = 0, number: UInt64) {
        self.scope = scope
        self.number = number
    }

    package init(_ sequence: TaskSequence) { self.init(number: sequence.number) }

    package static func < (left: Self, right: Self) -> Bool { (left.scope, left.number) < (right.scope, right.number) }
}

extension Subject: CustomStringConvertible {
    package var description: String { scope == 0 ? "\(number)" : "\(scope):\(number)" }
}

/// The round of a service that has several.
package enum VoteKind: UInt8, Hashable, Comparable, Sendable {
    /// The result of a task: all there is for a service with one round.
    case result = 0

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What an honest operator signs at most one statement for, ever.
package struct VoteKey: Hashable, Comparable, Sendable {
    package var network: Digest
    package var service: ServiceID
    package var subject: Subject
    package var kind: VoteKind

    package init(network: Digest, service: ServiceID, subject: Subject, kind: VoteKind = .result) {
        self.network = network
        self.service = service
        self.subject = subject
        self.kind = kind
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.network, left.service, left.subject, left.kind)
            < (right.network, right.service, right.subject, right.kind)
    }
}

extension VoteKey: CustomStringConvertible {
    package var description: String { "service \(service), subject \(subject)" }
}

/// What is signed by a vote: 157 bytes, always.
package struct Statement: Hashable, Sendable {
    package var voteKey: VoteKey
    package var operatorSet: Digest
    package var epoch: Epoch
    package var task: Digest
    package var result: Digest

    package init(voteKey: VoteKey, operatorSet: Digest, epoch: Epoch, task: Digest, result: Digest) {
        self.voteKey = voteKey
        self.operatorSet = operatorSet
        self.epoch = epoch
        self.task = task
        self.result = result
    }

    package init(for task: ServiceTask, digest: Digest, result: [UInt8]) {
        self.init(
            voteKey: VoteKey(network: task.network, service: task.service, subject: Subject(task.sequence)),
            operatorSet: task.operatorSet, epoch: task.epoch, task: digest,
            result: Domain.resultDigest.digest(result))
    }

    package var service: ServiceID { voteKey.service }
    package var digest: Digest { Domain.statementDigest.digest(borsh) }
    package var signedBytes: [UInt8] { Domain.vote.signedBytes(borsh) }
}

extension Subject: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(scope)
        encoder.encode(number)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        scope = try decoder.decode()
        number = try decoder.decode()
    }
}

extension VoteKind: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) { encoder.encode(rawValue) }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let value: UInt8 = try decoder.decode()
        guard let kind = VoteKind(rawValue: value) else { throw .unknownCase(type: "VoteKind", value: value) }
        self = kind
    }
}

extension VoteKey: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(service)
        encoder.encode(subject)
        encoder.encode(kind)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        network = try decoder.decode()
        service = try decoder.decode()
        subject = try decoder.decode()
        kind = try decoder.decode()
    }
}

extension Statement: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(voteKey)
        encoder.encode(operatorSet)
        encoder.encode(epoch)
        encoder.encode(task)
        encoder.encode(result)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        voteKey = try decoder.decode()
        operatorSet = try decoder.decode()
        epoch = try decoder.decode()
        task = try decoder.decode()
        result = try decoder.decode()
    }
}
