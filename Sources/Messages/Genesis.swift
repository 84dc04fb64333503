import Cryptography
import Primitives

/// What a network starts from. Its digest is the network's name: everything signed carries it.
package struct Genesis: Hashable, Sendable {
    /// Random in real runs, so that two runs with the same keys never make evidence against each other.
    package var runID: Digest
    package var parameters: LedgerParameters
    /// Who may move the ledger's clock: the ledger process itself.
    package var clock: PublicKey
    package var signers: [Signer]
    package var restakers: [Restaker]
    package var services: [Service]

    package init(
        runID: Digest, parameters: LedgerParameters, clock: PublicKey, signers: [Signer], restakers: [Restaker],
        services: [Service]
    ) {
        self.runID = runID
        self.parameters = parameters
        self.clock = clock
        self.signers = signers
        self.restakers = restakers
        self.services = services
    }

    package var network: Digest { Domain.genesisDigest.digest(borsh) }

    /// A registered operator.
    package struct Signer: Hashable, Sendable {
        package var name: String
        package var key: PublicKey

        package init(name: String, key: PublicKey) {
            self.name = name
            self.key = key
        }
    }

    /// Deposits native SOL and delegates it from epoch 0. An operator's own stake stands here under its own key.
    package struct Restaker: Hashable, Sendable {
        package var name: String
        package var key: PublicKey
        package var deposit: Lamports
        package var delegations: [Delegation]

        package init(name: String, key: PublicKey, deposit: Lamports, delegations: [Delegation]) {
            self.name = name
            self.key = key
            self.deposit = deposit
            self.delegations = delegations
        }
    }

    package struct Delegation: Hashable, Sendable {
        package var signer: OperatorIndex
        package var amount: Lamports

        package init(signer: OperatorIndex, amount: Lamports) {
            self.signer = signer
            self.amount = amount
        }
    }

    /// An AVS, its terms, and who has opted in from epoch 0.
    package struct Service: Hashable, Sendable {
        package var name: String
        package var module: String
        package var coordinator: PublicKey
        package var threshold: Fraction
        package var dissemination: Dissemination
        /// The share of the stake at fault that an equivocation costs.
        package var equivocationSlash: Fraction
        package var deadline: Duration
        /// From a task's issue until everyone stops listening for votes on it.
        package var evidenceWindow: Duration
        package var optedIn: [OperatorIndex]

        package init(
            name: String, module: String, coordinator: PublicKey, threshold: Fraction, dissemination: Dissemination,
            equivocationSlash: Fraction, deadline: Duration, evidenceWindow: Duration, optedIn: [OperatorIndex]
        ) {
            self.name = name
            self.module = module
            self.coordinator = coordinator
            self.threshold = threshold
            self.dissemination = dissemination
            self.equivocationSlash = equivocationSlash
            self.deadline = deadline
            self.evidenceWindow = evidenceWindow
            self.optedIn = optedIn
        }
    }
}
