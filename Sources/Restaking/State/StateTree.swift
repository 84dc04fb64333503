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
    package var leaves: [StateLeaf] { header.leaves }

    private var leafDigests: [Digest] { leaves.map { Domain.stateLeaf.digest(bytes(of: $0)) } }

    /// An account's leaf, and those that its amounts rest on.
    ///
    /// - Returns: nil when the ledger knows nobody of this key.
    package func proof(ofAccount key: PublicKey) -> AccountProof? {
        guard let place = places[key] else { return nil }
        var wanted: Set<StateLeaf> = [.header, .account(place)]
        wanted.formUnion(accounts[place].vaultsOfEarnings)
        if let index = accounts[place].restaker { wanted.formUnion(restakers[Int(index.number)].grounds) }
        let leaves = leaves
        let levels = MerkleTree.levels(leafDigests)
        return AccountProof(
            root: MerkleTree.root(of: levels),
            openings: leaves.indices.filter { wanted.contains(leaves[$0]) }.map { index in
                AccountProof.Opening(
                    index: UInt64(index), leaf: bytes(of: leaves[index]), path: MerkleTree.path(to: index, in: levels))
            })
    }

    private func bytes(of leaf: StateLeaf) -> [UInt8] {
        var encoder = BorshEncoder()
        encode(leaf, to: &encoder)
        return encoder.bytes
    }

    func encode(_ leaf: StateLeaf, to encoder: inout BorshEncoder) {
        switch leaf {
        case .header: encoder.encode(header)
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

    var header: StateHeader {
        StateHeader(
            network: network, slot: slot, epoch: epoch, sequence: sequence, accounts: UInt32(accounts.count),
            operators: UInt32(operators.count), vaults: UInt32(vaults.count), services: UInt32(services.count))
    }
}
