import Cryptography
import Primitives

/// What a machine tells about its own run, for the records; verdicts are reached from these alone.
///
/// A driver writes each with the time and the node; no machine ever reads one.
package enum Observation: Hashable, Sendable {
    // Coordinators
    case taskIssued(ServiceTask)
    /// No certificate had formed by the deadline.
    case taskExpired(ServiceID, TaskSequence)
    // Coordinators, and operators in a mesh
    case certified(Certificate)
    case evidenceFound(Evidence)
    case receiptArrived(Receipt)
    // Operators
    case attested(Attestation)
    /// The guard or the others' memory forbids it to sign: from here on, or for one vote.
    case refusedToSign(reason: String)
    /// A peer sent what no honest peer sends.
    case rejected(from: Party, reason: String)
    // The injector: the ground truth
    case injected(Injection)
    // The ledger
    case applied(sequence: UInt64, slot: Slot, SignedInstruction, Outcome)
    case slashed(SlashRecord)
    case operatorSetOpened(OperatorSet)
    case books(Books)
}

/// What an adversary has just done.
package struct Injection: Hashable, Sendable {
    /// The adversary's name in topologies.
    package var behaviour: String
    package var service: ServiceID?
    package var subject: Subject?
    /// The votes that it sent, where its fault is in votes; of an equivocation there are two.
    package var votes: [SentVote]

    package struct SentVote: Hashable, Sendable {
        package var attestation: Attestation
        package var recipients: [Party]

        package init(attestation: Attestation, recipients: [Party]) {
            self.attestation = attestation
            self.recipients = recipients
        }
    }

    package init(behaviour: String, service: ServiceID? = nil, subject: Subject? = nil, votes: [SentVote] = []) {
        self.behaviour = behaviour
        self.service = service
        self.subject = subject
        self.votes = votes
    }
}

/// Where every lamport is, after one instruction: `entered` is the sum of all the others.
package struct Books: Hashable, Sendable {
    package var sequence: UInt64
    /// Deposits, and whatever else came in.
    package var entered: Lamports
    /// Deposited, not delegated.
    package var idle: Lamports
    package var delegated: Lamports
    package var unbonding: Lamports
    package var burned: Lamports
    package var rewarded: Lamports
    package var withdrawn: Lamports
    /// What rounding left over.
    package var residue: Lamports

    package init(
        sequence: UInt64, entered: Lamports, idle: Lamports, delegated: Lamports, unbonding: Lamports,
        burned: Lamports, rewarded: Lamports, withdrawn: Lamports, residue: Lamports
    ) {
        self.sequence = sequence
        self.entered = entered
        self.idle = idle
        self.delegated = delegated
        self.unbonding = unbonding
        self.burned = burned
        self.rewarded = rewarded
        self.withdrawn = withdrawn
        self.residue = residue
    }
}
