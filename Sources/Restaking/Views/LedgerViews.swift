import Cryptography
import Messages
import Primitives

// What people and commands read of the state: amounts in units of their asset, at the present price, rounded down.

package struct AssetView: Hashable, Sendable {
    package var asset: AssetID
    package var terms: AssetTerms
    package var rate: ExchangeRate
    package var status: AssetStatus
    /// The first epoch in which it can be deposited.
    package var since: Epoch
    /// Of the vault, at the present rate.
    package var value: Lamports
    package var books: Books
}

package struct OperatorView: Hashable, Sendable {
    package var signer: OperatorIndex
    package var key: PublicKey
    package var client: ClientVersion
    package var endpoint: Endpoint?
    package var commission: BasisPoints
    /// A rise that waits for its epoch.
    package var nextCommission: BasisPoints?
    package var status: Status
    /// The AVSs that have jailed it, and the epoch in which it may ask to be released.
    package var jails: [ServiceID: Epoch]
    package var stakes: [Stake]
    /// What it weighs in each AVS that it is a member of.
    package var weights: [ServiceID: Lamports]
    /// Its parts, where stake is allocated in parts: by AVS and asset.
    package var allocations: [AllocationView]

    package enum Status: Hashable, Sendable {
        case active
        case tombstoned(Epoch)
        case exited(Epoch)
    }

    package struct Stake: Hashable, Sendable {
        package var asset: AssetID
        package var active: Units
        /// Of `active`: what leaves at the end of this epoch.
        package var leaving: Units
        package var activating: Units
        package var unbonding: Units
    }

    package struct AllocationView: Hashable, Sendable {
        package var service: ServiceID
        package var asset: AssetID
        package var present: Magnitude
        /// From the next epoch on.
        package var next: Magnitude
    }
}

/// What an operator has of one asset, as far as it is behind one AVS.
package struct StakePart: Hashable, Sendable {
    package var asset: AssetID
    /// Of all that the operator has of it. Where stake is shared, the whole.
    package var magnitude: Magnitude
    /// What that weighs in the AVS.
    package var weight: Lamports

    package init(asset: AssetID, magnitude: Magnitude, weight: Lamports) {
        self.asset = asset
        self.magnitude = magnitude
        self.weight = weight
    }
}

package struct ServiceView: Hashable, Sendable {
    package var service: ServiceID
    package var terms: Genesis.Service
    package var revocation: Revocation?
    package var defunct: Epoch?
    package var budget: Lamports
    package var tasksSettled: UInt64
    package var operatorSet: OperatorSet
    /// Messages that it has not taken: the number of the first, and how many.
    package var inboxFirst: UInt64
    package var inboxCount: Int
}

package struct RestakerView: Hashable, Sendable {
    package var restaker: RestakerIndex
    package var key: PublicKey
    package var idle: [Amount]
    package var delegations: [Delegation]
    package var unbonding: [Claim]
    /// Booked under its key, and what it has earned since.
    package var earned: [Amount]
    package var points: UInt128

    package struct Amount: Hashable, Sendable {
        package var asset: AssetID
        package var amount: Units
    }

    package struct Delegation: Hashable, Sendable {
        package var asset: AssetID
        package var signer: OperatorIndex
        package var active: Units
        package var activating: Units
    }

    package struct Claim: Hashable, Sendable {
        package var asset: AssetID
        package var signer: OperatorIndex
        package var epoch: Epoch
        package var amount: Units
        /// The first epoch in which it is free, unless a pending slash holds it.
        package var freeFrom: Epoch
        package var isHeld: Bool
    }

    /// Deposited, and not delegated.
    package func idle(_ asset: AssetID) -> Units { idle.first { $0.asset == asset }?.amount ?? .zero }

    /// All that it has in one asset: idle, delegated, unbonding and earned.
    package func total(of asset: AssetID) -> Units {
        let parts =
            idle.filter { $0.asset == asset }.map(\.amount)
            + delegations.filter { $0.asset == asset }.flatMap { [$0.active, $0.activating] }
            + unbonding.filter { $0.asset == asset }.map(\.amount)
            + earned.filter { $0.asset == asset }.map(\.amount)
        return parts.reduce(.zero, +)
    }
}

/// Stake that left an operator in one epoch and is not free yet.
package struct QueueView: Hashable, Sendable {
    package var asset: AssetID
    package var signer: OperatorIndex
    package var epoch: Epoch
    package var amount: Units
    package var freeFrom: Epoch
}

package struct ProposalView: Hashable, Sendable {
    package var id: ProposalID
    package var terms: AssetTerms
    package var lastVotingEpoch: Epoch
    package var yes: Lamports
    package var no: Lamports
    package var isListed: Bool
}
