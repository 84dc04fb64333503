import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

extension OutcomeList {
    private static let coordinator = Role.coordinator.key
    private static let member = Role.operator.key
    private static let restaker = Role.restaker.key

    private static func submission(
        _ set: OperatorSet, of other: SignerSet? = nil, _ change: (inout Statement) -> Void = { _ in }
    ) -> Instruction {
        let good = Fixture.certificate(set, signers: [0, 1])
        var statement = good.statement
        change(&statement)
        let certificate = Certificate(statement: statement, signers: good.signers, signatures: good.signatures)!
        return .submitCertificate(certificate, participation: other ?? good.signers)
    }

    private static func claim(
        _ set: OperatorSet, by signer: Int = 0, _ change: (inout Attestation) -> Void = { _ in }
    ) -> Instruction {
        var vote = Fixture.vote(Fixture.statement(set), by: Fixture.operatorKeys[signer])
        change(&vote)
        return .claimParticipation(vote)
    }

    private static func letter(
        _ set: OperatorSet, to recipient: UInt32 = 1, isRight: Bool = true,
        _ change: (inout Statement) -> Void = { _ in }
    ) -> Letter {
        var statement = Fixture.square(set, subject: 3).1
        let good = Fixture.certificate(statement, in: set, signers: [0, 1])
        change(&statement)
        return Letter(
            recipient: ServiceID(recipient), body: [isRight ? 144 : 145] + Array(repeating: 0, count: 15),
            certificate: Certificate(statement: statement, signers: good.signers, signatures: good.signatures)!)
    }

    private static func fillInbox(_ fixture: inout Fixture) {
        let letter = letter(fixture.set())
        for _ in 0..<Inbox.limit { fixture.ledger.inboxes[1].post(letter) }
    }

    private static func withoutFirst(_ genesis: inout Genesis) { genesis.services[0].optedIn.removeFirst() }

    static let certificates = [
        OutcomeList(
            "submitCertificate", by: .coordinator, .operator,
            rows: [
                OutcomeRow(.notAuthorized, "a restaker, past the horizon", by: restaker) {
                    let set = $0.set()
                    $0.open(epoch: 3)
                    return submission(set)
                },
                OutcomeRow(.coordinatorRevoked, "past the horizon", by: coordinator) {
                    let set = $0.set()
                    $0.revokeCoordinator()
                    $0.open(epoch: 3)
                    return submission(set)
                },
                OutcomeRow(.pastHorizon, "of no operator set, past the horizon", by: coordinator) {
                    let set = $0.set()
                    $0.open(epoch: 3)
                    return submission(set) { $0.operatorSet = .zero }
                },
                OutcomeRow(.unknownOperatorSet, "of no operator set, and so badly signed", by: coordinator) {
                    submission($0.set()) { $0.operatorSet = .zero }
                },
                OutcomeRow(.badCertificate, "badly signed, over another set", by: coordinator) {
                    submission($0.set(), of: SignerSet(size: 9)) { $0.result = .zero }
                },
                OutcomeRow(.badParticipation, "over another set, a second time", by: coordinator) {
                    let set = $0.set()
                    #expect($0.coordinator(0, submission(set)) == .applied)
                    return submission(set, of: SignerSet(size: 9))
                },
                OutcomeRow(.alreadyCertified, "a second time", by: coordinator) {
                    let set = $0.set()
                    #expect($0.signer(1, submission(set)) == .applied)
                    return submission(set)
                },
                OutcomeRow(.applied, "the first", by: coordinator) { submission($0.set()) },
            ]),
        OutcomeList(
            "claimParticipation", by: .operator,
            rows: [
                OutcomeRow(.notAuthorized, "another's vote, for no AVS", by: member) {
                    claim($0.set(), by: 1) { $0.statement.voteKey.service = Fixture.noService }
                },
                OutcomeRow(.unknownService, "for no AVS, past the horizon", by: member) {
                    let set = $0.set()
                    $0.open(epoch: 3)
                    return claim(set) { $0.statement.voteKey.service = Fixture.noService }
                },
                OutcomeRow(.pastHorizon, "of no operator set, past the horizon", by: member) {
                    let set = $0.set()
                    $0.open(epoch: 3)
                    return claim(set) { $0.statement.operatorSet = .zero }
                },
                OutcomeRow(.unknownOperatorSet, "of no operator set, and so badly signed", by: member) {
                    claim($0.set()) { $0.statement.operatorSet = .zero }
                },
                OutcomeRow(.notAMember, "who is no member, badly signed", by: member, with: withoutFirst) {
                    claim($0.set()) { $0.statement.result = .zero }
                },
                OutcomeRow(.badAttestation, "badly signed, of no certificate", by: member) {
                    claim($0.set()) { $0.statement.result = .zero }
                },
                OutcomeRow(.notCertified, "of no certificate", by: member) { claim($0.set()) },
                OutcomeRow(.alreadyCounted, "one of its signers", by: member) {
                    let set = $0.set()
                    #expect($0.coordinator(0, submission(set)) == .applied)
                    return claim(set)
                },
                OutcomeRow(
                    .applied, "who was left out", by: member, with: { $0.restakers[0].delegations[0].amount = 200 }
                ) {
                    let set = $0.set(1)
                    #expect($0.settle(Fixture.certificate(set, signers: [1, 2, 3])) == .applied)
                    return claim(set)
                },
            ]),
    ]

