import Cryptography
import Messages
import Primitives

/// One part of the ledger's state: a leaf of the tree whose root is published.
package enum StateLeaf: Hashable, Sendable {
    /// Network, time, and how many of each other leaf there are.
    case header
    /// With what its restaking account holds, where it has one.
    case account(Int)
    case signer(OperatorIndex)
    case vault(AssetID)
    case stake(AssetID, OperatorIndex)
    case service(ServiceID)
    case inbox(ServiceID)
    case nativePool
    case governance
    case slashes
    case operatorSets
    case settlements
    case disputes
}

extension Ledger {
    /// The digest of the whole state: two ledgers with one root answer every instruction alike.
    ///
    /// Goes over everything, restakers too: for once an epoch, not for each instruction.
    package var stateRoot: Digest { MerkleTree.root(of: leafDigests) }

    /// In the order of the tree.
    package var leaves: [StateLeaf] {
        var leaves: [StateLeaf] = [.header]
        leaves += accounts.indices.map(StateLeaf.account)
        leaves += operators.indices.map { .signer(OperatorIndex(UInt32($0))) }
        leaves += vaults.indices.map { .vault(AssetID($0)) }
        for asset in vaults.indices {
            leaves += operators.indices.map { .stake(AssetID(asset), OperatorIndex(UInt32($0))) }
        }
        leaves += services.indices.map { .service(ServiceID(UInt32($0))) }
        leaves += services.indices.map { .inbox(ServiceID(UInt32($0))) }
        return leaves + [.nativePool, .governance, .slashes, .operatorSets, .settlements, .disputes]
    }

    private var leafDigests: [Digest] {
        leaves.map { leaf in
            var encoder = BorshEncoder()
            encode(leaf, to: &encoder)
            return Domain.stateLeaf.digest(encoder.bytes)
        }
    }

    /// - Returns: nil when the ledger knows nobody of this key.
    package func inclusionProof(ofAccount key: PublicKey) -> InclusionProof? {
        guard let place = places[key] else { return nil }
        var encoder = BorshEncoder()
        let leaf = StateLeaf.account(place)
        encode(leaf, to: &encoder)
        // The header comes first.
        let index = place + 1
        return InclusionProof(
            leaf: encoder.bytes, index: UInt64(index), path: MerkleTree.path(to: index, in: leafDigests))
    }

    func encode(_ leaf: StateLeaf, to encoder: inout BorshEncoder) {
        switch leaf {
        case .header: encodeHeader(to: &encoder)
        case .account(let place):
            encoder.encode(accounts[place])
            encoder.encode(accounts[place].restaker.map { restakers[Int($0.number)] })
        case .signer(let index): encoder.encode(operators[Int(index.number)])
        case .vault(let asset): encoder.encode(vaults[asset.place])
        case .stake(let asset, let index): encoder.encode(stakes[asset.place][Int(index.number)])
        case .service(let service): encoder.encode(services[Int(service.number)])
        case .inbox(let service): encoder.encode(inboxes[Int(service.number)])
        case .nativePool: encoder.encode(nativePool)
        case .governance: encoder.encode(governance)
        case .slashes:
            encoder.encode(slashRecords)
            encoder.encode(pendingSlashes)
        case .operatorSets: encoder.encode(archive)
        case .settlements: encoder.encode(settlementBook)
        case .disputes: encoder.encode(disputeBook)
        }
    }

    private func encodeHeader(to encoder: inout BorshEncoder) {
        encoder.encode(network)
        encoder.encode(slot)
        encoder.encode(epoch)
        encoder.encode(sequence)
        for count in [accounts.count, operators.count, vaults.count, services.count] { encoder.encode(UInt32(count)) }
    }
}
