import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// What the ledger takes for proof. The mistakes that others shipped, one by one.
@Suite struct EvidenceTests {
    typealias Fixture = LedgerFixture

    /// An accusation whose second vote says what `change` makes of it, with whatever signature that leaves.
    private func accusation(
        _ set: OperatorSet, by signer: Int = 0, resigned: Bool, _ change: (inout Statement) -> Void
    ) -> Evidence {
        let key = Fixture.operatorKeys[signer]
        var one = Fixture.statement(set)
        var two = Fixture.statement(set, result: 2)
        let voteKey = one.voteKey
        change(&two)
        if two.voteKey != voteKey { one.voteKey = two.voteKey }
        let first = Fixture.vote(one, by: key)
        var second = Fixture.vote(Fixture.statement(set, result: 2), by: key)
        second.statement = two
        if resigned { second.signature = key.sign(two.signedBytes) }
        return .equivocation(Equivocation(first, second)!)
    }

    @Test func `An honest operator cannot be slashed by a forged signature, whatever else the evidence says`() {
        var fixture = Fixture()
        let set = fixture.set()
        let forgeries: [(inout Statement) -> Void] = [
            { $0.result = .zero }, { $0.task = set.digest }, { $0.epoch = Epoch(7) }, { $0.operatorSet = .zero },
        ]
        for change in forgeries {
            let evidence = accusation(set, resigned: false, change)
            #expect(fixture.apply(.submitEvidence(evidence), by: Fixture.operatorKeys[1]) == .badEvidence)
        }
        fixture.open(epoch: 5)
        let late = accusation(set, resigned: false) { $0.result = .zero }
        #expect(fixture.apply(.submitEvidence(late), by: Fixture.operatorKeys[1]) == .badEvidence)
        #expect(fixture.ledger.slashRecords.isEmpty)
    }

    @Test func `Evidence is bound to the accused's own signature: another operator's does not count`() {
        var fixture = Fixture()
        let set = fixture.set()
        let one = Fixture.vote(Fixture.statement(set), by: Fixture.operatorKeys[0])
        var two = Fixture.vote(Fixture.statement(set, result: 2), by: Fixture.operatorKeys[1])
        two.signer = one.signer
        let evidence = Evidence.equivocation(Equivocation(one, two)!)
        #expect(fixture.apply(.submitEvidence(evidence), by: Fixture.operatorKeys[1]) == .badEvidence)
    }

    @Test func `Two equal votes are no conflict`() {
        let vote = Fixture.vote(Fixture.statement(Fixture().set()), by: Fixture.operatorKeys[0])
        #expect(Equivocation(vote, vote) == nil)
    }

