import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Mistakes that other restaking systems have shipped. Each test bears the mistake's name, and fails where it is made.
@Suite struct MistakeTests {
    typealias Fixture = LedgerFixture

    private let reporter = Fixture.operatorKeys[1]

    @Test func `Mistake: evidence accepted unvalidated, so that anybody can slash anybody`() {
        var fixture = Fixture()
        let set = fixture.set()
        let signature = Fixture.stranger.sign([1])
        let votes = [UInt8(1), 2].map {
            Attestation(
                statement: Fixture.statement(set, result: $0), signer: Fixture.operatorKeys[0].publicKey,
                signature: signature)
        }
        let evidence = Instruction.submitEvidence(.equivocation(Equivocation(votes[0], votes[1])!))
        for key in [reporter, Fixture.restakerKeys[1], Fixture.coordinatorKeys[0], Fixture.clockKey] {
            #expect(fixture.apply(evidence, by: key) == .badEvidence)
        }
        #expect(fixture.ledger.slashes.isEmpty && fixture.weights()[0] == 400)
    }

    @Test func `Mistake: an inverted check, which slashes for bad evidence and spares for good`() {
        var fixture = Fixture()
        #expect(fixture.apply(Fixture.forgery(fixture.set()), by: reporter) == .badEvidence)
        #expect(fixture.ledger.slashes.isEmpty)
        #expect(fixture.apply(Fixture.equivocation(by: 0, fixture.set()), by: reporter) == .applied)
        #expect(fixture.ledger.slashes.map(\.signer) == [OperatorIndex(0)])
    }

    @Test func `Mistake: evidence not bound to the accused's own signature`() {
        // Both votes are real, and each is signed: one by the accused, one by its accuser.
        var fixture = Fixture()
        let one = Fixture.vote(Fixture.statement(fixture.set()), by: Fixture.operatorKeys[0])
        var other = Fixture.vote(Fixture.statement(fixture.set(), result: 2), by: reporter)
        #expect(Equivocation(one, other) == nil)
        other.signer = one.signer
        let evidence = Evidence.equivocation(Equivocation(one, other)!)
        #expect(fixture.apply(.submitEvidence(evidence), by: reporter) == .badEvidence)
    }

    @Test func `Mistake: an offence's identity chosen by its caller, so that one offence is slashed twice`() {
        var fixture = Fixture()
        let set = fixture.set()
        let reports = [(1, 2), (2, 1), (1, 3), (3, 2)].map { Fixture.equivocation(by: 0, set, results: $0) }
        let outcomes = zip(reports, [1, 2, 3, 1]).map { fixture.signer($1, $0) }
        #expect(outcomes == [.applied, .alreadySlashed, .alreadySlashed, .alreadySlashed])
        #expect(fixture.stake(0).active.assets == 380)
    }

    @Test func `Mistake: a vote beside itself taken for a conflict`() throws {
        let vote = Fixture.vote(Fixture.statement(Fixture().set()), by: Fixture.operatorKeys[0])
        #expect(Equivocation(vote, vote) == nil)
        // Nor can it arrive in bytes.
        var encoder = BorshEncoder()
        encoder.encode(UInt8(0))
        encoder.encode(vote.signer)
        for _ in 0..<2 {
            encoder.encode(vote.statement)
            encoder.encode(vote.signature)
        }
        #expect(throws: BorshError.self) { try Evidence(borsh: encoder.bytes) }
    }

    @Test func `Mistake: evidence not bound to genesis, so that a test run's votes slash elsewhere`() {
        var fixture = Fixture()
        let other = Fixture(Fixture.genesis(run: 8))
        #expect(fixture.apply(Fixture.equivocation(by: 0, other.set()), by: reporter) == .badEvidence)
        #expect(fixture.ledger.slashes.isEmpty)
    }

    @Test func `Mistake: evidence lost at an epoch's boundary`() {
        // Both votes in one epoch, or one on each side of the boundary; told of after it.
        for crosses in [false, true] {
            var fixture = Fixture()
            let old = fixture.set()
            fixture.open(epoch: 1)
            let evidence = Fixture.equivocation(by: 0, old, and: crosses ? fixture.set() : nil)
            #expect(fixture.apply(evidence, by: reporter) == .applied)
            #expect(fixture.ledger.slashes.map(\.epoch) == [Epoch(0)])
        }
    }

