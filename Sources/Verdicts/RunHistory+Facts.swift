import Cryptography
import Messages
import Primitives
import Records

/// What single notes of a run's records say, with where each stands.
extension RunHistory {
    package struct IssuedTask: Hashable, Sendable {
        package var task: ServiceTask
        /// When its coordinator held a certificate for it, in time or not.
        package var certified: Instant?
        /// Its deadline lay ahead when the run ended: nothing is known of it, whether it has a certificate or not. To
        /// count those that have one would favour the quick.
        package var isOpen: Bool
        /// By somebody, and not its load's.
        package var isSubmitted: Bool
        package var place: RecordPlace?

        package init(
            task: ServiceTask, certified: Instant? = nil, isOpen: Bool = false, isSubmitted: Bool = false,
            place: RecordPlace? = nil
        ) {
            self.task = task
            self.certified = certified
            self.isOpen = isOpen
            self.isSubmitted = isSubmitted
            self.place = place
        }

        package var certifiedInTime: Bool { certified.map { $0 <= task.deadline } ?? false }
    }

    package struct HeldCertificate: Hashable, Sendable {
        package var party: Party
        /// The node's name.
        package var holder: String
        package var at: Instant
        package var certificate: Certificate
        package var place: RecordPlace
    }

    package struct Injected: Hashable, Sendable {
        package var party: Party
        package var at: Instant
        package var injection: Injection
        package var place: RecordPlace
    }

    package struct FoundEvidence: Hashable, Sendable {
        package var finder: Party
        package var at: Instant
        package var evidence: Evidence
        package var place: RecordPlace
    }

    package struct Slash: Hashable, Sendable {
        /// When the ledger took the proof.
        package var at: Instant
        /// As it stood last.
        package var record: SlashRecord
        package var place: RecordPlace
    }

    package struct SlashNote: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var record: SlashRecord
    }

    struct Process: Hashable, Sendable {
        var party: Party
        var incarnation: UInt32
        var isClosed: Bool
    }

    struct FoundDisk: Hashable, Sendable {
        var party: Party
        var incarnation: UInt32
        var disk: Intervention.Disk
    }

    package struct BookPage: Hashable, Sendable {
        package var books: Books
        package var place: RecordPlace
    }

    package struct HeldReceipt: Hashable, Sendable {
        package var party: Party
        /// The node's name.
        package var holder: String
        package var at: Instant
        package var receipt: Receipt
        package var place: RecordPlace
    }

    struct RefusedSigning: Hashable, Sendable {
        var party: Party
        var incarnation: UInt32
        var reason: String
        var place: RecordPlace
    }

    struct SignedByProcess: Hashable, Sendable {
        enum Content: Hashable, Sendable {
            case vote(Attestation)
            case task(ServiceTask)
        }
        var party: Party
        var incarnation: UInt32
        var content: Content
        var place: RecordPlace
    }

    package struct RestakingNote: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var event: RestakingEvent
    }

    package struct Revoked: Hashable, Sendable {
        package var at: Instant
        package var record: Revocation
        package var place: RecordPlace
    }

    package struct Opening: Hashable, Sendable {
        package var at: Instant
        package var set: OperatorSet
        package var place: RecordPlace
    }

    package struct Adoption: Hashable, Sendable {
        package var party: Party
        package var at: Instant
    }

    package struct AppliedInstruction: Hashable, Sendable {
        package var at: Instant
        package var sequence: UInt64
        package var signed: SignedInstruction
        package var outcome: Outcome
        package var place: RecordPlace
    }
}
