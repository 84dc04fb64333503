import Cryptography
import Primitives

/// The stake snapshot of one AVS that decides its tasks: who votes, and what each vote weighs.
///
/// Members stand in the order of genesis. Named by its digest; whoever was tombstoned is in neither the members nor
/// the total.
package struct OperatorSet: Sendable {
    package static let memberLimit = 10_000

    package struct Member: Hashable, Sendable {
        package var signer: OperatorIndex
        package var key: PublicKey
        package var weight: Lamports

        package init(signer: OperatorIndex, key: PublicKey, weight: Lamports) {
            self.signer = signer
            self.key = key
            self.weight = weight
        }
    }

    package let network: Digest
    package let service: ServiceID
    package let epoch: Epoch
    package let revision: Revision
    /// A statement is certified by strictly more than this share of `total`.
    package let threshold: Fraction
    package let members: [Member]
    package let total: Lamports
    package let digest: Digest
    private let places: [PublicKey: MemberIndex]

    /// Members must be in ascending order of `signer`, with distinct keys, and their weights must fit 64 bits.
    package init(
        network: Digest, service: ServiceID, epoch: Epoch, revision: Revision, threshold: Fraction, members: [Member]
    ) throws(BorshError) {
        guard members.count <= Self.memberLimit else {
            throw .tooLong(type: "OperatorSet", count: members.count, limit: Self.memberLimit)
        }
        var total = Lamports.zero
        for (index, member) in members.enumerated() {
            if index > 0, members[index - 1].signer >= member.signer {
                throw .invalid(type: "OperatorSet", reason: "members out of order")
            }
            guard let sum = total.adding(member.weight) else {
                throw .invalid(type: "OperatorSet", reason: "weights exceed 64 bits")
            }
            total = sum
        }
        let places = Dictionary(
            members.enumerated().map { ($1.key, MemberIndex($0)) }, uniquingKeysWith: { first, _ in first })
        guard places.count == members.count else {
            throw .invalid(type: "OperatorSet", reason: "two members with one key")
        }
        self.places = places
        self.network = network
        self.service = service
        self.epoch = epoch
        self.revision = revision
        self.threshold = threshold
        self.members = members
        self.total = total
        var encoder = BorshEncoder()
        Self.encode(network, service, epoch, revision, threshold, members, to: &encoder)
        digest = Domain.operatorSetDigest.digest(encoder.bytes)
    }

    package func index(of key: PublicKey) -> MemberIndex? { places[key] }

    package func index(of signer: OperatorIndex) -> MemberIndex? {
        // They stand in its order.
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].signer < signer { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].signer == signer ? MemberIndex(low) : nil
    }

    /// The stake of these signers; none, when they are not counted over this many members.
    package func weight(of signers: SignerSet) -> Lamports {
        guard signers.size == members.count else { return .zero }
        return signers.members.reduce(.zero) { $0 + members[$1.place].weight }
    }

    package func isQuorum(_ weight: Lamports) -> Bool { threshold.isExceeded(by: weight, of: total) }
}

/// Two operator sets with one digest are the same.
extension OperatorSet: Hashable {
    package static func == (left: Self, right: Self) -> Bool { left.digest == right.digest }
    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension OperatorSet.Member: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        encoder.encode(signer)
        encoder.encode(key)
        encoder.encode(weight)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        signer = try decoder.decode()
        key = try decoder.decode()
        weight = try decoder.decode()
    }
}

extension OperatorSet: BorshCodable {
    package func encode(to encoder: inout BorshEncoder) {
        Self.encode(network, service, epoch, revision, threshold, members, to: &encoder)
    }

    package init(from decoder: inout BorshDecoder) throws(BorshError) {
        let network: Digest = try decoder.decode()
        let service: ServiceID = try decoder.decode()
        let epoch: Epoch = try decoder.decode()
        let revision: Revision = try decoder.decode()
        let threshold: Fraction = try decoder.decode()
        try self.init(
            network: network, service: service, epoch: epoch, revision: revision, threshold: threshold,
            members: try decoder.decode(limit: Self.memberLimit))
    }

    private static func encode(
        _ network: Digest, _ service: ServiceID, _ epoch: Epoch, _ revision: Revision, _ threshold: Fraction,
        _ members: [Member], to encoder: inout BorshEncoder
    ) {
        encoder.encode(network)
        encoder.encode(service)
        encoder.encode(epoch)
        encoder.encode(revision)
        encoder.encode(threshold)
        encoder.encode(members)
    }
}
