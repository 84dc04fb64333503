import Messages
import Primitives
import Testing

@testable import Restaking

/// How much of an operator's stake secures each AVS: all of it, parts of it, or parts that overlap.
@Suite struct AllocationTests {
    typealias Fixture = LedgerFixture

    static func part(_ hundredths: UInt64) -> Magnitude { Magnitude(hundredths * 10_000_000_000_000_000)! }

    private static func fixture(
        _ policy: AllocationPolicy, _ parts: [UInt64], slashes: [Fraction] = [.basisPoints(1_000), .one]
    ) -> Fixture {
        Fixture.wide { genesis in
            genesis.parameters.allocation = policy
            for place in genesis.signers.indices {
                genesis.signers[place].allocations = parts.enumerated().map {
                    Genesis.Allocation(service: ServiceID(UInt32($0)), magnitude: part($1))
                }
            }
            for place in 0..<2 {
                genesis.services[place].slash.equivocation = slashes[place]
                genesis.services[place].slash.wrongResult = slashes[place]
            }
        }
    }

    @Test func `Shared stake secures every AVS with all of it, and cannot be allocated`() {
        var fixture = Fixture.wide()
        #expect(fixture.weights(0)[1] == 300 && fixture.weights(1)[1] == 300)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, .whole)) == .notAllocatable)
    }

    @Test func `Unique parts never exceed the whole: in genesis, and for what is asked for`() {
        var fixture = Self.fixture(.unique, [60, 40])
        #expect(fixture.weights(0)[1] == 180 && fixture.weights(1)[1] == 120)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, Self.part(61))) == .beyondWhole)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, Self.part(60))) == .applied)
        var genesis = Fixture.genesis()
        genesis.parameters.allocation = .unique
        genesis.signers[0].allocations = [
            .init(service: ServiceID(0), magnitude: Self.part(60)),
            .init(service: ServiceID(1), magnitude: Self.part(41)),
        ]
        #expect(throws: GenesisError.self) { try Ledger(genesis: genesis) }
    }