    @Test func `Evidence is bound to genesis: votes of another run prove nothing here`() {
        var fixture = Fixture()
        let other = Fixture(Fixture.genesis(run: 8))
        #expect(
            fixture.apply(Fixture.equivocation(by: 0, other.set()), by: Fixture.operatorKeys[1]) == .badEvidence)
        let evidence = accusation(fixture.set(), resigned: true) { $0.voteKey.network = other.ledger.network }
        #expect(fixture.apply(.submitEvidence(evidence), by: Fixture.operatorKeys[1]) == .badEvidence)
    }

    @Test func `Votes must be of an operator set that the ledger knows`() {
        let lies: [(String, (inout Statement) -> Void)] = [
            ("an unknown set", { $0.operatorSet = .zero }),
            ("a set of another epoch", { $0.epoch = Epoch(1) }),
            ("an epoch beyond counting", { $0.epoch = Epoch(.max) }),
            ("a set of another AVS", { $0.voteKey.service = ServiceID(1) }),
            ("an unknown AVS", { $0.voteKey.service = ServiceID(9) }),
        ]
        for (lie, change) in lies {
            var fixture = Fixture()
            let evidence = accusation(fixture.set(), resigned: true, change)
            let outcome = fixture.apply(.submitEvidence(evidence), by: Fixture.operatorKeys[1])
            #expect(outcome == .badEvidence, "\(lie)")
        }
    }

    @Test func `The accused must be a member of the set, under its registered key`() {
        var genesis = Fixture.genesis()
        genesis.services[0].optedIn.remove(at: 2)
        var fixture = Fixture(genesis)
        #expect(fixture.apply(Fixture.equivocation(by: 2, fixture.set()), by: Fixture.operatorKeys[1]) == .badEvidence)
        let votes = [UInt8(1), 2].map {
            Fixture.vote(Fixture.statement(fixture.set(), result: $0), by: Fixture.stranger)
        }
        let evidence = Evidence.equivocation(Equivocation(votes[0], votes[1])!)
        #expect(fixture.apply(.submitEvidence(evidence), by: Fixture.operatorKeys[1]) == .badEvidence)
    }

    @Test func `Anyone in genesis may submit, restaker, clock or coordinator`() {
        for key in [Fixture.restakerKeys[1], Fixture.clockKey, Fixture.coordinatorKeys[1], Fixture.operatorKeys[0]] {
            var fixture = Fixture()
            #expect(fixture.apply(Fixture.equivocation(by: 0, fixture.set()), by: key) == .applied)
        }
    }

    @Test func `A/B, A/C and B/C are one offence, in whatever order and from whomever; the ledger names it`() {
        var fixture = Fixture()
        let set = fixture.set()
        #expect(
            fixture.apply(Fixture.equivocation(by: 0, set, results: (1, 2)), by: Fixture.operatorKeys[1]) == .applied)
        for (results, reporter) in [((2, 1), 1), ((1, 3), 2), ((2, 3), 3)] as [((UInt8, UInt8), Int)] {
            let again = Fixture.equivocation(by: 0, set, results: results)
            #expect(fixture.apply(again, by: Fixture.operatorKeys[reporter]) == .alreadySlashed)
        }
        #expect(fixture.ledger.slashRecords.count == 1)
    }

    @Test func `Another offence of a tombstoned operator slashes nothing more`() {
        var fixture = Fixture()
        let set = fixture.set()
        #expect(fixture.apply(Fixture.equivocation(by: 0, set), by: Fixture.operatorKeys[1]) == .applied)
        let burned = fixture.books.burned
        let revised = Fixture.equivocation(by: 0, fixture.set(), subject: 1)
        #expect(fixture.apply(revised, by: Fixture.operatorKeys[1]) == .badEvidence, "it has no seat in this revision")
        let second = Fixture.equivocation(by: 0, set, subject: 1)
        #expect(fixture.apply(second, by: Fixture.operatorKeys[2]) == .alreadyTombstoned)
        #expect(fixture.books.burned == burned)
    }

    @Test func `A bad submission costs its sender the fee: from idle, activating, active, then leaving stake`() {
        func bad(_ fixture: Fixture) -> Instruction {
            .submitEvidence(accusation(fixture.set(), resigned: false) { $0.result = .zero })
        }
        var idle = Fixture()
        #expect(idle.apply(bad(idle), by: Fixture.restakerKeys[1]) == .badEvidence)
        #expect(idle.books.idle == 970)
        #expect(idle.books.burned == 30)

        // Operator 3's own 50: 10 leaving, 40 active, and 5 that it adds.
        var spread = Fixture()
        let key = Fixture.operatorKeys[3]
        #expect(spread.apply(.undelegate(.native, 10, from: OperatorIndex(3)), by: key) == .applied)
        #expect(spread.apply(.deposit(.native, 5), by: key) == .applied)
        #expect(spread.apply(.delegate(.native, 5, to: OperatorIndex(3)), by: key) == .applied)
        #expect(spread.apply(bad(spread), by: key) == .badEvidence)
        #expect(spread.stake(3).activating == 0)
        #expect(spread.stake(3).active.assets == 75)
        #expect(spread.apply(bad(spread), by: key) == .badEvidence)
        #expect(spread.books.burned == 55, "as far as it carries")
        #expect(spread.stake(3).leaving == 0)
        #expect(spread.apply(bad(spread), by: key) == .badEvidence)
        #expect(spread.books.burned == 55)

        var none = Fixture()
        #expect(none.apply(bad(none), by: Fixture.coordinatorKeys[0]) == .badEvidence)
        #expect(none.books.burned == 0)
    }

    @Test func `A bad submission cannot be sent again by others to cost its sender another fee`() {
        var fixture = Fixture()
        let evidence = accusation(fixture.set(), resigned: false) { $0.result = .zero }
        let signed = fixture.sign(.submitEvidence(evidence), by: Fixture.restakerKeys[1])
        #expect(fixture.apply(signed) == .badEvidence)
        #expect(fixture.apply(signed) == .nonceUsed)
        #expect(fixture.books.burned == 30)
    }
}
