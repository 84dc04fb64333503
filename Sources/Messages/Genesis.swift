import Cryptography
import Primitives

/// What a network starts from. Its digest is the network's name: everything signed carries it.
package struct Genesis: Hashable, Sendable {
    /// Random in real runs, so that two runs with the same keys never make evidence against each other.
    package var runID: Digest
    package var parameters: LedgerParameters
    /// Who may move the ledger's clock: the ledger process itself.
    package var clock: PublicKey
    /// Native SOL, then the LSTs that are listed from the start.
    package var assets: [AssetTerms]
    package var nativePool: NativePoolTerms
    package var signers: [Signer]
    package var restakers: [Restaker]
    package var services: [Service]

    /// - Parameter assets: none: native SOL alone, about which the clock's key has the say.
    package init(
        runID: Digest, parameters: LedgerParameters, clock: PublicKey, assets: [AssetTerms] = [],
        nativePool: NativePoolTerms = NativePoolTerms(), signers: [Signer], restakers: [Restaker],
        services: [Service]
    ) {
        self.runID = runID
        self.parameters = parameters
        self.clock = clock
        self.assets = assets.isEmpty ? [.native(authority: clock)] : assets
        self.nativePool = nativePool
        self.signers = signers
        self.restakers = restakers
        self.services = services
    }

    package var network: Digest { Domain.genesisDigest.digest(borsh) }

    /// A registered operator.
    package struct Signer: Hashable, Sendable {
        package var name: String
        package var key: PublicKey
        /// Of every reward that its restakers earn through it.
        package var commission: BasisPoints
        package var client: ClientVersion
        /// Where stake is allocated in parts: those that secure AVSs from epoch 0, of every asset alike.
        package var allocations: [Allocation]

        package init(
            name: String, key: PublicKey, commission: BasisPoints = .zero, client: ClientVersion = .own,
            allocations: [Allocation] = []
        ) {
            self.name = name
            self.key = key
            self.commission = commission
            self.client = client
            self.allocations = allocations
        }
    }

    package struct Allocation: Hashable, Sendable {
        package var service: ServiceID
        package var magnitude: Magnitude

        package init(service: ServiceID, magnitude: Magnitude) {
            self.service = service
            self.magnitude = magnitude
        }
    }

    /// Deposits and delegates from epoch 0. An operator's own stake stands here under its own key.
    package struct Restaker: Hashable, Sendable {
        package var name: String
        package var key: PublicKey
        package var deposits: [Deposit]
        package var delegations: [Delegation]

        package init(name: String, key: PublicKey, deposits: [Deposit], delegations: [Delegation]) {
            self.name = name
            self.key = key
            self.deposits = deposits
            self.delegations = delegations
        }

        /// Of native SOL alone.
        package init(name: String, key: PublicKey, deposit: Lamports, delegations: [Delegation]) {
            self.init(
                name: name, key: key, deposits: [Deposit(asset: .native, amount: Units(deposit.number))],
                delegations: delegations)
        }
    }

    package struct Deposit: Hashable, Sendable {
        package var asset: AssetID
        package var amount: Units

        package init(asset: AssetID, amount: Units) {
            self.asset = asset
            self.amount = amount
        }
    }

    package struct Delegation: Hashable, Sendable {
        package var asset: AssetID
        package var signer: OperatorIndex
        package var amount: Units

        package init(asset: AssetID, signer: OperatorIndex, amount: Units) {
            self.asset = asset
            self.signer = signer
            self.amount = amount
        }

        /// Of native SOL.
        package init(signer: OperatorIndex, amount: Lamports) {
            self.init(asset: .native, signer: signer, amount: Units(amount.number))
        }
    }

    /// An AVS, its terms, and who has opted in from epoch 0.
    package struct Service: Hashable, Sendable {
        package var name: String
        package var module: String
        package var coordinator: PublicKey
        package var threshold: Fraction
        package var dissemination: Dissemination
        package var deadline: Duration
        /// From a task's issue until everyone stops listening for votes on it.
        package var evidenceWindow: Duration
        package var optedIn: [OperatorIndex]
        /// By asset, how much of its value counts in this AVS; all of it where the list ends before it.
        package var assetWeights: [BasisPoints]
        package var slash: SlashTerms
        package var reward: RewardTerms
        package var jail: JailTerms
        package var admission: Admission
        package var disputes: DisputeTerms

        package init(
            name: String, module: String, coordinator: PublicKey, threshold: Fraction, dissemination: Dissemination,
            deadline: Duration, evidenceWindow: Duration, optedIn: [OperatorIndex], assetWeights: [BasisPoints] = [],
            slash: SlashTerms = SlashTerms(), reward: RewardTerms = RewardTerms(), jail: JailTerms = JailTerms(),
            admission: Admission = .open, disputes: DisputeTerms = .void
        ) {
            self.name = name
            self.module = module
            self.coordinator = coordinator
            self.threshold = threshold
            self.dissemination = dissemination
            self.deadline = deadline
            self.evidenceWindow = evidenceWindow
            self.optedIn = optedIn
            self.assetWeights = assetWeights
            self.slash = slash
            self.reward = reward
            self.jail = jail
            self.admission = admission
            self.disputes = disputes
        }
    }
}

/// What an operator runs, as it says.
package struct ClientVersion: Hashable, Sendable {
    package static let limit = 32

    package var name: String
    package var version: String
    package var isSpecific: Bool

    /// - Parameter isSpecific: made for one AVS; otherwise general-purpose.
    package init(name: String, version: String, isSpecific: Bool = false) {
        self.name = name
        self.version = version
        self.isSpecific = isSpecific
    }

    package static let own = ClientVersion(name: "quorate-node", version: "")
}

extension ClientVersion: CustomStringConvertible {
    /// `agave 2.1.0`
    package var description: String { version.isEmpty ? name : "\(name) \(version)" }
}
