import Cryptography
import Primitives

/// What a machine tells about its own run, for the records; verdicts are reached from these alone.
///
/// A driver writes each with the time and the node; no machine ever reads one.
package enum Observation: Hashable, Sendable {
    // Coordinators
    case taskIssued(ServiceTask)
    /// Somebody's, and not the load's: it gets this number.
    case taskSubmitted(ServiceID, TaskSequence, ticket: UInt64)
    case submissionRefused(ticket: UInt64, reason: String)
    /// No certificate had formed by the deadline.
    case taskExpired(ServiceID, TaskSequence)
    // Coordinators, and operators in a mesh
    case certified(Certificate)
    case evidenceFound(Evidence)
    case receiptArrived(Receipt)
    // Coordinators and operators: the ledger's newest set of an AVS has arrived; what is issued from here on pins it
    case operatorSetAdopted(ServiceID, Digest)
    // Operators
    case attested(Attestation)
    /// Its module has no result for a task: why not, in a few words. It may have one when it is asked again.
    case notExecuted(ServiceID, TaskSequence, reason: String)
    /// The guard or the others' memory forbids it to sign: from here on, or for one vote.
    case refusedToSign(reason: String)
    /// A peer sent what no honest peer sends.
    case rejected(from: Party, reason: String)
    // Drivers of real processes
    /// What comes to its turn now was due so much earlier: its process, or the whole machine, has stood still or is far behind.
    case stalled(Duration)
    // The injector: the ground truth
    case injected(Injection)
    /// A fault that lasts, as silence does, is over: in one AVS, or nil: in all.
    case recovered(behaviour: String, service: ServiceID?)
    // The ledger
    /// Its log has been read: it goes on after this instruction. What an earlier process noted beyond it has not happened.
    case ledgerOpened(after: UInt64)
    indirect case applied(sequence: UInt64, slot: Slot, SignedInstruction, Outcome)
    case slashed(SlashRecord)
    case revoked(Revocation)
    case operatorSetOpened(OperatorSet)
    case books(Books)
    case restaking(RestakingEvent)
}
