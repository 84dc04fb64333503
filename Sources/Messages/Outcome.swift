import Cryptography
import Primitives

/// What became of an instruction. In the order in which the ledger looks: the first that applies is the answer.
///
/// Whatever is not `applied` has changed nothing but the authority's nonce, which every instruction from `notAuthorized`
/// on takes up, and what stands beside `rateJump`, `badEvidence`, `alreadyCounted` and `challengeFailed`.
package enum Outcome: UInt8, Hashable, Sendable, CaseIterable {
    case applied = 0

    // Who asks, and in which turn
    case wrongNetwork
    case badSignature
    /// The ledger knows nobody of this key.
    case unknownAuthority
    /// This nonce has been used: the instruction is an old one, sent again.
    case nonceUsed
    case nonceAhead
    /// The authority is not one that may ask for this.
    case notAuthorized
    /// The coordinator has signed two tasks under one number: its key is worth nothing any more.
    case coordinatorRevoked
    /// The slot is not later than the present one, or beyond what slots can count.
    case clockNotForward
    /// More epochs would pass than one instruction may let pass.
    case clockTooFar

    // Whether there is what it speaks of
    case zeroAmount
    /// The evidence proves nothing: it is of another network, a signature is not the accused's, or within the evidence
    /// horizon there is no such operator set, or none with the accused in it. Costs its submitter a fee.
    case badEvidence
    case unknownAsset
    case unknownSigner
    case unknownService
    case unknownValidator
    case unknownProposal
    /// No slash of this offence is pending.
    case unknownOffence
    case unknownDispute
    /// The staged release of this network has not come to this yet.
    case notReleased
    /// The epoch's evidence horizon has passed, or that of the epoch which the subject belongs to.
    case pastHorizon
    case unknownOperatorSet

    // Whether the operator, the AVS or the asset is in a state for it
    /// A tombstoned operator is never again admitted, nor delegated to.
    case tombstoned
    /// An operator that has left for good.
    case exited
    /// The AVS is no more.
    case defunct
    case alreadyOptedIn
    case notOptedIn
    /// The AVS has a list of operators, and this one is not on it, or is on it already.
    case notAdmitted
    case alreadyAdmitted
    /// It opted out in this same epoch.
    case coolingDown
    case notJailed
    case termNotOver
    /// Every AVS is secured by the whole stake: there are no parts.
    case notAllocatable
    /// The parts together would exceed the whole, counting those that are still slashable.
    case beyondWhole
    case commissionTooSteep
    /// Deposits of this asset are paused, or it is retired, or not active before the next epoch.
    case assetClosed
    /// The rate has been told for this epoch.
    case rateAlreadyTold
    /// Beyond the asset's bound: the rate stays, and deposits are paused.
    case rateJump
    case alreadyListed
    case votingOver
    case votingOpen
    case alreadyVoted
    /// The vote has not accepted it.
    case notAccepted
    /// Of what may be open at one time there is no room for more.
    case full

    // Whether the amount fits
    /// The amount does not fit the books.
    case amountTooLarge
    /// The asset's cap, or that of this stage of the release.
    case capExceeded
    /// It would not buy a single share.
    case dust
    /// The restaker has less than this there; in a withdrawal, nothing.
    case insufficientStake
    case nothingEarned
    /// A living AVS uses this stake, or a pending slash holds it.
    case stillHeld

    // Offences
    /// This offence has been punished already, or its slash is pending.
    case alreadySlashed
    /// Another offence of this operator or coordinator has been punished, which tombstoned the one or revoked the other.
    case alreadyTombstoned

    // Certificates
    case notAMember
    case badAttestation
    case badCertificate
    /// It ranges over another operator set, leaves out a signer of the certificate or, submitted by an operator, names
    /// others than the signers.
    case badParticipation
    /// The first certificate for a subject stands.
    case alreadyCertified
    /// There is no certificate for what this is about.
    case notCertified
    /// The vote is in the participation already. That its signature has been seen is kept: it is proof of who signed.
    case alreadyCounted
    /// The AVS takes no challenges, or the task is not the one that was certified.
    case notDisputable
    case alreadyDisputed
    /// The ledger has executed the task again and come to the certified result: the bond is lost.
    case challengeFailed

    // Inbox
    /// The certificate is not for this message.
    case badLetter
    case alreadyPosted
    /// Not the first message in the inbox.
    case outOfTurn

    // Vetoes
    /// The slash waits for its epoch's evidence, and its veto window is over; or this ledger has none.
    case windowOver

    /// Whether the instruction took up its nonce, and so has its place in the log: it came from its authority, in turn.
    package var takesNonce: Bool {
        switch self {
        case .wrongNetwork, .badSignature, .unknownAuthority, .nonceUsed, .nonceAhead: false
        default: true
        }
    }
}

extension Outcome: BorshCodable {}
