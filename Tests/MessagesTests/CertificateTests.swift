import Cryptography
import Messages
import Primitives
import Testing

@Suite struct CertificateTests {
    private let set = Fixed.operatorSet
    private let certificate = Fixed.certificate

    @Test func aQuorumOfValidVotesVerifies() throws {
        try certificate.verify(against: set)
        let votes = try #require(certificate.attestations(in: set))
        #expect(votes == Fixed.signers.prefix(2).map { Fixed.vote($0) })
        #expect(votes.map(\.isValid) == [true, true])
    }

    @Test func stakeDecidesNotHeads() throws {
        // 300, 200 and 50 SOL: one of 300 with one of 50 has 350 of 550, short of two thirds
        let few = try #require(build([0, 2]))
        #expect(
            throws: CertificateError.belowThreshold(
                signed: Lamports(350 * Lamports.perSOL), total: Lamports(550 * Lamports.perSOL))
        ) { try few.verify(against: set) }
        #expect(
            throws: CertificateError.belowThreshold(signed: .zero, total: set.total)
        ) { try #require(build([])).verify(against: set) }
        try #require(build([0, 1, 2])).verify(against: set)
    }

    @Test func namesTheMemberWhoseSignatureIsBad() throws {
        var signatures = certificate.signatures
        signatures.swapAt(0, 1)
        let swapped = try #require(
            Certificate(statement: certificate.statement, signers: certificate.signers, signatures: signatures))
        #expect(throws: CertificateError.badSignature(member: MemberIndex(0))) { try swapped.verify(against: set) }

        let second = try #require(
            Certificate(
                statement: certificate.statement, signers: certificate.signers,
                signatures: [
                    certificate.signatures[0], Fixed.vote(Fixed.signers[1], Fixed.statement(result: 9)).signature,
                ]))
        #expect(throws: CertificateError.badSignature(member: MemberIndex(1))) { try second.verify(against: set) }
    }

    @Test("made for another operator set", arguments: ["network", "service", "epoch", "revision", "size"])
    func otherOperatorSet(part: String) throws {
        let network = part == "network" ? Fixed.digest(1) : set.network
        let service = part == "service" ? ServiceID(9) : set.service
        let epoch = part == "epoch" ? set.epoch.next : set.epoch
        let revision = part == "revision" ? set.revision.next : set.revision
        let members = part == "size" ? Array(set.members.dropLast()) : set.members
        let other = try OperatorSet(
            network: network, service: service, epoch: epoch, revision: revision, threshold: set.threshold,
            members: members)
        #expect(other.digest != set.digest)
        #expect(certificate.attestations(in: other) == nil)
        #expect(throws: CertificateError.otherOperatorSet) { try certificate.verify(against: other) }
    }

    /// The set's digest is right, what stands beside it is not: signed by all, and still worthless.
    @Test("statements that contradict their operator set", arguments: ["network", "service", "epoch", "size"])
    func contradiction(part: String) throws {
        var statement = Fixed.statement()
        switch part {
        case "network": statement.voteKey.network = Fixed.digest(1)
        case "service": statement.voteKey.service = ServiceID(9)
        case "epoch": statement.epoch = statement.epoch.next
        default: break
        }
        let size = part == "size" ? 4 : 3
        let signatures = Fixed.signers.map { Fixed.vote($0, statement).signature }
        let signers = try #require(SignerSet(size: size, bits: [0b111]))
        let value = try #require(Certificate(statement: statement, signers: signers, signatures: signatures))
        #expect(throws: CertificateError.otherOperatorSet) { try value.verify(against: set) }
    }

    @Test func needsOneSignatureForEachSigner() {
        let (statement, signers, signatures) = (certificate.statement, certificate.signers, certificate.signatures)
        #expect(Certificate(statement: statement, signers: signers, signatures: [signatures[0]]) == nil)
        #expect(Certificate(statement: statement, signers: signers, signatures: signatures + signatures) == nil)
    }

    private func build(_ places: [Int]) -> Certificate? {
        var signers = SignerSet(size: 3)
        for place in places { signers.insert(MemberIndex(place)) }
        return Certificate(
            statement: Fixed.statement(), signers: signers,
            signatures: places.map { Fixed.vote(Fixed.signers[$0]).signature })
    }
}
