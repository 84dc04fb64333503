import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

extension LedgerFixture {
    /// Operator 0's vote, and another's under its name.
    static func forgery(_ set: OperatorSet) -> Instruction {
        let one = vote(statement(set), by: operatorKeys[0])
        var two = vote(statement(set, result: 2), by: operatorKeys[1])
        two.signer = one.signer
        return .submitEvidence(.equivocation(Equivocation(one, two)!))
    }

    /// A square that is wrong by `error`, certified by operators 0 and 1.
    mutating func certify(subject: UInt64 = 3, error: UInt8 = 1) -> (task: ServiceTask, statement: Statement) {
        let (task, statement) = Self.square(set(), subject: subject, plus: error)
        #expect(settle(Self.certificate(statement, in: set(), signers: [0, 1])) == .applied)
        return (task, statement)
    }

    /// The operators are to say whether that is right.
    mutating func openDispute() {
        let certified = certify()
        #expect(restaker(1, .dispute(certified.task, certified.statement)) == .applied)
    }

    mutating func fillDisputes() {
        let set = set()
        while ledger.disputeBook.open.count < DisputeBook.openLimit {
            _ = ledger.disputeBook.open { id in
                DisputeBook.Dispute(
                    id: id, voteKey: Self.statement(set).voteKey, operatorSet: set.digest, statementEpoch: set.epoch,
                    opened: ledger.epoch, bond: .zero, challenger: 0, voters: SignerSet(size: set.members.count),
                    voiding: SignerSet(size: set.members.count))
            }
        }
    }
}

extension OutcomeList {
    private static let reporter = Fixture.operatorKeys[2]
    private static let challenger = Role.restaker.key
    private static let voter = Fixture.operatorKeys[0]
    private static let first = DisputeID(0)

    private static func vetoing(_ genesis: inout Genesis) { genesis.parameters.vetoSlots = 15 }
    private static func correlated(_ genesis: inout Genesis) {
        for place in genesis.services.indices { genesis.services[place].slash.policy = .correlated }
    }
    private static func slashingFromEpoch1(_ genesis: inout Genesis) { genesis.parameters.release.slashing = Epoch(1) }
    private static func voting(_ genesis: inout Genesis) { genesis.services[0].module = "exec" }
    private static func undisputed(_ genesis: inout Genesis) { genesis.services[0].disputes = .none }

    static let slashing = [
        OutcomeList("submitEvidence", by: .anyone, rows: evidence),
        OutcomeList(
            "cancelSlash", by: .resolver,
            rows: [
                OutcomeRow(.notAuthorized, "an operator, nothing", by: voter, .cancelSlash(offence: .zero)),
                OutcomeRow(
                    .notAuthorized, "another AVS's resolver", by: Role.resolver.key,
                    with: {
                        vetoing(&$0)
                        $0.services[0].slash.resolver = nil
                    }
                ) {
                    $0.tombstone(0)
                    return .cancelSlash(offence: $0.ledger.slashes[0].offence)
                },
                OutcomeRow(.unknownOffence, "nothing", by: Role.resolver.key, .cancelSlash(offence: .zero)),
                OutcomeRow(
                    .windowOver, "a slash that waits for evidence alone", by: Role.resolver.key, with: correlated
                ) {
                    $0.tombstone(0)
                    return .cancelSlash(offence: $0.ledger.slashes[0].offence)
                },
                OutcomeRow(.applied, "a pending slash", by: Role.resolver.key, with: vetoing) {
                    $0.tombstone(0)
                    return .cancelSlash(offence: $0.ledger.slashes[0].offence)
                },
            ]),
        OutcomeList("dispute", by: .restaker, rows: disputes),
        OutcomeList("voteDispute", by: .operator, rows: votes),
    ]

    private static let evidence = [
        OutcomeRow(.badEvidence, "a forgery, of an epoch that costs nothing", by: reporter, with: slashingFromEpoch1) {
            Fixture.forgery($0.set())
        },
        OutcomeRow(.badEvidence, "a forgery, past the horizon", by: reporter) {
            let forgery = Fixture.forgery($0.set())
            $0.open(epoch: 3)
            return forgery
        },
        OutcomeRow(
            .notReleased, "of an epoch that costs nothing, past the horizon", by: reporter, with: slashingFromEpoch1
        ) {
            let evidence = Fixture.equivocation(by: 0, $0.set())
            $0.open(epoch: 3)
            return evidence
        },
        OutcomeRow(.pastHorizon, "what was slashed, past the horizon", by: reporter) {
            let evidence = Fixture.equivocation(by: 0, $0.set())
            #expect($0.signer(1, evidence) == .applied)
            $0.open(epoch: 3)
            return evidence
        },
        OutcomeRow(.alreadySlashed, "the same offence again, of who is tombstoned", by: reporter) {
            let set = $0.set()
            #expect($0.signer(1, Fixture.equivocation(by: 0, set)) == .applied)
            return Fixture.equivocation(by: 0, set, results: (1, 3))
        },
        OutcomeRow(.alreadyTombstoned, "another offence of who is tombstoned", by: reporter) {
            let set = $0.set()
            #expect($0.signer(1, Fixture.equivocation(by: 0, set)) == .applied)
            return Fixture.equivocation(by: 0, set, subject: 1)
        },
        OutcomeRow(.applied, "an offence", by: reporter) { Fixture.equivocation(by: 0, $0.set()) },
    ]