    static let yield = [
        OutcomeList(
            "fund", by: .anyone,
            rows: [
                OutcomeRow(.zeroAmount, "nothing, for no AVS", by: restaker, .fund(Fixture.noService, .zero)),
                OutcomeRow(.unknownService, "for no AVS", by: restaker, .fund(Fixture.noService, Lamports(.max))),
                OutcomeRow(.defunct, "too much, for one that is no more", by: restaker) {
                    $0.end(0)
                    return .fund(ServiceID(0), Lamports(.max))
                },
                OutcomeRow(.amountTooLarge, "more than fits", by: restaker, .fund(ServiceID(0), Lamports(.max))),
                OutcomeRow(.applied, "one lamport", by: restaker, .fund(ServiceID(0), 1)),
            ]),
        OutcomeList(
            "claimRewards", by: .anyone,
            rows: [
                OutcomeRow(.nothingEarned, "who has earned nothing", by: restaker, .claimRewards),
                OutcomeRow(.applied, "a reporter", by: Fixture.operatorKeys[2]) {
                    $0.tombstone(0)
                    return .claimRewards
                },
            ]),
    ]

    static let inbox = [
        OutcomeList("post", by: .coordinator, .operator, rows: posts),
        OutcomeList(
            "consume", by: .coordinator,
            rows: [
                OutcomeRow(.notAuthorized, "an operator, of an empty inbox", by: member, .consume(0)),
                OutcomeRow(.coordinatorRevoked, "of an empty inbox", by: coordinator) {
                    $0.revokeCoordinator()
                    return .consume(0)
                },
                OutcomeRow(.outOfTurn, "of an empty inbox", by: coordinator, .consume(0)),
                OutcomeRow(.outOfTurn, "the second", by: coordinator) {
                    $0.ledger.inboxes[0].post(letter($0.set(1), to: 0))
                    return .consume(1)
                },
                OutcomeRow(.applied, "the first", by: coordinator) {
                    $0.ledger.inboxes[0].post(letter($0.set(1), to: 0))
                    return .consume(0)
                },
            ]),
    ]

    private static let posts = [
        OutcomeRow(.notAuthorized, "a restaker, to no AVS", by: restaker) { .post(letter($0.set(), to: 9)) },
        OutcomeRow(.coordinatorRevoked, "to no AVS", by: coordinator) {
            $0.revokeCoordinator()
            return .post(letter($0.set(), to: 9))
        },
        OutcomeRow(.unknownService, "to no AVS, past the horizon", by: coordinator) {
            let set = $0.set()
            $0.open(epoch: 3)
            return .post(letter(set, to: 9))
        },
        OutcomeRow(.pastHorizon, "of no operator set, past the horizon", by: coordinator) {
            let set = $0.set()
            $0.open(epoch: 3)
            return .post(letter(set) { $0.operatorSet = .zero })
        },
        OutcomeRow(.unknownOperatorSet, "of no operator set, to who is no more", by: coordinator) {
            $0.end(1)
            return .post(letter($0.set()) { $0.operatorSet = .zero })
        },
        OutcomeRow(.defunct, "to who is no more, into a full inbox", by: coordinator) {
            $0.end(1)
            fillInbox(&$0)
            return .post(letter($0.set()))
        },
        OutcomeRow(.full, "badly signed, into a full inbox", by: coordinator) {
            fillInbox(&$0)
            return .post(letter($0.set()) { $0.result = .zero })
        },
        OutcomeRow(.badCertificate, "badly signed, and not settled", by: coordinator) {
            .post(letter($0.set()) { $0.result = .zero })
        },
        OutcomeRow(.notCertified, "another text, and not settled", by: coordinator) {
            .post(letter($0.set(), isRight: false))
        },
        OutcomeRow(.badLetter, "another text, after the right one", by: coordinator) {
            let right = letter($0.set())
            #expect($0.settle(right.certificate) == .applied)
            #expect($0.coordinator(0, .post(right)) == .applied)
            return .post(letter($0.set(), isRight: false))
        },
        OutcomeRow(.alreadyPosted, "a second time", by: coordinator) {
            let right = letter($0.set())
            #expect($0.settle(right.certificate) == .applied)
            #expect($0.signer(1, .post(right)) == .applied)
            return .post(right)
        },
        OutcomeRow(.applied, "a settled result", by: coordinator) {
            let right = letter($0.set())
            #expect($0.settle(right.certificate) == .applied)
            return .post(right)
        },
    ]
}
