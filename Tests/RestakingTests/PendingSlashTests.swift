import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// Slashes that wait: for a veto, or for everyone who offended in the same epoch.
@Suite struct PendingSlashTests {
    typealias Fixture = LedgerFixture

    /// Epochs have 10 slots; the window has 15.
    private static func vetoed(_ change: (inout Genesis) -> Void = { _ in }) -> Fixture {
        Fixture.wide {
            $0.parameters.vetoSlots = 15
            change(&$0)
        }
    }

    @Test func `A pending slash costs the seat at once, the stake when its window ends`() {
        var fixture = Self.vetoed()
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, fixture.set())) == .applied)
        #expect(fixture.weights()[0] == nil)
        #expect(fixture.ledger.slashRecords.isEmpty)
        #expect(fixture.ledger.slashes.map(\.stage) == [.pending])
        #expect(fixture.ledger.slashes[0].slashed == 45, "5 % of 400, and of 400 mSOL, which are 500")
        #expect(fixture.apply(.advance(to: Slot(14)), by: Fixture.clockKey) == .applied)
        #expect(fixture.stake(0).active.assets == 400)
        #expect(fixture.apply(.advance(to: Slot(15)), by: Fixture.clockKey) == .applied)
        #expect(fixture.stake(0).active.assets == 380)
        #expect(fixture.stake(0, of: 1).active.assets == 380)
        #expect(fixture.ledger.slashes.map(\.stage) == [.executed])
        #expect(fixture.earned(by: Fixture.operatorKeys[2]) == 1)
    }

    @Test func `Its resolver may cancel it before the window ends, and nobody else`() {
        var fixture = Self.vetoed()
        let evidence = Fixture.equivocation(by: 0, fixture.set())
        #expect(fixture.signer(2, evidence) == .applied)
        let offence = fixture.ledger.slashes[0].offence
        #expect(fixture.signer(0, .cancelSlash(offence: offence)) == .notAuthorized)
        #expect(fixture.apply(.cancelSlash(offence: .zero), by: Fixture.resolverKey) == .unknownOffence)
        #expect(fixture.apply(.cancelSlash(offence: offence), by: Fixture.resolverKey) == .applied)
        #expect(fixture.apply(.cancelSlash(offence: offence), by: Fixture.resolverKey) == .unknownOffence)
        fixture.open(epoch: 2)
        #expect(fixture.stake(0).active.assets == 400)
        #expect(fixture.ledger.slashes.map(\.stage) == [.vetoed])
        #expect(fixture.signer(2, evidence) == .alreadySlashed)
        #expect(fixture.weights()[0] == nil, "it has signed two things all the same")
    }

    @Test func `What a pending slash can reach does not leave before it is decided`() {
        var fixture = Self.vetoed { $0.services[0].slash.equivocation = .one }
        let set = fixture.set()
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        // The last slot in which it can be reported; it would have unbonded in the next one.
        #expect(fixture.apply(.advance(to: Slot(29)), by: Fixture.clockKey) == .applied)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, set)) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .insufficientStake)
        #expect(fixture.restaker(0, .emergencyExit(.native, from: OperatorIndex(0))) == .stillHeld)
        #expect(fixture.apply(.advance(to: Slot(44)), by: Fixture.clockKey) == .applied)
        #expect(fixture.books.unbonding == 0)
        #expect(fixture.books.burned == 380)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .insufficientStake)
    }

    @Test
    func `Who would switch operators waits until it has unbonded, and while the old one is under a pending slash`() {
        var fixture = Self.vetoed()
        let set = fixture.set()
        let delegation = Instruction.delegate(.native, 380, to: OperatorIndex(1))
        #expect(fixture.restaker(0, .undelegate(.native, 400, from: OperatorIndex(0))) == .applied)
        #expect(fixture.apply(.advance(to: Slot(29)), by: Fixture.clockKey) == .applied)
        #expect(fixture.restaker(0, delegation) == .insufficientStake)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, set)) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.restaker(0, delegation) == .insufficientStake, "it has unbonded, and is held")
        #expect(fixture.apply(.advance(to: Slot(44)), by: Fixture.clockKey) == .applied)
        #expect(fixture.restaker(0, delegation) == .applied, "all that the slash has left")
        fixture.open(epoch: 5)
        #expect(fixture.weights()[1] == 680)
    }

    @Test func `What left before the offence is not held`() {
        var fixture = Self.vetoed()
        #expect(fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        let set = fixture.set()
        #expect(fixture.apply(.advance(to: Slot(29)), by: Fixture.clockKey) == .applied)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, set)) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.restaker(0, .withdraw(.native, 400)) == .applied)
        #expect(fixture.books.withdrawn == 100)
    }

    @Test func `A slash during another's window takes what that leaves; both count against one epoch`() {
        // A wrong result costs a tenth, an equivocation a fifth: together no more than that fifth.
        var fixture = Self.vetoed {
            $0.services[1].slash.wrongResult = .basisPoints(1_000)
            $0.services[1].slash.equivocation = .basisPoints(2_000)
        }
        let set = fixture.set(1)
        fixture.punishWrongResult(of: 1, service: 1)
        #expect(fixture.signer(2, Fixture.equivocation(by: 1, set)) == .applied)
        let pending = fixture.ledger.slashes.filter { $0.signer == OperatorIndex(1) }
        #expect(pending.map { $0.losses[0].shares.number } == [30, 30])
        // The first is cancelled: what was booked for it is free again, and the second keeps its amount.
        #expect(fixture.apply(.cancelSlash(offence: pending[0].offence), by: Fixture.resolverKey) == .applied)
        fixture.open(epoch: 2)
        #expect(fixture.stake(1).active.assets == 270)
    }

    @Test func `Windows that end on the way through a jump end in their slots, before the epoch that opens then`() {
        var fixture = Self.vetoed()
        #expect(fixture.apply(.advance(to: Slot(5)), by: Fixture.clockKey) == .applied)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, fixture.set())) == .applied)
        var changes: [Ledger.Change] = []
        _ = fixture.ledger.apply(fixture.sign(.advance(to: Slot(47)), by: Fixture.clockKey), changes: &changes)
        let order = changes.compactMap { change -> String? in
            switch change {
            case .slashed(let record): "slashed in \(record.slot)"
            case .epochOpened(let epoch): "epoch \(epoch)"
            default: nil
            }
        }
        #expect(order == ["epoch 1", "slashed in 20", "epoch 2", "epoch 3", "epoch 4"])
    }

    // MARK: Correlated

    private static func correlated(cap: Fraction = .one, veto: UInt64 = 0) -> Fixture {
        Fixture.wide {
            $0.parameters.vetoSlots = veto
            for place in 0..<2 {
                $0.services[place].slash.policy = .correlated
                $0.services[place].slash.cap = cap
            }
        }
    }

    /// Of four members: (3/4)^2 = 9/16; two, three and four: everything.
    @Test(arguments: [([3], 56), ([2, 3], 100)] as [([Int], UInt64)])
    func `Correlated offences cost min((3k/n)^2, 1), when their epoch's evidence is closed`(
        _ culprits: [Int], _ lost: UInt64
    ) {
        var fixture = Self.correlated()
        let set = fixture.set()
        for culprit in culprits {
            #expect(fixture.signer(0, Fixture.equivocation(by: culprit, set)) == .applied)
        }
        fixture.open(epoch: 2)
        #expect(fixture.stake(3).active.assets == 100)
        #expect(fixture.ledger.slashes.allSatisfy { $0.stage == .pending })
        fixture.open(epoch: 3)
        // 56.25, rounded up.
        #expect(fixture.stake(3).active.assets.number == 100 - lost - (lost == 56 ? 1 : 0))
        #expect(fixture.ledger.slashes.allSatisfy { $0.stage == .executed })
    }

    @Test func `An exit does not evade a correlated slash`() {
        var fixture = Self.correlated()
        let set = fixture.set()
        #expect(fixture.restaker(0, .undelegate(.native, 50, from: OperatorIndex(3))) == .applied)
        fixture.open(epoch: 2)
        for culprit in [2, 3] { #expect(fixture.signer(0, Fixture.equivocation(by: culprit, set)) == .applied) }
        fixture.open(epoch: 3)
        #expect(fixture.stake(3).unbonding == 0)
        #expect(fixture.restaker(0, .withdraw(.native, 50)) == .insufficientStake)
    }

    @Test func `No epoch costs an operator more than the cap`() {
        var fixture = Self.correlated(cap: Fraction(1, over: 3)!)
        #expect(fixture.signer(0, Fixture.equivocation(by: 3, fixture.set())) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.stake(3).active.assets == 66)
    }

    @Test func `Offenders of another epoch or AVS do not count`() {
        var fixture = Self.correlated()
        #expect(fixture.signer(0, Fixture.equivocation(by: 3, fixture.set(0))) == .applied)
        #expect(fixture.signer(0, Fixture.equivocation(by: 2, fixture.set(1))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.signer(0, Fixture.equivocation(by: 1, fixture.set(0))) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.stake(3).active.assets == 43)
        #expect(fixture.stake(2).active.assets == 87, "(3/4)^2 of 200 is 112.5")
        fixture.open(epoch: 4)
        // Two members are left in epoch 1's first set: (3 x 1 / 2)^2 is more than all.
        #expect(fixture.stake(1).active.assets == 0)
    }

    @Test func `Who was let off is counted among the offenders of its epoch all the same`() {
        var fixture = Self.correlated(veto: 5)
        let set = fixture.set()
        for culprit in [2, 3] { #expect(fixture.signer(0, Fixture.equivocation(by: culprit, set)) == .applied) }
        let offence = fixture.ledger.slashes[0].offence
        #expect(fixture.apply(.cancelSlash(offence: offence), by: Fixture.resolverKey) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.stake(2).active.assets == 200)
        #expect(fixture.stake(3).active.assets == 0, "two of four: everything")
    }

    @Test func `A correlated slash can be cancelled within its veto window, and never where there is none`() {
        for (veto, slot, outcome) in [(5, 4, Outcome.applied), (5, 5, .windowOver), (0, 1, .windowOver)] {
            var fixture = Self.correlated(veto: UInt64(veto))
            #expect(fixture.signer(0, Fixture.equivocation(by: 3, fixture.set())) == .applied)
            #expect(fixture.apply(.advance(to: Slot(UInt64(slot))), by: Fixture.clockKey) == .applied)
            let offence = fixture.ledger.slashes[0].offence
            #expect(fixture.apply(.cancelSlash(offence: offence), by: Fixture.resolverKey) == outcome)
            fixture.open(epoch: 3)
            #expect(fixture.stake(3).active.assets == (outcome == .applied ? 100 : 43))
        }
    }

    // MARK: Where it goes

    @Test func `Slashed funds are burned, sent to an address, or paid to the AVS, less the reporter's part`() {
        let destinations: [SlashTerms.Destination] = [
            .burn, .address(Fixture.addressKey.publicKey), .service,
        ]
        let keys = [nil, Fixture.addressKey, Fixture.coordinatorKeys[1]]
        for (destination, key) in zip(destinations, keys) {
            var fixture = Fixture.wide {
                $0.services[1].slash = SlashTerms(equivocation: .basisPoints(5_000), destination: destination)
            }
            #expect(fixture.signer(2, Fixture.equivocation(by: 1, fixture.set(1))) == .applied)
            // 150, of which 7.5 are the reporter's.
            #expect(fixture.earned(by: Fixture.operatorKeys[2]) == 7)
            #expect(fixture.books.burned == (key == nil ? 143 : 0))
            guard let key else { continue }
            #expect(fixture.earned(by: key) == 143)
            #expect(fixture.apply(.claimRewards, by: key) == .applied)
            #expect(fixture.books.withdrawn == 143)
            #expect(fixture.apply(.claimRewards, by: key) == .nothingEarned)
        }
    }

    @Test func `A slash is of units of the asset, whatever its rate has done since`() {
        var fixture = Fixture.wide { $0.services[0].slash.equivocation = .basisPoints(5_000) }
        let set = fixture.set()
        #expect(fixture.decide(.setRate(Fixture.mSOL, ExchangeRate(500_000_000)!)) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, set)) == .applied)
        let losses = fixture.ledger.slashRecords[0].losses
        #expect(losses.map(\.units) == [200, 200])
        #expect(fixture.ledger.slashRecords[0].slashed == 300, "in lamports, at the present rate")
    }

    @Test func `A vault that the AVS does not count is not slashed for it`() {
        var fixture = Fixture.wide()
        #expect(fixture.signer(2, Fixture.equivocation(by: 0, fixture.set(1))) == .applied)
        #expect(fixture.stake(0).active.assets == 0, "all of it, in AVS 1")
        #expect(fixture.stake(0, of: 1).active.assets == 400)
    }

    @Test func `Shares of a pool that has lost everything earn nothing of what comes later`() {
        var fixture = Fixture.wide { $0.services[0].slash.wrongResult = .one }
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        #expect(fixture.stake(0).active.assets == 0, "and its operator is not tombstoned")
        #expect(fixture.restaker(1, .delegate(.native, 10, to: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 2)
        let points = fixture.ledger.points(of: Fixture.restakerKeys[0].publicKey)!
        // Points come in with each epoch; restaker 0, whose shares are of the pool before, acts in two of them.
        for epoch in 3..<5 as Range<UInt64> {
            #expect(fixture.restaker(0, .undelegate(.native, 1, from: OperatorIndex(2))) == .applied)
            fixture.open(epoch: epoch)
        }
        #expect(fixture.restaker(0, .emergencyExit(.native, from: OperatorIndex(0))) == .insufficientStake)
        // 200, 200, 200 and 199 with operator 2, 50 with operator 3, in two epochs each: all that it still has.
        #expect(fixture.ledger.points(of: Fixture.restakerKeys[0].publicKey)! - points > 0)
    }

    @Test func `Who has left with less than a share leaves it to the others, and not to nobody`() {
        var fixture = Fixture(Fixture.genesis(slashes: [Fraction(99, over: 100)!]))
        let set = fixture.set()
        for restaker in [0, 2] {
            #expect(fixture.restaker(restaker, .undelegate(.native, 50, from: OperatorIndex(3))) == .applied)
        }
        #expect(fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(0))) == .applied)
        fixture.open(epoch: 1)
        #expect(fixture.restaker(1, Fixture.equivocation(by: 3, set)) == .applied)
        fixture.open(epoch: 3)
        #expect(fixture.books.unbonding == 101, "one share is left for two")
        // Half of it is worth nothing to the first, and all of it is the other's.
        #expect(fixture.restaker(0, .withdraw(.native, 1_000)) == .applied)
        #expect(fixture.restaker(2, .withdraw(.native, 1_000)) == .applied)
        #expect(fixture.books.unbonding == 0)
        #expect(fixture.books.withdrawn == 101)
    }
}
