import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Challenges to certified results: executed again where the module allows it, voted on otherwise.
@Suite struct DisputeTests {
    typealias Fixture = LedgerFixture

    private static func fixture(
        module: String = "squaring", disputes: DisputeTerms = .void, wrongResult: Fraction = .basisPoints(1_000)
    ) -> Fixture {
        Fixture.wide { genesis in
            genesis.services[0].module = module
            genesis.services[0].disputes = disputes
            genesis.services[0].slash.wrongResult = wrongResult
        }
    }

    @Test func `A wrong result that can be executed again is void, and whoever signed it is slashed`() {
        var fixture = Self.fixture()
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        #expect(fixture.ledger.slashRecords.map(\.signer.number) == [0, 1])
        #expect(fixture.ledger.slashRecords.allSatisfy { $0.kind == .wrongResult })
        // A tenth of 300; of 400 and of 400 mSOL.
        #expect(fixture.stake(1).active.assets == 270)
        #expect(fixture.stake(0).active.assets == 360)
        #expect(fixture.stake(0, of: 1).active.assets == 360)
        #expect(fixture.stake(2).active.assets == 200, "it did not sign")
        #expect(fixture.weights()[1] == 300, "and nobody has lost a seat")
        // The bond, and the reporter's part of 30, 40 and, in mSOL, 40.
        #expect(fixture.earned(by: Fixture.restakerKeys[1]) == 53)
        #expect(fixture.earned(by: Fixture.restakerKeys[1], of: Fixture.mSOL) == 2)
        #expect(fixture.ledger.settlementBook.entry(for: statement.voteKey)?.isVoid == true)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .alreadyDisputed)
    }

