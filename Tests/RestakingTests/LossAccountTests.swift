import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// What slashes have taken of each restaker adds up to what was slashed.
@Suite struct LossAccountTests {
    typealias Fixture = LedgerFixture

    private static func losses(_ fixture: Fixture, _ genesis: Genesis) -> LossAccount {
        var ledger = try! Ledger(genesis: genesis)
        var account = LossAccount(genesis)
        var changes: [Ledger.Change] = []
        let signers = (0..<4).map(OperatorIndex.init)
        for signed in fixture.log { _ = account.apply(signed, to: &ledger, slashing: signers, changes: &changes) }
        #expect(ledger.stateRoot == fixture.ledger.stateRoot)
        return account
    }

    private static func fixture(_ change: (inout Genesis) -> Void = { _ in }) -> (Fixture, Genesis) {
        var kept: Genesis!
        let fixture = Fixture.wide {
            change(&$0)
            kept = $0
        }
        return (fixture, kept)
    }

    private static let alice = RestakerIndex(0)
    private static let owner = RestakerIndex(2)

    @Test func `Whoever stands behind the operator loses its share of every asset, what unbonds among it`() {
        var (fixture, genesis) = Self.fixture()
        let set = fixture.set()
        #expect(fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, set)) == .applied)
        #expect(fixture.signer(2, Fixture.equivocation(by: 3, set)) == .applied)
        let account = Self.losses(fixture, genesis)
        // 5 % of 400 with operator 0, and of 50 and 50 with operator 3, rounded down for each pool and up for each slash.
        #expect(account.slashed[Self.alice]?[.native] == 23)
        #expect(account.slashed[Self.alice]?[Fixture.mSOL] == 20)
        #expect(account.slashed[Self.owner]?[.native] == 3)
        #expect(account.slashed.count == 2 && account.bonds.isEmpty)
    }

    @Test func `A slash that waits is a loss when its window ends, and none when it is cancelled`() {
        for isCancelled in [false, true] {
            var (fixture, genesis) = Self.fixture { $0.parameters.vetoSlots = 15 }
            #expect(fixture.signer(2, Fixture.equivocation(by: 1, fixture.set())) == .applied)
            #expect(Self.losses(fixture, genesis).slashed.isEmpty)
            if isCancelled {
                let offence = fixture.ledger.slashes[0].offence
                #expect(fixture.apply(.cancelSlash(offence: offence), by: Fixture.resolverKey) == .applied)
            }
            // What joins on the way is no gain that hides a part of the loss.
            #expect(fixture.restaker(0, .deposit(.native, 500)) == .applied)
            #expect(fixture.restaker(0, .delegate(.native, 500, to: OperatorIndex(2))) == .applied)
            fixture.open(epoch: 4)
            let account = Self.losses(fixture, genesis)
            #expect(account.slashed == (isCancelled ? [:] : [Self.alice: [.native: 15]]))
        }
    }

    @Test func `A correlated slash comes before what joins in its epoch`() {
        var (fixture, genesis) = Self.fixture {
            for place in 0..<2 { $0.services[place].slash.policy = .correlated }
        }
        #expect(fixture.signer(2, Fixture.equivocation(by: 1, fixture.set(1))) == .applied)
        fixture.open(epoch: 3)
        // (3/4)^2 of 300, rounded up.
        #expect(Self.losses(fixture, genesis).slashed == [Self.alice: [.native: 169]])
    }

    @Test func `A bond is lost with a challenge that fails, at once or when nobody has upheld it in time`() {
        var (fixture, genesis) = Self.fixture()
        let set = fixture.set()
        let (task, statement) = Fixture.square(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .challengeFailed)
        #expect(Self.losses(fixture, genesis).bonds == [RestakerIndex(1): 50])

        (fixture, genesis) = Self.fixture { for place in 0..<2 { $0.services[place].module = "exec" } }
        let voted = fixture.set()
        let (second, claim) = Fixture.square(voted, subject: 3)
        #expect(fixture.settle(Fixture.certificate(claim, in: voted, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(second, claim)) == .applied)
        #expect(Self.losses(fixture, genesis).bonds.isEmpty, "it is voted on")
        fixture.open(epoch: 2)
        #expect(Self.losses(fixture, genesis).bonds == [RestakerIndex(1): 50])
    }

    @Test func `A bond that is returned is no loss, whoever else is slashed with it`() {
        var (fixture, genesis) = Self.fixture { $0.services[0].slash.wrongResult = .basisPoints(1_000) }
        fixture.punishWrongResult(of: 1, service: 0)
        let account = Self.losses(fixture, genesis)
        #expect(account.bonds.isEmpty)
        let taken = fixture.ledger.slashRecords.flatMap(\.losses).filter { $0.asset == .native }
        #expect(!taken.isEmpty)
        let sum = account.slashed.values.compactMap { $0[.native] }.reduce(Units.zero, +)
        #expect(sum == taken.reduce(.zero) { $0 + $1.units })
    }
}