    @Test func `A rise counts from the next epoch and is encumbered at once; a fall stays slashable through unbonding`()
    {
        var fixture = Self.fixture(.unique, [60, 20])
        #expect(fixture.signer(1, .allocate(ServiceID(1), .native, Self.part(40))) == .applied)
        #expect(fixture.weights(1)[1] == 60)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, Self.part(61))) == .beyondWhole)
        fixture.open(epoch: 1)
        #expect(fixture.weights(1)[1] == 120)
        // From 60 to 10: what it secured can be punished until the end of epoch 3.
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, Self.part(10))) == .applied)
        for epoch in [2, 3] as [UInt64] {
            fixture.open(epoch: epoch)
            #expect(fixture.weights(0)[1] == 30)
            #expect(fixture.signer(1, .allocate(ServiceID(1), .native, Self.part(90))) == .beyondWhole)
        }
        fixture.open(epoch: 4)
        #expect(fixture.signer(1, .allocate(ServiceID(1), .native, Self.part(90))) == .applied)
    }

    @Test func `A fall does not shield an offence from before it`() {
        var fixture = Self.fixture(.unique, [60, 20], slashes: [.one, .one])
        let set = fixture.set(0)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, .zero)) == .applied)
        fixture.open(epoch: 2)
        #expect(fixture.weights(0)[1] == nil)
        #expect(fixture.signer(0, Fixture.equivocation(by: 1, set)) == .applied)
        #expect(fixture.ledger.slashRecords[0].slashed == 180)
    }

    @Test func `What one AVS slashes of a unique part leaves the other AVS's part as it was`() {
        // A wrong result costs AVS 1's whole part and no seat.
        var fixture = Self.fixture(.unique, [60, 40])
        fixture.punishWrongResult(of: 1)
        #expect(fixture.stake(1).active.assets == 180)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[1] == 180, "all of what is left")
        #expect(fixture.weights(1)[1] == nil)
    }

    @Test func `Whatever an AVS punishes of several epochs, it takes no more than its unique part`() {
        for (policy, left) in [(AllocationPolicy.unique, 180), (.elastic, 60)] as [(AllocationPolicy, UInt64)] {
            var fixture = Self.fixture(policy, [40, 60], slashes: [.one, .one])
            let set = fixture.set()
            let (task, statement) = Fixture.wrongSquare(set, subject: 3)
            #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
            fixture.open(epoch: 1)
            let later = fixture.set()
            fixture.open(epoch: 2)
            #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
            #expect(fixture.stake(1).active.assets == 180)
            #expect(fixture.signer(2, Fixture.equivocation(by: 1, later)) == .applied)
            #expect(fixture.stake(1).active.assets.number == left)
        }
    }

    @Test func `What an AVS took before an epoch opened is not held against what it punishes of that epoch`() {
        var fixture = Self.fixture(.unique, [40, 60], slashes: [.basisPoints(5_000), .one])
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        #expect(fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1])) == .applied)
        #expect(fixture.restaker(1, .dispute(task, statement)) == .applied)
        #expect(fixture.stake(1).active.assets == 240, "half of 120")
        // What is left of the part is 60 of 240, and the operator makes it half of its stake.
        #expect(fixture.signer(1, .allocate(ServiceID(1), .native, .zero)) == .applied)
        fixture.open(epoch: 4)
        #expect(fixture.signer(1, .allocate(ServiceID(0), .native, Self.part(50))) == .applied)
        fixture.open(epoch: 5)
        #expect(fixture.weights(0)[1] == 120)
        #expect(fixture.signer(2, Fixture.equivocation(by: 1, fixture.set())) == .applied)
        #expect(fixture.stake(1).active.assets == 180)
    }

    @Test func `Elastic parts may overlap, and stretch over what is left`() {
        var fixture = Self.fixture(.elastic, [80, 60])
        #expect(fixture.weights(0)[1] == 240 && fixture.weights(1)[1] == 180)
        fixture.punishWrongResult(of: 1)
        // AVS 1's 180 are gone; AVS 0 had 240, and there are 120 left.
        #expect(fixture.stake(1).active.assets == 120)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[1] == 120)
        #expect(fixture.weights(1)[1] == nil)
        #expect(fixture.signer(1, .allocate(ServiceID(1), .native, .whole)) == .applied, "no sum to keep")
    }

    @Test func `Shared stake is lost to all at once`() {
        var fixture = Self.fixture(.shared, [], slashes: [.basisPoints(1_000), Fraction(3, over: 5)!])
        fixture.punishWrongResult(of: 1)
        #expect(fixture.stake(1).active.assets == 120)
        fixture.open(epoch: 1)
        #expect(fixture.weights(0)[1] == 120 && fixture.weights(1)[1] == 120)
    }

    @Test func `Slashes of shared stake for one epoch count against each other; of unique parts they do not`() {
        // AVS 0 takes a tenth, then AVS 1 all of its: of 300, or of parts of 180 and 120.
        for (policy, left) in [(.shared, 0), (.unique, 162)] as [(AllocationPolicy, UInt64)] {
            var fixture = Self.fixture(policy, policy == .shared ? [] : [60, 40])
            fixture.punishWrongResult(of: 1, service: 0)
            #expect(fixture.stake(1).active.assets.number == (policy == .shared ? 270 : 282))
            fixture.punishWrongResult(of: 1, service: 1)
            #expect(fixture.stake(1).active.assets.number == left)
        }
    }

    @Test func `A magnitude's parts are of each asset by itself`() {
        var fixture = Self.fixture(.unique, [60, 40])
        #expect(fixture.signer(0, .allocate(ServiceID(1), Fixture.mSOL, .zero)) == .applied)
        #expect(fixture.signer(0, .allocate(ServiceID(0), AssetID(7 as UInt32), .zero)) == .unknownAsset)
        #expect(fixture.signer(0, .allocate(ServiceID(7), Fixture.mSOL, .zero)) == .unknownService)
        fixture.open(epoch: 1)
        // 60 % of 400, and 60 % of the 225 that mSOL counts for in AVS 0.
        #expect(fixture.weights(0)[0] == 375)
        #expect(fixture.weights(1)[0] == 160)
    }
}

extension LedgerFixture {
    /// Operator `signer` and enough others certify a wrong square, and a challenge proves it.
    mutating func punishWrongResult(of signer: Int, service: UInt32 = 1, by challenger: Int = 1) {
        let set = set(service)
        let subject = 900 + UInt64(ledger.sequence)
        let (task, statement) = Self.wrongSquare(set, subject: subject)
        // The others' stake is spared by voting for nothing: the certificate holds those who are needed.
        let certificate = Self.certificate(statement, in: set, signers: [0, 1, 2, 3])
        precondition(settle(certificate) == .applied)
        let outcome = restaker(challenger, .dispute(task, statement))
        precondition(outcome == .applied, "\(outcome)")
    }
}
