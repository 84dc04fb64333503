import Cryptography
import Messages
import Primitives

/// What a proof says of an account, once each of its parts has led to the root that it names.
package struct ProvenAccount: Sendable {
    package let root: Digest
    /// Of what network, and when.
    package let header: StateHeader
    package let key: PublicKey
    package let nextNonce: UInt64
    package let signer: OperatorIndex?
    package let restaker: RestakerIndex?

    private let account: Account
    private let holdings: RestakerAccount
    private let vaults: [AssetID: Vault]
    private let stakes: [StateLeaf: OperatorStake]

    package init(_ proof: AccountProof) throws(AccountProofError) {
        let leaves = try Self.leaves(of: proof)
        header = leaves.header
        root = proof.root
        var accounts: [(Account, RestakerAccount?)] = []
        var vaults: [AssetID: Vault] = [:]
        var stakes: [StateLeaf: OperatorStake] = [:]
        do throws(BorshError) {
            for (leaf, bytes) in leaves.others {
                var decoder = BorshDecoder(bytes)
                switch leaf {
                case .account: accounts.append((try decoder.decode(), try decoder.decodeOptional()))
                case .vault(let asset): vaults[asset] = try decoder.decode()
                case .stake: stakes[leaf] = try decoder.decode()
                default: throw BorshError.invalid(type: "AccountProof", reason: "\(leaf) is no part of an account")
                }
                try decoder.finish()
            }
        } catch {
            throw .notDecodable(error)
        }
        guard accounts.count == 1, let (account, holdings) = accounts.first else {
            throw .accounts(accounts.count)
        }
        (self.account, self.holdings, self.vaults, self.stakes) = (
            account, holdings ?? RestakerAccount(), vaults, stakes
        )
        (key, nextNonce, signer, restaker) = (account.key, account.nextNonce, account.signer, account.restaker)
        let missing = account.vaultsOfEarnings.union(self.holdings.grounds).subtracting(leaves.others.map(\.leaf))
        guard missing.isEmpty else { throw .incomplete }
    }

    /// Each with the kind that its place gives it, all of them on a way to the root.
    private static func leaves(
        of proof: AccountProof
    ) throws(AccountProofError) -> (header: StateHeader, others: [(leaf: StateLeaf, bytes: [UInt8])]) {
        guard let first = proof.openings.first, first.index == 0 else { throw .noHeader }
        let header: StateHeader
        do { header = try StateHeader(borsh: first.leaf) } catch { throw .notDecodable(error) }
        var others: [(leaf: StateLeaf, bytes: [UInt8])] = []
        for (place, opening) in proof.openings.enumerated() {
            guard let index = Int(exactly: opening.index), let leaf = header.leaf(at: index) else {
                throw .offTree(opening.index)
            }
            let digest = Domain.stateLeaf.digest(opening.leaf)
            let found = MerkleTree.root(of: digest, at: index, of: header.leafCount, path: opening.path)
            guard found == proof.root else { throw .otherRoot(opening.index) }
            if place > 0 {
                guard proof.openings[place - 1].index < opening.index else { throw .disorder }
                others.append((leaf, opening.leaf))
            }
        }
        return (header, others)
    }

    /// In units of each asset, at its price in this state, rounded down. Only for a root of a real ledger: a state that
    /// somebody has made up need not make sense.
    package var amounts: [Amount] {
        var amounts: [Amount] = []
        for (asset, vault) in vaults.sorted(by: { $0.key < $1.key }) {
            var standing = Amount(
                asset: asset, name: vault.terms.name, idle: .zero, delegated: .zero, unbonding: .zero,
                earned: account.earned(asset))
            var idle = holdings.idle(asset)
            for var record in holdings.delegations where record.asset == asset {
                var stake = stakes[.stake(asset, record.signer)]!
                let settled = record.settle(with: &stake)
                idle += settled.returned
                standing.earned += Units(settled.earned.lamports.number)
                standing.delegated += vault.units(of: stake.active.value(of: record.holding))
                standing.delegated += vault.units(of: record.joining?.amount ?? .zero)
            }
            for claim in holdings.claims where claim.asset == asset {
                var stake = stakes[.stake(asset, claim.signer)]!
                standing.unbonding += vault.units(of: stake.value(of: claim, in: header.epoch))
                standing.earned += Units(stake.takeRewards(of: claim, in: header.epoch).lamports.number)
            }
            standing.idle = vault.units(of: idle)
            amounts.append(standing)
        }
        return amounts
    }

    package struct Amount: Hashable, Sendable {
        package var asset: AssetID
        package var name: String
        package var idle: Units
        package var delegated: Units
        package var unbonding: Units
        package var earned: Units
    }
}

/// Why openings prove no account.
package enum AccountProofError: Error, Hashable, Sendable {
    case noHeader
    case notDecodable(BorshError)
    case offTree(UInt64)
    case otherRoot(UInt64)
    case disorder
    case accounts(Int)
    case incomplete
}

extension AccountProofError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noHeader: "it does not begin with the state's header"
        case .notDecodable(let error): "a part of it is not what its place says: \(error)"
        case .offTree(let index): "the state has no leaf \(index)"
        case .otherRoot(let index): "leaf \(index) does not lead to the state root"
        case .disorder: "its leaves are not in ascending order"
        case .accounts(let count): "it opens \(count) accounts instead of one"
        case .incomplete: "it leaves out what the account's amounts rest on"
        }
    }
}

extension Account {
    /// What it has earned stands in the books of these.
    var vaultsOfEarnings: Set<StateLeaf> {
        Set((0..<earnedAssets).map { AssetID($0) }.filter { earned($0) > .zero }.map(StateLeaf.vault))
    }
}

extension RestakerAccount {
    /// The leaves that its amounts are worked out from.
    var grounds: Set<StateLeaf> {
        var leaves: Set<StateLeaf> = []
        for place in idleShares.indices where idleShares[place] > .zero { leaves.insert(.vault(AssetID(place))) }
        for record in delegations { leaves.formUnion([.vault(record.asset), .stake(record.asset, record.signer)]) }
        for claim in claims { leaves.formUnion([.vault(claim.asset), .stake(claim.asset, claim.signer)]) }
        // Rewards are paid in SOL.
        if !delegations.isEmpty || !claims.isEmpty { leaves.insert(.vault(.native)) }
        return leaves
    }
}
