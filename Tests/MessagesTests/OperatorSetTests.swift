import Cryptography
import Messages
import Primitives
import Testing

@Suite struct OperatorSetTests {
    private let set = Fixed.operatorSet

    @Test func findsItsMembers() {
        #expect(set.total == Lamports(550 * Lamports.perSOL))
        for (place, member) in set.members.enumerated() {
            #expect(set.index(of: member.key) == MemberIndex(place))
            #expect(set.index(of: member.signer) == MemberIndex(place))
        }
        #expect(set.index(of: Fixed.coordinator.publicKey) == nil)
        #expect(set.index(of: OperatorIndex(1)) == nil)
    }

    @Test func weighsSignersOfItsOwnSizeOnly() {
        #expect(set.weight(of: Fixed.quorum) == Lamports(500 * Lamports.perSOL))
        #expect(set.weight(of: SignerSet(size: 3)) == .zero)
        #expect(set.weight(of: SignerSet(size: 9, bits: [0xff, 1])!) == .zero)
        #expect(set.weight(of: SignerSet(size: 2, bits: [0b11])!) == .zero)
    }

    @Test func everyPartIsInTheDigest() throws {
        var lighter = set.members
        lighter[2].weight = Lamports(1)
        var renamed = set.members
        renamed[2].key = Fixed.coordinator.publicKey
        let variants = [
            try with(network: Fixed.digest(1)), try with(service: ServiceID(4)), try with(epoch: Epoch(6)),
            try with(revision: Revision(2)), try with(threshold: Fraction(4, over: 6)!), try with(members: lighter),
            try with(members: renamed), try with(members: Array(set.members.prefix(2))),
        ]
        #expect(Set(variants.map(\.digest) + [set.digest]).count == variants.count + 1)
        #expect(try with() == set)
    }

    @Test func ofNobodyReachesNoQuorum() throws {
        let empty = try with(members: [])
        #expect(empty.total == .zero)
        #expect(!empty.isQuorum(.zero))
    }

    @Test func isLimited() {
        let many = (0...UInt32(OperatorSet.memberLimit)).map {
            OperatorSet.Member(signer: OperatorIndex($0), key: Fixed.accused.publicKey, weight: .zero)
        }
        #expect(throws: BorshError.tooLong(type: "OperatorSet", count: 10_001, limit: 10_000)) {
            try with(members: many)
        }
    }

    private func with(
        network: Digest? = nil, service: ServiceID? = nil, epoch: Epoch? = nil, revision: Revision? = nil,
        threshold: Fraction? = nil, members: [OperatorSet.Member]? = nil
    ) throws -> OperatorSet {
        try OperatorSet(
            network: network ?? set.network, service: service ?? set.service, epoch: epoch ?? set.epoch,
            revision: revision ?? set.revision, threshold: threshold ?? set.threshold,
            members: members ?? set.members)
    }
}
