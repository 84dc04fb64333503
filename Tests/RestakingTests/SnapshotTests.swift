import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

/// The state as bytes: a snapshot goes on as the ledger would have, and the root covers all of it.
@Suite struct SnapshotTests {
    typealias Fixture = LedgerFixture

    /// Something of everything.
    static func busy() -> (Fixture, Genesis) {
        var kept: Genesis!
        var fixture = Fixture.wide { genesis in
            genesis.parameters.vetoSlots = 15
            genesis.services[0].module = "exec"
            genesis.services[1].reward = RewardTerms(perTask: 1_000, perEpoch: 7, budget: 100_000)
            genesis.services[1].admission = .list([OperatorIndex(2)])
            genesis.nativePool.validators = [
                BaseValidatorTerms(name: "v", yield: BaseYield(staking: BaseYield.whole / 100))
            ]
            kept = genesis
        }
        _ = fixture.restaker(1, .delegate(.native, 100, to: OperatorIndex(0)))
        _ = fixture.restaker(0, .undelegate(.native, 100, from: OperatorIndex(1)))
        fixture.settleTasks(0..<3, of: 1, by: [0, 1, 2, 3])
        fixture.open(epoch: 1)
        _ = fixture.restaker(1, .propose(GovernanceTests.terms))
        _ = fixture.restaker(0, .vote(ProposalID(0), accepts: true))
        _ = fixture.apply(.approve(.setStatus(Fixture.mSOL, .paused)), by: Fixture.councilKeys[1])
        _ = fixture.signer(3, .setCommission(BasisPoints(100)!))
        let set = fixture.set()
        let (task, statement) = Fixture.wrongSquare(set, subject: 3)
        _ = fixture.settle(Fixture.certificate(statement, in: set, signers: [0, 1]))
        _ = fixture.restaker(1, .dispute(task, statement))
        _ = fixture.signer(2, .voteDispute(DisputeID(0), voids: true))
        let letter = Letter(
            recipient: ServiceID(1), body: [145] + Array(repeating: 0, count: 15),
            certificate: Fixture.certificate(statement, in: set, signers: [0, 1]))
        _ = fixture.coordinator(0, .post(letter))
        _ = fixture.signer(2, Fixture.equivocation(by: 3, set))
        _ = fixture.restaker(0, .undelegate(Fixture.mSOL, 10, from: OperatorIndex(0)))
        _ = fixture.apply(
            .registerEndpoint(Endpoint(signer: OperatorIndex(1), address: Endpoint.loopback, port: 7)),
            by: Fixture.operatorKeys[1])
        return (fixture, kept)
    }

    @Test func `A ledger from a snapshot goes on as the one it was taken of`() throws {
        let (fixture, genesis) = Self.busy()
        let snapshot = LedgerSnapshot(of: fixture.ledger)
        let restored = try Ledger(genesis: genesis, snapshot: snapshot.bytes, root: snapshot.root)
        #expect(restored.stateRoot == fixture.ledger.stateRoot)
        #expect(LedgerSnapshot(of: restored).bytes == snapshot.bytes)
        try restored.checkEverything()
        var (one, other) = (fixture, fixture)
        other.ledger = restored
        for step in 0..<2 {
            for place in 0..<2 {
                let instruction = Instruction.withdraw(place == 0 ? .native : Fixture.mSOL, 30)
                #expect(one.restaker(place, instruction) == other.restaker(place, instruction))
            }
            one.open(epoch: UInt64(2 + 2 * step))
            other.open(epoch: UInt64(2 + 2 * step))
            #expect(one.restaker(0, .claimRewards) == other.restaker(0, .claimRewards))
            #expect(one.ledger.stateRoot == other.ledger.stateRoot)
        }
    }

    @Test func `A damaged snapshot is refused, wherever it is damaged`() throws {
        let (fixture, genesis) = Self.busy()
        let snapshot = LedgerSnapshot(of: fixture.ledger)
        var random = SeededRandom(seed: 3, purpose: "damage")
        for _ in 0..<200 {
            var bytes = snapshot.bytes
            let place = Int(random.next() % UInt64(bytes.count))
            bytes[place] ^= 1 << UInt8(random.next() % 8)
            #expect(throws: SnapshotError.self, "byte \(place)") {
                try Ledger(genesis: genesis, snapshot: bytes, root: snapshot.root)
            }
        }
        for length in stride(from: 0, to: snapshot.bytes.count, by: 97) {
            #expect(throws: SnapshotError.self) {
                try Ledger(genesis: genesis, snapshot: Array(snapshot.bytes.prefix(length)), root: snapshot.root)
            }
        }
        #expect(throws: SnapshotError.self) {
            try Ledger(genesis: genesis, snapshot: snapshot.bytes + [0], root: snapshot.root)
        }
        #expect(throws: SnapshotError.self) {
            try Ledger(genesis: Fixture.genesis(run: 9), snapshot: snapshot.bytes, root: snapshot.root)
        }
    }

    @Test func `Every part of the state is in its root`() {
        let (fixture, _) = Self.busy()
        let root = fixture.ledger.stateRoot
        let changes: [(inout Ledger) -> Void] = [
            { $0.slot = Slot(99) }, { $0.sequence += 1 }, { $0.accounts[3].nextNonce += 1 },
            { $0.accounts[3].points += 1 }, { $0.operators[1].endpoint = nil }, { $0.vaults[1].rate = .one },
            { $0.restakers[1].addIdle(1, of: .native) }, { $0.services[0].budget = 1 },
            { _ = $0.inboxes[1].consume(0) }, { $0.governance.proposals[0].yes += 1 },
            { $0.pendingSlashes = [] }, { $0.settlementBook = SettlementBook() },
            { $0.disputeBook = DisputeBook() }, { _ = $0.stakes[0][0].pay(50) },
            { $0.nativePool.setYield(BaseYield(staking: 0), of: ValidatorIndex(0 as UInt32)) },
            { $0.archive.prune(before: Epoch(1)) },
        ]
        for (place, change) in changes.enumerated() {
            var ledger = fixture.ledger
            change(&ledger)
            #expect(ledger.stateRoot != root, "change \(place)")
        }
    }

    @Test(arguments: 1...33)
    func `In a tree of any size every leaf has its way to the root`(_ count: Int) {
        let leaves = (0..<count).map { Domain.stateLeaf.digest([UInt8($0)]) }
        let root = MerkleTree.root(of: leaves)
        for index in leaves.indices {
            let path = MerkleTree.path(to: index, in: MerkleTree.levels(leaves))
            #expect(MerkleTree.root(of: leaves[index], at: index, of: count, path: path) == root)
        }
    }
}