    @Test func `Who only is said to have taken part is not slashed; who claims its vote is`() {
        var fixture = Self.fixture()
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        let all = SignerSet(size: 4, bits: [0b1111])!
        #expect(
            fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1]), participation: all) == .applied)
        let vote = Fixture.vote(statement, by: Fixture.operatorKeys[2])
        #expect(fixture.signer(2, .claimParticipation(vote)) == .alreadyCounted, "but now its signature is here")
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        #expect(fixture.ledger.slashRecords.map(\.signer.number) == [0, 1, 2])
    }

    @Test func `Before slashing is released a wrong result is void and costs nobody anything`() {
        for release in [0, 1] as [UInt64] {
            var fixture = Fixture.wide {
                $0.services[0].slash.wrongResult = .basisPoints(1_000)
                $0.parameters.release.slashing = Epoch(release)
            }
            let set = fixture.set()
            let (task, statement) = Fixture.wrongSquare(set, subject: 3)
            #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
            fixture.open(epoch: 1)
            #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
            #expect(fixture.ledger.slashRecords.count == (release == 0 ? 2 : 0), "it is of epoch 0")
            #expect(fixture.books.bonds == 0)
        }
    }

    @Test func `A challenge of a right result loses its bond`() {
        var fixture = Self.fixture()
        let set = fixture.set()
        let (task, statement) = Fixture.square(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .challengeFailed)
        #expect(fixture.books.burned == 50)
        #expect(fixture.books.idle == 950)
        #expect(fixture.ledger.slashRecords.isEmpty)
    }

    /// The table of what a challenge can be told, in this order.
    @Test func `A challenge's outcomes`() {
        var fixture = Self.fixture()
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        var other = statement
        other.voteKey.service = ServiceID(9)
        #expect(fixture.restaker(1, .dispute(task, other)) == .unknownService)
        other = statement
        other.operatorSet = .zero
        #expect(fixture.restaker(1, .dispute(task, other)) == .unknownOperatorSet)
        #expect(fixture.restaker(0, .dispute(task, statement)) == .insufficientStake, "nothing idle for the bond")
        #expect(fixture.restaker(1, .dispute(task, statement)) == .notCertified)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        other = statement
        other.result = .zero
        #expect(fixture.restaker(1, .dispute(task, other)) == .notCertified, "that is not what was certified")
        var altered = task
        altered.payload = [0]
        #expect(fixture.restaker(1, .dispute(altered, statement)) == .notDisputable)
        #expect(fixture.signer(0, .dispute(task, statement)) == .notAuthorized, "it has no account for the bond")
        var late = fixture
        late.open(epoch: 3)
        #expect(late.restaker(1, .dispute(task, statement)) == .pastHorizon)
        var none = Self.fixture(disputes: .none)
        let (task2, statement2) = Fixture.wrongSquare(none.set(), subject: 3)
        #expect(none.settle(Fixture.certificate(statement2, in: none.set(), signers: [0, 1])) == .applied)
        #expect(none.restaker(1, .dispute(task2, statement2)) == .notDisputable)
    }

    /// A program's result, which only its operators can judge; operators 0 and 1 have certified it.
    private static func opened(_ disputes: DisputeTerms) -> Fixture {
        var fixture = fixture(module: "exec", disputes: disputes)
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        precondition(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        precondition(fixture.restaker(1, .dispute(task, statement)) == .applied)
        precondition(fixture.books.bonds == 50)
        return fixture
    }

    @Test func `A vote counts against the whole set, the accused included, and voids without slashing`() {
        // 625, 300, 200 and 100: more than 816.67 is needed.
        var fixture = Self.opened(.void)
        let id = DisputeID(0)
        #expect(fixture.signer(1, .voteDispute(DisputeID(1), voids: true)) == .unknownDispute)
        #expect(fixture.signer(1, .voteDispute(id, voids: true)) == .applied)
        #expect(fixture.signer(1, .voteDispute(id, voids: false)) == .alreadyVoted)
        #expect(fixture.signer(2, .voteDispute(id, voids: true)) == .applied)
        #expect(fixture.signer(3, .voteDispute(id, voids: true)) == .applied)
        #expect(fixture.ledger.disputeBook.open.count == 1, "600 of 1,225 do not suffice")
        #expect(fixture.signer(0, .voteDispute(id, voids: true)) == .applied)
        #expect(fixture.ledger.disputeBook.open.isEmpty)
        #expect(fixture.books.bonds == 0)
        #expect(fixture.earned(by: Fixture.restakerKeys[1]) == 50)
        #expect(fixture.ledger.slashRecords.isEmpty)
    }

    @Test func `Where its terms say so, a vote slashes whoever signed what it voids`() {
        var fixture = Self.opened(.slash)
        for signer in 0..<3 { _ = fixture.signer(signer, .voteDispute(DisputeID(0), voids: true)) }
        #expect(fixture.ledger.slashRecords.map(\.signer.number) == [0, 1])
    }

    @Test func `A challenge that no quorum upholds in time has lost its bond`() {
        var fixture = Self.opened(.void)
        #expect(fixture.signer(1, .voteDispute(DisputeID(0), voids: true)) == .applied)
        #expect(fixture.signer(0, .voteDispute(DisputeID(0), voids: false)) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.books.bonds == 50)
        fixture.open(epoch: 2)
        #expect(fixture.books.bonds == 0)
        #expect(fixture.books.burned == 50)
        #expect(fixture.signer(2, .voteDispute(DisputeID(0), voids: true)) == .unknownDispute)
    }

    @Test func `Who is in no seat of that set has no vote`() {
        var fixture = Fixture.wide { genesis in
            genesis.services[0].module = "exec"
            genesis.services[0].optedIn = [OperatorIndex(0), OperatorIndex(1)]
        }
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        #expect(fixture.signer(2, .voteDispute(DisputeID(0), voids: true)) == .notAMember)
    }
}

extension LedgerFixture {
    static func square(_ set: OperatorSet, subject: UInt64, plus error: UInt8 = 0) -> (ServiceTask, Statement) {
        let task = ServiceTask(
            network: set.network, service: set.service, sequence: TaskSequence(subject), epoch: set.epoch,
            operatorSet: set.digest, payload: [12, 0, 0, 0, 0, 0, 0, 0], issued: Instant(nanoseconds: 1),
            deadline: Instant(nanoseconds: 2))
        let result = [144 + error] + Array(repeating: UInt8(0), count: 15)
        return (task, Statement(for: task, digest: task.digest, result: result))
    }

    static func wrongSquare(_ set: OperatorSet, subject: UInt64) -> (ServiceTask, Statement) {
        square(set, subject: subject, plus: 1)
    }

    static func certificate(_ statement: Statement, in set: OperatorSet, signers: [Int]) -> Certificate {
        var bits = SignerSet(size: set.members.count)
        var signatures: [Signature] = []
        for (place, member) in set.members.enumerated() where signers.contains(Int(member.signer.number)) {
            bits.insert(MemberIndex(place))
            signatures.append(operatorKeys[Int(member.signer.number)].sign(statement.signedBytes))
        }
        return Certificate(statement: statement, signers: bits, signatures: signatures)!
    }
}
