import Messages
import Primitives
import Testing

@testable import Restaking

/// Messages between AVSs: authorised by a certificate, in order, once.
@Suite struct InboxTests {
    typealias Fixture = LedgerFixture

    private static let body = [144] + Array(repeating: UInt8(0), count: 15)

    private static func letter(
        _ fixture: Fixture, _ subject: UInt64, to service: UInt32 = 1, body: [UInt8] = body
    ) -> Letter {
        let set = fixture.set()
        let (_, statement) = Fixture.square(set, subject: subject)
        return Letter(
            recipient: ServiceID(service), body: body,
            certificate: Fixture.certificate(statement, in: set, signers: [0, 1]))
    }

    @Test func `An inbox is first in, first out, without a gap, and each message is taken once`() {
        var fixture = Fixture.wide()
        for subject in 0..<3 as Range<UInt64> {
            let letter = Self.letter(fixture, subject)
            #expect(fixture.settle(letter.certificate) == .applied)
            #expect(fixture.coordinator(0, .post(letter)) == .applied)
        }
        #expect(fixture.coordinator(1, .consume(1)) == .outOfTurn)
        #expect(fixture.coordinator(1, .consume(0)) == .applied)
        #expect(fixture.coordinator(1, .consume(0)) == .outOfTurn)
        #expect(fixture.coordinator(1, .consume(1)) == .applied)
        #expect(fixture.coordinator(0, .consume(0)) == .outOfTurn, "its own inbox is empty")
        #expect(fixture.ledger.inboxes[1].letters.map(\.certificate.statement.voteKey.subject.number) == [2])
        #expect(fixture.coordinator(1, .consume(2)) == .applied)
        #expect(fixture.coordinator(1, .consume(3)) == .outOfTurn)
    }

    @Test func `What can be posted`() {
        var fixture = Fixture.wide()
        let letter = Self.letter(fixture, 0)
        #expect(fixture.coordinator(1, .post(letter)) == .notAuthorized, "not its certificate")
        #expect(fixture.coordinator(0, .post(Self.letter(fixture, 0, to: 9))) == .unknownService)
        #expect(fixture.coordinator(0, .post(letter)) == .notCertified)
        #expect(fixture.settle(letter.certificate) == .applied)
        #expect(fixture.coordinator(0, .post(Self.letter(fixture, 0, body: [1]))) == .badLetter)
        var forged = letter
        forged.certificate = Certificate(
            statement: letter.certificate.statement, signers: letter.certificate.signers,
            signatures: letter.certificate.signatures.reversed())!
        #expect(fixture.coordinator(0, .post(forged)) == .badCertificate)
        #expect(fixture.signer(3, .post(letter)) == .applied, "an operator of the AVS may")
        #expect(fixture.coordinator(0, .post(letter)) == .alreadyPosted)
        #expect(fixture.coordinator(0, .post(Self.letter(fixture, 0, to: 0))) == .applied, "to another inbox")
        fixture.open(epoch: 3)
        #expect(fixture.coordinator(0, .post(letter)) == .pastHorizon)
    }

    @Test func `A result that was voided authorises nothing, and a revoked coordinator posts nothing`() {
        var fixture = Fixture.wide()
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 0)
        let certificate = Fixture.certificate(statement, in: set, signers: [0, 1])
        #expect(fixture.settle(certificate) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        let body = [145] + Array(repeating: UInt8(0), count: 15)
        let letter = Letter(recipient: ServiceID(1), body: body, certificate: certificate)
        #expect(fixture.coordinator(0, .post(letter)) == .notCertified)
    }

    @Test func `An inbox is bounded`() {
        var inbox = Inbox()
        let letter = Self.letter(Fixture.wide(), 0)
        for _ in 0..<Inbox.limit { inbox.post(letter) }
        #expect(inbox.isFull)
        let isTaken = inbox.consume(0)
        #expect(isTaken)
        #expect(!inbox.isFull)
        var fixture = Fixture.wide()
        fixture.ledger.inboxes[1] = {
            var full = inbox
            full.post(letter)
            return full
        }()
        #expect(fixture.settle(Self.letter(fixture, 0).certificate) == .applied)
        #expect(fixture.coordinator(0, .post(Self.letter(fixture, 0))) == .full)
    }
}
