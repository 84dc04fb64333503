import Cryptography
import Primitives

/// What the ledger can be asked to do. Each is signed by its authority and carries that authority's nonce.
///
/// Amounts of an asset are in its units, at the vault's present price: the ledger moves the fewest shares that are
/// worth them.
package enum Instruction: Hashable, Sendable {
    // Epochs
    /// By the clock: moves time forward.
    case advance(to: Slot)

    // Operator
    /// By an operator: where its peers reach it.
    case registerEndpoint(Endpoint)
    /// By an operator: what it runs.
    case registerClient(ClientVersion)
    /// By an operator: a fall counts at once, a rise from the next epoch.
    case setCommission(BasisPoints)
    /// By an operator: counts from the next epoch.
    case optIn(ServiceID)
    /// By an operator: no longer a member from the next epoch.
    case optOut(ServiceID)
    /// By an operator: how much of its stake of this asset secures this AVS, under an allocation policy with parts.
    case allocate(ServiceID, AssetID, Magnitude)
    /// By an operator whose jail term is over: a member again from the next epoch.
    case unjail(ServiceID)
    /// By an operator: out of every AVS from the next epoch, for good.
    case exit
    /// By an AVS's coordinator: this operator may opt in.
    case admit(OperatorIndex)
    /// By an AVS's coordinator: this operator is no longer a member from the next epoch, and may not opt in.
    case expel(OperatorIndex)

    // Staking
    /// By a restaker: an amount enters the asset's vault; it is not delegated yet.
    case deposit(AssetID, Units)
    /// By a restaker: what has unbonded and what was never delegated leaves, up to this amount.
    case withdraw(AssetID, Units)
    /// By the asset's authority, once an epoch.
    case updateRate(AssetID, ExchangeRate)
    /// By the authority of native SOL: what a base validator yields from this epoch on.
    case updateYield(ValidatorIndex, BaseYield)
    /// By a restaker or an operator: to list an asset.
    indirect case propose(AssetTerms)
    /// By a restaker, with the stake it has delegated.
    case vote(ProposalID, accepts: Bool)
    /// By a member of the council.
    case approve(Motion)

    // Delegator
    /// By a restaker: deposited stake counts for this operator from the next epoch.
    case delegate(AssetID, Units, to: OperatorIndex)
    /// By a restaker: out of the operator's weight from the next epoch, slashable until it has unbonded.
    case undelegate(AssetID, Units, from: OperatorIndex)
    /// By a restaker: all that it has with this operator of this asset leaves at once, where no living AVS uses it.
    case emergencyExit(AssetID, from: OperatorIndex)

    // Slashing
    /// By anyone: slashes the operator accused, or revokes the coordinator's key, if the evidence holds.
    case submitEvidence(Evidence)
    /// By the AVS's resolver: a pending slash is not executed.
    case cancelSlash(offence: Digest)
    /// By a restaker, who posts a bond: this certified result of this task is wrong.
    indirect case dispute(ServiceTask, Statement)
    /// By a member of the operator set that certified it.
    case voteDispute(DisputeID, voids: Bool)

    // Certificates
    /// By the AVS's coordinator at the close of a task's window: the certificate and all who attested in time. By an
    /// operator of the AVS, where its coordinator has not: the certificate and its signers.
    case submitCertificate(Certificate, participation: SignerSet)
    /// By an operator that the coordinator left out of a participation.
    case claimParticipation(Attestation)

    // Yield
    /// By anyone: native SOL from outside goes to the AVS's budget.
    case fund(ServiceID, Lamports)
    /// By anyone: all that its key has earned leaves.
    case claimRewards

    // Inbox
    /// By the sending AVS's coordinator or one of its operators, once for each certificate and recipient.
    indirect case post(Letter)
    /// By an AVS's coordinator: takes the first message of its inbox, which must have this number.
    case consume(UInt64)
}