    @Test func `Mistake: a second vote by one operator counted for two results at once`() {
        var fixture = Fixture()
        let set = fixture.set()
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 2, 3], result: 2)) == .alreadyCertified)
        let second = Fixture.vote(Fixture.statement(set, result: 2), by: Fixture.operatorKeys[0])
        #expect(fixture.signer(0, .claimParticipation(second)) == .notCertified)
        #expect(fixture.ledger.services[0].credits == [400, 300, 0, 0])
    }

    @Test func `Mistake: non-signers slashed`() {
        var fixture = Fixture.wide { $0.services[0].slash.wrongResult = .one }
        let certified = fixture.certify()
        #expect(fixture.restaker(1, .dispute(certified.task, certified.statement)) == .applied)
        #expect(fixture.ledger.slashes.map(\.signer.number) == [0, 1], "who signed the wrong result")
        #expect(fixture.stake(2).active.assets == 200 && fixture.stake(3).active.assets == 100)
    }

    @Test func `Mistake: duplicates dropped in silence, and the proof with them`() {
        // A second vote for a subject is no mere duplicate, though the first has been counted and certified.
        var fixture = Fixture()
        let set = fixture.set()
        #expect(fixture.settle(Fixture.certificate(set, signers: [0, 1])) == .applied)
        let evidence = Fixture.equivocation(by: 0, set)
        #expect(fixture.apply(evidence, by: reporter) == .applied)
        #expect(fixture.apply(evidence, by: reporter) == .alreadySlashed, "and a real duplicate has its answer")
        #expect(fixture.log.count == 3)
    }

    @Test func `Mistake: the queue of leaving stake left out of what is slashable`() {
        var fixture = Fixture()
        let set = fixture.set(1)
        #expect(fixture.restaker(0, .undelegate(.native, 300, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.stake(0).unbonding == 300)
        #expect(fixture.stake(0).slashable(since: Epoch(0)) == 400)
        #expect(fixture.apply(Fixture.equivocation(by: 0, set), by: reporter) == .applied)
        #expect(fixture.ledger.slashes.map(\.slashed) == [400])
    }

    @Test func `Mistake: an exit that evades a slash`() {
        // The operator leaves, and all its stake with it, in the epoch of the offence; reported in the last slot.
        var fixture = Fixture()
        let set = fixture.set(1)
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        #expect(fixture.signer(0, .exit) == .applied)
        #expect(fixture.apply(.advance(to: Slot(29)), by: Fixture.clockKey) == .applied)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .insufficientStake)
        #expect(fixture.apply(Fixture.equivocation(by: 0, set), by: reporter) == .applied)
        fixture.open(epoch: 9)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .insufficientStake)
        #expect(fixture.ledger.slashes.map(\.slashed) == [400])
    }

    @Test func `Mistake: a proven cheat that keeps its seat until the epoch's end`() {
        for veto in [0, 15] as [UInt64] {
            var fixture = Fixture.wide { $0.parameters.vetoSlots = veto }
            #expect(fixture.apply(Fixture.equivocation(by: 0, fixture.set()), by: reporter) == .applied)
            #expect(fixture.ledger.epoch == Epoch(0))
            for service in [0, 1] as [UInt32] {
                #expect(fixture.set(service).revision == Revision(1))
                #expect(fixture.set(service).total == 600 && fixture.weights(service)[0] == nil)
            }
        }
    }

    @Test func `Mistake: a slash of everything leaves a pool that divides by zero`() {
        // A wrong result costs the whole stake and no seat: the pool is open to whoever comes.
        var fixture = Fixture.wide { $0.services[1].slash.wrongResult = .one }
        fixture.punishWrongResult(of: 1)
        #expect(fixture.stake(1).active.assets == 0)
        #expect(fixture.restaker(0, .undelegate(.native, 1, from: OperatorIndex(1))) == .insufficientStake)
        #expect(fixture.restaker(1, .delegate(.native, 70, to: OperatorIndex(1))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.weights(1) == [1: 70])
        #expect(fixture.restaker(0, .undelegate(.native, 1, from: OperatorIndex(1))) == .insufficientStake)
        #expect(fixture.restaker(1, .undelegate(.native, 70, from: OperatorIndex(1))) == .applied)
    }

    @Test func `Mistake: a thousand tiny deposits after a deep slash move the price of a share`() {
        var stake = OperatorStake()
        let old = stake.endow(1_000_000_000)!
        stake.loseActive(999_999_000)
        for number in 1...1_000 as ClosedRange<UInt64> {
            stake.join(1, in: Epoch(number))
            stake.close(Epoch(number), isClosed: false)
        }
        #expect(stake.active.value(of: old) == 1_000)
        #expect(stake.active.assets == 2_000)
    }

    @Test func `Mistake: 66 percent taken for two thirds`() {
        // 660 of 1,000 are 66 %, and 666 less than two thirds of 1,000; 667 are more.
        for (first, outcome) in [(660, .badCertificate), (666, .badCertificate), (667, .applied)] as [(UInt64, Outcome)]
        {
            var genesis = Fixture.genesis()
            for (place, amount) in [first, 1_000 - first - 150, 50, 50].enumerated() {
                genesis.restakers[0].delegations[place].amount = Units(amount)
            }
            var fixture = Fixture(genesis)
            #expect(fixture.set().total == 1_000)
            #expect(fixture.settle(Fixture.certificate(fixture.set(), signers: [0])) == outcome)
        }
    }
}
