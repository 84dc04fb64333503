import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

@Suite struct CertificateTests {
    typealias Fixture = LedgerFixture

    @Test func `The first certificate for a subject stands`() {
        var fixture = Fixture()
        let set = fixture.set()
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1, 2])) == .alreadyCertified)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1], result: 2)) == .alreadyCertified)
        #expect(fixture.settle(Fixture.certificate(set, subject: 1, signers: [0, 1])) == .applied)
    }

    @Test func `The latest settlements are told in their order, across epochs, and no more than asked for`() {
        var fixture = Fixture()
        for subject in 0..<3 as Range<UInt64> {
            #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: subject, signers: [0, 1])) == .applied)
        }
        fixture.open(epoch: 1)
        #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: 3, signers: [0, 1])) == .applied)
        func told(_ count: Int) -> [UInt64] {
            fixture.ledger.latestSettlements(count).map(\.voteKey.subject.number)
        }
        #expect(told(2) == [2, 3])
        #expect(told(9) == [0, 1, 2, 3])
    }

    @Test func `Two thirds are not enough, nor is 66 percent: strictly more than the fraction`() {
        var genesis = Fixture.genesis()
        genesis.restakers[0].delegations[0].amount = 400
        genesis.restakers[0].delegations[1].amount = 260
        genesis.restakers[0].delegations[2].amount = 240
        var fixture = Fixture(genesis)
        #expect(fixture.set().total == 1_000)
        #expect(fixture.settle(Fixture.certificate(fixture.set(), signers: [0, 1])) == .badCertificate, "660 of 1,000")
        genesis.restakers[0].delegations[1].amount = 200
        genesis.restakers[0].delegations[2].amount = 200
        var exact = Fixture(genesis)
        #expect(exact.set().total == 900)
        #expect(exact.settle(Fixture.certificate(exact.set(), signers: [0, 1])) == .badCertificate, "600 of 900")
        #expect(exact.settle(Fixture.certificate(exact.set(), signers: [0, 1, 3])) == .applied)
    }

    @Test func `A forged signature, another set, a future epoch`() {
        var fixture = Fixture()
        let good = Fixture.certificate(fixture.set(), signers: [0, 1])
        let forged = Certificate(
            statement: good.statement, signers: good.signers, signatures: good.signatures.reversed())!
        #expect(fixture.settle(forged) == .badCertificate)
        let otherSet = fixture.set(1).digest
        func settle(_ change: (inout Statement) -> Void) -> Outcome {
            var statement = good.statement
            change(&statement)
            return fixture.settle(
                Certificate(statement: statement, signers: good.signers, signatures: good.signatures)!)
        }
        #expect(settle { $0.epoch = Epoch(1) } == .unknownOperatorSet)
        #expect(settle { $0.epoch = Epoch(.max) } == .unknownOperatorSet)
        #expect(settle { $0.operatorSet = otherSet } == .unknownOperatorSet)
        #expect(settle { $0.voteKey.network = .zero } == .badCertificate)
    }

    @Test func `Participation ranges over the set and holds every signer`() {
        var fixture = Fixture()
        let certificate = Fixture.certificate(fixture.set(), signers: [0, 1])
        var less = SignerSet(size: 4)
        less.insert(MemberIndex(0))
        var wide = SignerSet(size: 5)
        for place in 0..<5 { wide.insert(MemberIndex(place)) }
        var all = SignerSet(size: 4)
        for place in 0..<4 { all.insert(MemberIndex(place)) }
        #expect(fixture.settle(certificate, participation: less) == .badParticipation)
        #expect(fixture.settle(certificate, participation: wide) == .badParticipation)
        #expect(fixture.settle(certificate, participation: all) == .applied)
    }

    @Test func `An operator that was left out counts itself, once, for the certified statement`() {
        var fixture = Fixture()
        let set = fixture.set()
        let vote = Fixture.vote(Fixture.statement(set), by: Fixture.operatorKeys[2])
        let other = Fixture.vote(Fixture.statement(set, result: 2), by: Fixture.operatorKeys[2])
        var forged = vote
        forged.signature = other.signature
        func claim(_ vote: Attestation) -> Outcome {
            fixture.apply(.claimParticipation(vote), by: Fixture.operatorKeys[2])
        }
        #expect(claim(vote) == .notCertified)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        #expect(claim(other) == .notCertified)
        #expect(claim(forged) == .badAttestation)
        #expect(claim(vote) == .applied)
        #expect(claim(vote) == .alreadyCounted)
        #expect(
            fixture.apply(.claimParticipation(vote), by: Fixture.operatorKeys[1]) == .notAuthorized, "another's vote")
        let settlement = fixture.ledger.settlementBook.settlement(for: vote.statement.voteKey)
        #expect(settlement?.participation.members == [MemberIndex(0), MemberIndex(1), MemberIndex(2)])
    }

    @Test func `Certificates of an epoch are taken until its horizon, and not after`() {
        var fixture = Fixture()
        let set = fixture.set()
        fixture.open(epoch: 2)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.settle(Fixture.certificate(set, subject: 1, signers: [0, 1])) == .pastHorizon)
        let vote = Fixture.vote(Fixture.statement(set), by: Fixture.operatorKeys[2])
        #expect(fixture.apply(.claimParticipation(vote), by: Fixture.operatorKeys[2]) == .pastHorizon)
    }

    @Test func `A subject cannot be certified again under a new epoch, though its settlement is forgotten`() {
        var fixture = Fixture()
        #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: 8, signers: [0, 1])) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: 8, signers: [0, 1])) == .alreadyCertified)
        fixture.open(epoch: 4)
        #expect(fixture.ledger.settlementBook.entries.isEmpty)
        #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: 8, signers: [0, 1])) == .pastHorizon)
        #expect(fixture.settle(Fixture.certificate(fixture.set(), subject: 9, signers: [0, 1])) == .applied)
    }
}
