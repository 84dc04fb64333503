import Cryptography
import Messages
import Primitives
import Testing

@testable import Restaking

@Suite struct AccountProofTests {
    private typealias Fixture = LedgerFixture

    private static func proof(of account: Account, in ledger: Ledger) throws -> AccountProof {
        try #require(ledger.proof(ofAccount: account.key))
    }

    @Test func `What is proven of an account is what the ledger itself says of it`() throws {
        let ledger = SnapshotTests.busy().0.ledger
        var stakes = 0
        for account in ledger.accounts {
            let proven = try ProvenAccount(try Self.proof(of: account, in: ledger))
            #expect(proven.root == ledger.stateRoot && proven.key == account.key)
            #expect(proven.header.sequence == ledger.sequence && proven.header.network == ledger.network)
            #expect(proven.nextNonce == account.nextNonce && proven.restaker == account.restaker)
            guard let index = account.restaker else { continue }
            let view = ledger.view(ofRestaker: index)
            for amount in proven.amounts {
                let total = amount.idle + amount.delegated + amount.unbonding + amount.earned
                #expect(total == view.total(of: amount.asset), "\(index), \(amount.name)")
                if total > .zero { stakes += 1 }
            }
            for place in ledger.vaults.indices where view.total(of: AssetID(place)) > .zero {
                #expect(proven.amounts.contains { $0.asset.place == place })
            }
        }
        #expect(stakes > 3)
        #expect(ledger.proof(ofAccount: Fixture.stranger.publicKey) == nil)
    }

    @Test func `What is altered in a proof is found`() throws {
        let ledger = SnapshotTests.busy().0.ledger
        let account = try #require(ledger.accounts.first { ledger.restaker(of: $0.key) != nil && $0.restaker != nil })
        let good = try Self.proof(of: account, in: ledger)
        #expect(good.openings.count > 2)

        func error(_ change: (inout AccountProof) -> Void) -> AccountProofError? {
            var proof = good
            change(&proof)
            do {
                _ = try ProvenAccount(proof)
                return nil
            } catch {
                return error
            }
        }
        let count = UInt64(ledger.leaves.count)
        let index = good.openings[1].index
        #expect(error { $0.root = .zero } == .otherRoot(0))
        #expect(error { $0.openings[1].leaf[40] ^= 1 } == .otherRoot(index))
        #expect(error { $0.openings[1].path[0] = .zero } == .otherRoot(index))
        #expect(error { $0.openings[1].path.append(.zero) } == .otherRoot(index))
        #expect(error { $0.openings[1].path.removeLast() } == .otherRoot(index))
        #expect(error { $0.openings[1].index += 1 } == .otherRoot(index + 1))
        #expect(error { $0.openings[1].index = count } == .offTree(count))
        #expect(error { $0.openings[1].index = .max } == .offTree(.max))
        #expect(error { $0.openings.swapAt(1, 2) } == .disorder)
        #expect(error { $0.openings.remove(at: 0) } == .noHeader)
        #expect(error { $0.openings = [] } == .noHeader)
        #expect(error { $0.openings.remove(at: 1) } == .accounts(0))
        #expect(error { $0.openings.removeLast() } == .incomplete)
        // Of another state, in which it has the same place.
        var later = ledger
        var changes: [Ledger.Change] = []
        #expect(later.advance(to: Slot(ledger.slot.number + 1), changes: &changes, witness: nil) == .applied)
        let other = try Self.proof(of: account, in: later)
        #expect(error { $0.openings[1] = other.openings[1] } == .otherRoot(index))
    }

    @Test func `A header that counts beyond all bounds is refused`() throws {
        let ledger = SnapshotTests.busy().0.ledger
        var header = ledger.header
        header.vaults = .max
        header.operators = .max
        let proof = AccountProof(
            root: .zero, openings: [AccountProof.Opening(index: 0, leaf: header.borsh, path: [])])
        #expect(throws: AccountProofError.self) { _ = try ProvenAccount(proof) }
    }
}