    private static let disputes = [
        OutcomeRow(.notAuthorized, "the clock, of no AVS", by: Role.clock.key) {
            var (task, statement) = Fixture.square($0.set(), subject: 3)
            statement.voteKey.service = Fixture.noService
            return .dispute(task, statement)
        },
        OutcomeRow(.unknownService, "of no AVS, past the horizon", by: challenger) {
            var (task, statement) = Fixture.square($0.set(), subject: 3)
            $0.open(epoch: 3)
            statement.voteKey.service = Fixture.noService
            return .dispute(task, statement)
        },
        OutcomeRow(.pastHorizon, "of no operator set, past the horizon", by: challenger) {
            var (task, statement) = Fixture.square($0.set(), subject: 3)
            $0.open(epoch: 3)
            statement.operatorSet = .zero
            return .dispute(task, statement)
        },
        OutcomeRow(.unknownOperatorSet, "of no operator set, when there is no room", by: challenger) {
            var (task, statement) = Fixture.square($0.set(), subject: 3)
            $0.fillDisputes()
            statement.operatorSet = .zero
            return .dispute(task, statement)
        },
        OutcomeRow(.full, "without a bond, when there is no room", by: Fixture.restakerKeys[0]) {
            $0.fillDisputes()
            let (task, statement) = Fixture.square($0.set(), subject: 3)
            return .dispute(task, statement)
        },
        OutcomeRow(.insufficientStake, "without a bond, of no certificate", by: Fixture.restakerKeys[0]) {
            let (task, statement) = Fixture.square($0.set(), subject: 3)
            return .dispute(task, statement)
        },
        OutcomeRow(.notCertified, "of no certificate, where there are no challenges", by: challenger, with: undisputed)
        {
            let (task, statement) = Fixture.square($0.set(), subject: 3)
            return .dispute(task, statement)
        },
        OutcomeRow(.notDisputable, "where there are no challenges", by: challenger, with: undisputed) {
            let certified = $0.certify()
            return .dispute(certified.task, certified.statement)
        },
        OutcomeRow(.notDisputable, "of another task, a second time", by: challenger, with: voting) {
            $0.openDispute()
            var (task, statement) = Fixture.wrongSquare($0.set(), subject: 3)
            task.payload = [0]
            return .dispute(task, statement)
        },
        OutcomeRow(.alreadyDisputed, "a right result, a second time", by: challenger) {
            let certified = $0.certify(error: 0)
            let instruction = Instruction.dispute(certified.task, certified.statement)
            #expect($0.restaker(1, instruction) == .challengeFailed)
            return instruction
        },
        OutcomeRow(.challengeFailed, "a right result", by: challenger) {
            let certified = $0.certify(error: 0)
            return .dispute(certified.task, certified.statement)
        },
        OutcomeRow(.applied, "a wrong result", by: challenger) {
            let certified = $0.certify()
            return .dispute(certified.task, certified.statement)
        },
    ]

    private static let votes = [
        OutcomeRow(.notAuthorized, "a restaker, on nothing", by: challenger, .voteDispute(first, voids: true)),
        OutcomeRow(.unknownDispute, "on nothing", by: voter, .voteDispute(first, voids: true)),
        OutcomeRow(.unknownOperatorSet, "a second time, when its set is past the horizon", by: voter, with: voting) {
            let certified = $0.certify()
            $0.open(epoch: 2)
            #expect($0.restaker(1, .dispute(certified.task, certified.statement)) == .applied)
            #expect($0.signer(0, .voteDispute(first, voids: true)) == .applied)
            $0.open(epoch: 3)
            return .voteDispute(first, voids: true)
        },
        OutcomeRow(.alreadyVoted, "a second time", by: voter, with: voting) {
            $0.openDispute()
            #expect($0.signer(0, .voteDispute(first, voids: true)) == .applied)
            return .voteDispute(first, voids: false)
        },
        OutcomeRow(
            .notAMember, "who is not in the set", by: Fixture.operatorKeys[3],
            with: {
                voting(&$0)
                $0.services[0].optedIn = [OperatorIndex(0), OperatorIndex(1)]
            }
        ) {
            $0.openDispute()
            return .voteDispute(first, voids: true)
        },
        OutcomeRow(.applied, "a member", by: voter, with: voting) {
            $0.openDispute()
            return .voteDispute(first, voids: true)
        },
    ]
}
