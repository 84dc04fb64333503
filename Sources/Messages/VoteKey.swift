import Cryptography
import Primitives

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

extension VoteKey {
    /// Without the network, which is the same in all that a node keeps: equal keys still have equal hashes.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(service.number)
        hasher.combine(subject.scope)
        hasher.combine(subject.number)
    }
}

extension VoteKey: CustomStringConvertible {
    package var description: String { "service \(service), subject \(subject)" }
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
